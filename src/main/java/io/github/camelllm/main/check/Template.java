package io.github.camelllm.main.check;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.util.StringHelper;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A route template as it stands in a file.
 *
 * @param unit where it stands
 * @param id what {@code templatedRoute} calls it; null when it has none
 * @param parameters its parameters by name, in camel case
 * @param beans the names of the beans that each of its routes has for itself
 */
record Template(Unit unit, String id, Map<String, Parameter> parameters, Set<String> beans) {

    /**
     * A parameter.
     *
     * @param name as written
     * @param required whether a value must be given
     * @param defaultValue what holds where none is; null when nothing
     */
    record Parameter(String name, boolean required, String defaultValue) {}

    /** Reads a template. */
    static Template of(Unit unit) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (Node node : Yaml.get(unit.body(), "parameters").map(Yaml::elements).orElse(java.util.List.of())) {
            String name = Yaml.text(node, "name");
            if (name != null) {
                String defaultValue = Yaml.text(node, "defaultValue");
                boolean required = defaultValue == null && !"false".equals(Yaml.text(node, "required"));
                parameters.put(canonical(name), new Parameter(name, required, defaultValue));
            }
        }
        return new Template(unit, Yaml.text(unit.body(), "id"), parameters, beanNames(unit.body()));
    }

    /** The route of the template: what holds its {@code from}. */
    Node route() {
        return Yaml.get(unit.body(), "route").orElse(unit.body());
    }

    /** Camel takes {@code max-tokens} and {@code maxTokens} for one name. */
    static String canonical(String parameter) {
        return StringHelper.dashToCamelCase(parameter);
    }

    static Set<String> beanNames(Node body) {
        Set<String> names = new HashSet<>();
        for (Node bean : Yaml.get(body, "beans").map(Yaml::elements).orElse(java.util.List.of())) {
            names.add(Yaml.text(bean, "name"));
        }
        return names;
    }
}
