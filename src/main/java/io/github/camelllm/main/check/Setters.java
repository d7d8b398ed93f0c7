package io.github.camelllm.main.check;

import java.beans.Introspector;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The properties of a bean, as a route file may set them. */
final class Setters {

    private final Map<String, Class<?>> types = new TreeMap<>();

    /** @param bean the bean; null has none */
    Setters(Object bean) {
        if (bean == null) {
            return;
        }
        for (Method method : bean.getClass().getMethods()) {
            if (method.getName().matches("set[A-Z].*") && method.getParameterCount() == 1) {
                types.putIfAbsent(
                        Introspector.decapitalize(method.getName().substring(3)), method.getParameterTypes()[0]);
            }
        }
    }

    /** Their names, sorted. */
    Set<String> names() {
        return types.keySet();
    }

    /** What a property may hold, in words; null when there is no such property. */
    String wanted(String property) {
        Class<?> type = types.get(Introspector.decapitalize(Template.canonical(property)));
        if (type == null) {
            return null;
        }
        if (type == Duration.class) {
            return "a duration such as 500ms, 30s or 1m30s";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (Set.of(int.class, long.class, short.class, Integer.class, Long.class)
                .contains(type)) {
            return "a whole number";
        }
        if (Set.of(double.class, float.class, Double.class, Float.class).contains(type)) {
            return "a number";
        }
        return "a value of type " + type.getSimpleName();
    }
}
