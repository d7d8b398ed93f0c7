package io.github.camelllm.main.check;

import io.github.camelllm.config.Nearest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Looks up every bean and every placeholder that a route names. */
final class ReferenceCheck {

    private static final Pattern BEAN_IN_URI = Pattern.compile("[?&][\\w.]+=#(?:bean:)?([\\w.-]+)(?=&|$)");
    private static final Pattern BEAN_VALUE = Pattern.compile("#(?:bean:)?([\\w.-]+)");
    private static final Pattern BEAN_URI = Pattern.compile("bean:(?://)?([\\w-]+)(?:\\?.*)?");
    private static final Pattern FUNCTION = Pattern.compile("(bean|service|service\\.\\w+|boolean):.*");

    /** Keys whose value names a bean wherever they stand. */
    private static final Set<String> NAMES_BEAN = Set.of(
            "executorService",
            "aggregationStrategy",
            "idempotentRepository",
            "onPrepare",
            "onRedeliveryRef",
            "onExceptionOccurredRef",
            "redeliveryPolicyRef",
            "routePolicy");

    /** EIPs whose {@code ref} names a bean. */
    private static final Set<String> REFERS =
            Set.of("policy", "process", "bean", "transacted", "method", "refErrorHandler");

    /** Keys whose text is for people. */
    private static final Set<String> PROSE = Set.of("description", "note");

    /**
     * What exists beyond the route files.
     *
     * @param beans beans that the gateway binds itself or that properties declare
     * @param threadPools profiles of thread pools that properties declare
     * @param properties the names of the properties, for suggestions
     */
    record Names(Set<String> beans, Set<String> threadPools, Set<String> properties) {}

    private final RouteIndex index;
    private final Names names;
    private final Unit unit;
    private final RouteIndex.Route scope;
    private final Template template;
    private final Set<Diagnostic> problems;

    private ReferenceCheck(RouteIndex index, Names names, Unit unit, RouteIndex.Route scope, Set<Diagnostic> problems) {
        this.index = index;
        this.names = names;
        this.unit = unit;
        this.scope = scope;
        this.template = index.allTemplates.stream()
                .filter(candidate -> candidate.unit() == unit)
                .findFirst()
                .orElse(null);
        this.problems = problems;
    }

    /** Every name that stands for nothing. */
    static List<Diagnostic> check(RouteIndex index, Names names) {
        Set<Diagnostic> problems = new java.util.LinkedHashSet<>();
        for (Unit unit : index.units) {
            // What a template's placeholders stand for depends on who uses it.
            List<RouteIndex.Route> made = index.routes.stream()
                    .filter(route -> route.caller() != null && route.unit() == unit)
                    .toList();
            for (RouteIndex.Route scope : made.isEmpty() ? Collections.<RouteIndex.Route>singletonList(null) : made) {
                new ReferenceCheck(index, names, unit, scope, problems).walk("", unit.body());
            }
        }
        return new ArrayList<>(problems);
    }

    private void walk(String key, Node node) {
        if (node instanceof ScalarNode scalar) {
            if (!PROSE.contains(key)) {
                placeholders(scalar);
                beansIn(scalar);
            }
        } else if (node instanceof MappingNode map) {
            for (NodeTuple entry : map.getValue()) {
                String name = String.valueOf(Yaml.text(entry.getKeyNode()));
                Node value = entry.getValueNode();
                boolean namesBean = NAMES_BEAN.contains(name)
                        || name.equals("ref") && REFERS.contains(key)
                        || name.equals("bean") && value instanceof ScalarNode;
                if (namesBean) {
                    bean(name, value, Yaml.text(value));
                }
                walk(name, value);
            }
        } else {
            Yaml.elements(node).forEach(element -> walk(key, element));
        }
    }

    private void placeholders(ScalarNode scalar) {
        for (Placeholders.Placeholder placeholder : Placeholders.of(scalar.getValue())) {
            String name = placeholder.name();
            boolean ofTemplate = template != null
                    && (template.parameters().containsKey(Template.canonical(name))
                            || template.beans().contains(name));
            if (placeholder.defaultValue() != null
                    || placeholder.optional()
                    || ofTemplate
                    || FUNCTION.matcher(name).matches()
                    || index.resolve("{{" + name + "}}", scope).isPresent()) {
                continue;
            }
            Set<String> known = new TreeSet<>(names.properties());
            if (template != null) {
                template.parameters().values().forEach(parameter -> known.add(parameter.name()));
            }
            String where = name.startsWith("env:") ? "the environment" : "application.properties";
            problems.add(unit.problem(
                    scalar,
                    "{{" + name + "}} stands for nothing",
                    Nearest.remedy(
                            name, known, "Define it in " + where + ", or give a default: {{" + name + ":default}}")));
        }
    }

    private void beansIn(ScalarNode scalar) {
        String text = scalar.getValue();
        Matcher called = BEAN_URI.matcher(text);
        if (called.matches()) {
            bean("", scalar, called.group(1));
        }
        if (BEAN_VALUE.matcher(text).matches()) {
            bean("", scalar, text);
        }
        Matcher inUri = BEAN_IN_URI.matcher(text);
        while (inUri.find()) {
            bean("", scalar, inUri.group(1));
        }
    }

    private void bean(String key, Node node, String written) {
        String name = index.resolve(written, scope).orElse("");
        Matcher hash = BEAN_VALUE.matcher(name);
        if (hash.matches()) {
            name = hash.group(1);
        }
        // '#class:', '#type:' and the like name no bean; what is simple is known at run time only.
        if (name.isBlank() || name.startsWith("#") || name.contains("${") || exists(key, name)) {
            return;
        }
        Set<String> known = new TreeSet<>(index.beans.keySet());
        known.addAll(names.beans());
        problems.add(unit.problem(
                node,
                "no file declares the bean '" + name + "'",
                Nearest.remedy(name, known, "Declare it under 'beans:' with its name and type")));
    }

    private boolean exists(String key, String name) {
        return index.beans.containsKey(name)
                || names.beans().contains(name)
                || scope != null && scope.beans().contains(name)
                || template != null && template.beans().contains(name)
                || key.equals("executorService") && names.threadPools().contains(name);
    }
}
