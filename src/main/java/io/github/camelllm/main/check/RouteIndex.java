package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.nodes.Node;

/** What the route files declare, all files together: beans, templates, and the routes that they come to. */
final class RouteIndex {

    /**
     * A route, written out or made from a template.
     *
     * @param unit where its definition stands: itself, or its template
     * @param caller the {@code templatedRoute} that makes it; null when it is written out
     * @param body the definition: what holds {@code from}
     * @param id its id, placeholders as they are; null when it has none
     * @param parameters what its placeholders stand for beyond the properties
     * @param beans the beans it has for itself
     */
    record Route(Unit unit, Unit caller, Node body, String id, Map<String, String> parameters, Set<String> beans) {

        /** Where to point when the route itself is the matter. */
        Unit place() {
            return caller == null ? unit : caller;
        }

        /** The line to point at then. */
        Node spot() {
            return place().item();
        }
    }

    final List<Unit> units = new ArrayList<>();
    final Map<String, Node> beans = new LinkedHashMap<>();
    final Map<Node, Unit> beanUnits = new java.util.IdentityHashMap<>();
    final List<Node> beanNodes = new ArrayList<>();
    final Map<String, Template> templates = new LinkedHashMap<>();
    final List<Template> allTemplates = new ArrayList<>();
    final List<Unit> callers = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();

    private final UnaryOperator<String> properties;

    /**
     * @param files the files
     * @param properties what a placeholder stands for; null when nothing
     */
    RouteIndex(List<RouteFile> files, UnaryOperator<String> properties) {
        this.properties = properties;
        for (RouteFile file : files) {
            for (Node item : file.items()) {
                Unit unit = Unit.of(file, item);
                if (unit != null) {
                    units.add(unit);
                    declare(unit);
                }
            }
        }
        for (Unit caller : callers) {
            Template template = templates.get(Yaml.text(caller.body(), "routeTemplateRef"));
            if (template != null) {
                routes.add(made(template, caller));
            }
        }
    }

    private void declare(Unit unit) {
        switch (unit.type()) {
            case "beans" -> {
                for (Node bean : Yaml.elements(unit.body())) {
                    beanNodes.add(bean);
                    beanUnits.put(bean, unit);
                    String name = Yaml.text(bean, "name");
                    if (name != null) {
                        beans.putIfAbsent(name, bean);
                    }
                }
            }
            case "route" ->
                routes.add(new Route(unit, null, unit.body(), Yaml.text(unit.body(), "id"), Map.of(), Set.of()));
            case "from" -> routes.add(new Route(unit, null, unit.item(), null, Map.of(), Set.of()));
            case "routeTemplate" -> {
                Template template = Template.of(unit);
                allTemplates.add(template);
                if (template.id() != null) {
                    templates.putIfAbsent(template.id(), template);
                }
            }
            case "templatedRoute" -> callers.add(unit);
            default -> {
                // declares nothing that others refer to
            }
        }
    }

    private static Route made(Template template, Unit caller) {
        Map<String, String> parameters = new LinkedHashMap<>();
        template.parameters().forEach((name, parameter) -> {
            if (parameter.defaultValue() != null) {
                parameters.put(name, parameter.defaultValue());
            }
        });
        for (Node given :
                Yaml.get(caller.body(), "parameters").map(Yaml::elements).orElse(List.of())) {
            String name = Yaml.text(given, "name");
            String value = Yaml.text(given, "value");
            if (name != null && value != null) {
                parameters.put(Template.canonical(name), value);
            }
        }
        Set<String> beans = new LinkedHashSet<>(template.beans());
        beans.addAll(Template.beanNames(caller.body()));
        String id = Optional.ofNullable(Yaml.text(caller.body(), "routeId"))
                .orElseGet(() -> Yaml.text(template.route() == template.unit().body() ? null : template.route(), "id"));
        return new Route(template.unit(), caller, template.route(), id, parameters, beans);
    }

    /** A text of a route with its placeholders replaced; empty when one stands for nothing. */
    Optional<String> resolve(String text, Route route) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Placeholders.resolve(text, name -> lookup(name, route)));
        } catch (IllegalArgumentException unresolved) {
            return Optional.empty();
        }
    }

    /** The class that a bean is declared with; empty where no file declares it, or none is given. */
    String typeOf(String bean, Route route) {
        return bean(bean, route)
                .map(node -> Yaml.text(node, "type"))
                .flatMap(type -> resolve(type, route))
                .map(type -> type.replaceFirst("^#class:", ""))
                .orElse("");
    }

    /** The declaration of a bean: the route's own, else one for all. */
    Optional<Node> bean(String name, Route route) {
        if (route != null && route.beans().contains(name)) {
            for (Node owner : route.caller() == null
                    ? List.of(route.unit().body())
                    : List.of(route.caller().body(), route.unit().body())) {
                for (Node own : Yaml.get(owner, "beans").map(Yaml::elements).orElse(List.of())) {
                    if (name.equals(Yaml.text(own, "name"))) {
                        return Optional.of(own);
                    }
                }
            }
        }
        return Optional.ofNullable(beans.get(name));
    }

    private String lookup(String name, Route route) {
        String parameter = route == null ? null : route.parameters().get(Template.canonical(name));
        if (parameter == null && route != null && route.beans().contains(name)) {
            return name;
        }
        return parameter != null ? parameter : properties.apply(name);
    }

    /**
     * The name of the {@code direct:} endpoint that a node stands for, or of the one that an {@code llm:} endpoint calls; empty when
     * it is another, or known at run time.
     */
    Optional<String> direct(Node endpoint, Route route) {
        Optional<LlmUri> llm = LlmUri.of(this, endpoint, route);
        if (llm.isPresent()) {
            return llm.get().chain();
        }
        String written = Yaml.text(endpoint) != null ? Yaml.text(endpoint) : Yaml.text(endpoint, "uri");
        String uri = resolve(written, route).orElse("");
        if (uri.equals("direct")) {
            Node parameters = Yaml.get(endpoint, "parameters").orElse(endpoint);
            return resolve(Yaml.text(parameters, "name"), route).filter(name -> !name.contains("${"));
        }
        if (!uri.startsWith("direct:") || uri.contains("${")) {
            return Optional.empty();
        }
        String name = uri.substring("direct:".length()).replaceFirst("^//", "").replaceFirst("\\?.*", "");
        return Optional.of(name);
    }
}
