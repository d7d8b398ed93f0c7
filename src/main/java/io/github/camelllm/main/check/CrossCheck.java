package io.github.camelllm.main.check;

import io.github.camelllm.config.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** What stands twice, what a template is given that it does not know, and policies that wrap nothing. */
final class CrossCheck {

    private static final Pattern MODEL = Pattern.compile("llm-model-(.+)");

    private final RouteIndex index;
    private final List<Diagnostic> problems = new ArrayList<>();

    private CrossCheck(RouteIndex index) {
        this.index = index;
    }

    /** Checks all files together. */
    static List<Diagnostic> check(RouteIndex index) {
        CrossCheck check = new CrossCheck(index);
        check.beansTwice();
        check.templatesTwice();
        check.routesTwice();
        check.templatedRoutes();
        check.index.units.forEach(unit -> check.lastPolicies(unit, unit.body()));
        return check.problems;
    }

    private void beansTwice() {
        for (Node bean : index.beanNodes) {
            String name = Yaml.text(bean, "name");
            Node first = index.beans.get(name);
            if (name != null && first != bean) {
                twice("bean '" + name + "'", index.beanUnits.get(bean), bean, index.beanUnits.get(first), first);
            }
        }
    }

    private void templatesTwice() {
        for (Template template : index.allTemplates) {
            Template first = index.templates.get(template.id());
            if (template.id() != null && first != template) {
                twice(
                        "route template '" + template.id() + "'",
                        template.unit(),
                        template.unit().item(),
                        first.unit(),
                        first.unit().item());
            }
        }
    }

    private void routesTwice() {
        Map<String, RouteIndex.Route> ids = new HashMap<>();
        Map<String, RouteIndex.Route> begun = new HashMap<>();
        for (RouteIndex.Route route : index.routes) {
            Optional<String> from = Yaml.get(route.body(), "from").flatMap(node -> index.direct(node, route));
            RouteIndex.Route other = from.isPresent() ? begun.putIfAbsent(from.get(), route) : null;
            if (other != null) {
                Matcher model = MODEL.matcher(from.get());
                String what = model.matches() ? "model '" + model.group(1) + "'" : "'from: direct:" + from.get() + "'";
                twice(what, route.place(), route.spot(), other.place(), other.spot());
            }
            Optional<String> id = index.resolve(route.id(), route);
            RouteIndex.Route same = id.isPresent() ? ids.putIfAbsent(id.get(), route) : null;
            if (same != null && other == null) {
                twice("route id '" + id.get() + "'", route.place(), route.spot(), same.place(), same.spot());
            }
        }
    }

    private void twice(String what, Unit unit, Node node, Unit firstUnit, Node first) {
        problems.add(unit.problem(
                node, what + " stands twice, first at " + firstUnit.at(first), "Rename one or take it out"));
    }

    private void templatedRoutes() {
        for (Unit caller : index.callers) {
            Node ref = Yaml.get(caller.body(), "routeTemplateRef").orElse(caller.body());
            String id = Yaml.text(ref);
            Template template = index.templates.get(id);
            if (template != null) {
                parameters(caller, ref, template);
            } else if (id != null && !Placeholders.in(id)) {
                Set<String> known = index.templates.keySet();
                problems.add(caller.problem(
                        ref,
                        "no file declares the route template '" + id + "'",
                        Nearest.remedy(id, known, listed("The templates are", known))));
            }
        }
    }

    private void parameters(Unit caller, Node ref, Template template) {
        Map<String, Node> given = new LinkedHashMap<>();
        Set<String> known = new TreeSet<>();
        template.parameters().values().forEach(parameter -> known.add(parameter.name()));
        for (Node parameter :
                Yaml.get(caller.body(), "parameters").map(Yaml::elements).orElse(List.of())) {
            String name = Yaml.text(parameter, "name");
            if (name == null) {
                continue;
            }
            if (given.putIfAbsent(Template.canonical(name), parameter) != null) {
                problems.add(caller.problem(parameter, "parameter '" + name + "' is given twice", "Keep one"));
            } else if (!template.parameters().containsKey(Template.canonical(name))) {
                problems.add(caller.problem(
                        parameter,
                        "the route template '" + template.id() + "' has no parameter '" + name + "'",
                        Nearest.remedy(name, known, listed("Its parameters are", known))));
            }
        }
        template.parameters().forEach((name, parameter) -> {
            if (parameter.required() && !given.containsKey(name)) {
                problems.add(caller.problem(
                        ref,
                        "the route template '" + template.id() + "' needs the parameter '" + parameter.name() + "'",
                        "Add '- { name: " + parameter.name() + ", value: ... }' to its parameters"));
            }
        });
    }

    /** Camel refuses a policy that wraps nothing, and says so without naming its line. */
    private void lastPolicies(Unit unit, Node node) {
        for (NodeTuple entry : Yaml.entries(node)) {
            if ("steps".equals(Yaml.text(entry.getKeyNode()))
                    && entry.getValueNode() instanceof SequenceNode steps
                    && !steps.getValue().isEmpty()) {
                Node last = steps.getValue().get(steps.getValue().size() - 1);
                Yaml.get(last, "policy")
                        .filter(policy -> Yaml.get(policy, "steps")
                                .map(Yaml::elements)
                                .orElse(List.of())
                                .isEmpty())
                        .ifPresent(policy -> problems.add(unit.problem(
                                last,
                                "policy '" + Yaml.text(policy, "ref")
                                        + "' is the last line of its list and wraps nothing",
                                "Put the steps that it is to wrap below it, at the same indentation")));
            }
            lastPolicies(unit, entry.getValueNode());
        }
        Yaml.elements(node).forEach(element -> lastPolicies(unit, element));
    }

    private static String listed(String what, Set<String> names) {
        return names.isEmpty() ? "There is none" : what + " " + String.join(", ", names);
    }
}
