package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Walks the steps of a route, and tells of each which policies wrap it. */
final class Onion {

    /**
     * A policy of a route.
     *
     * @param route the route it stands in; null for an item that is no route
     * @param unit the item it stands in
     * @param node its line
     * @param name the bean it names; empty where that is not known
     * @param type the class of that bean as declared; empty where none is
     */
    record Layer(RouteIndex.Route route, Unit unit, Node node, String name, String type) {

        /** Whether its bean is of a class. */
        boolean is(Class<?> step) {
            return type.equals(step.getName());
        }

        /** Where it stands, for messages about another place. */
        String at() {
            return unit.at(node);
        }
    }

    /** Is shown what a route does. */
    interface Visitor {

        /** A policy, and those that wrap it, the outermost first. */
        void layer(Layer layer, List<Layer> around);

        /** Any other step, and the policies that wrap it. Steps within it are shown by themselves. */
        void step(String name, Node value, Node line, List<Layer> around);
    }

    private final RouteIndex index;
    private final RouteIndex.Route route;
    private final Unit unit;
    private final Visitor visitor;

    private Onion(RouteIndex index, RouteIndex.Route route, Unit unit, Visitor visitor) {
        this.index = index;
        this.route = route;
        this.unit = unit;
        this.visitor = visitor;
    }

    /** Walks the steps below a route's {@code from}. */
    static void walk(RouteIndex index, RouteIndex.Route route, List<Layer> around, Visitor visitor) {
        Yaml.get(route.body(), "from")
                .flatMap(from -> Yaml.get(from, "steps"))
                .ifPresent(steps -> new Onion(index, route, route.unit(), visitor).list(steps, around));
    }

    /** Walks every list of steps of an item that is no route. */
    static void walk(RouteIndex index, Unit unit, Visitor visitor) {
        new Onion(index, null, unit, visitor).within(unit.body(), List.of());
    }

    private void list(Node steps, List<Layer> around) {
        List<Layer> now = around;
        for (Node line : Yaml.elements(steps)) {
            for (NodeTuple entry : Yaml.entries(line)) {
                String name = String.valueOf(Yaml.text(entry.getKeyNode()));
                Node value = entry.getValueNode();
                if (name.equals("policy")) {
                    now = policy(value, line, now);
                } else {
                    visitor.step(name, value, line, now);
                    within(value, now);
                }
            }
        }
    }

    /** A policy without steps of its own wraps the lines after it; one with steps wraps those alone. */
    private List<Layer> policy(Node value, Node line, List<Layer> around) {
        Layer layer = layer(Yaml.text(value) != null ? Yaml.text(value) : Yaml.text(value, "ref"), line);
        visitor.layer(layer, around);
        List<Layer> inside = new ArrayList<>(around);
        inside.add(layer);
        Node steps = Yaml.get(value, "steps").orElse(null);
        if (steps == null || Yaml.elements(steps).isEmpty()) {
            return inside;
        }
        list(steps, inside);
        return around;
    }

    private Layer layer(String ref, Node line) {
        String name = index.resolve(ref, route).orElse("").replaceFirst("^#(bean:)?", "");
        return new Layer(route, unit, line, name, index.typeOf(name, route));
    }

    private void within(Node node, List<Layer> around) {
        for (NodeTuple entry : Yaml.entries(node)) {
            if ("steps".equals(Yaml.text(entry.getKeyNode()))) {
                list(entry.getValueNode(), around);
            } else {
                within(entry.getValueNode(), around);
            }
        }
        Yaml.elements(node).forEach(element -> within(element, around));
    }
}
