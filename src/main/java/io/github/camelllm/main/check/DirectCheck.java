package io.github.camelllm.main.check;

import io.github.camelllm.config.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Looks for the route that each {@code direct:} endpoint leads to. */
final class DirectCheck {

    /** Keys whose text is for people, or a name. */
    private static final Set<String> NO_ENDPOINT = Set.of("description", "note", "message", "id");

    private final RouteIndex index;
    private final Set<String> begun = new TreeSet<>();
    private final Set<Diagnostic> problems = new java.util.LinkedHashSet<>();

    private DirectCheck(RouteIndex index) {
        this.index = index;
        for (RouteIndex.Route route : index.routes) {
            Yaml.get(route.body(), "from")
                    .flatMap(from -> index.direct(from, route))
                    .ifPresent(begun::add);
        }
    }

    /**
     * Every {@code direct:} endpoint that is sent to and that no route begins with.
     *
     * @param sound the items of which it is known that they can be read
     */
    static List<Diagnostic> check(RouteIndex index, Set<Unit> sound) {
        boolean guess = index.units.stream().anyMatch(unit -> !sound.contains(unit) && !begins(unit));
        if (guess) {
            return List.of(); // who knows what the items begin with that cannot be read
        }
        DirectCheck check = new DirectCheck(index);
        sound.forEach(check::unit);
        return new ArrayList<>(check.problems);
    }

    private static boolean begins(Unit unit) {
        Node body = unit.type().equals("from") ? unit.item() : unit.body();
        Node route = Yaml.get(body, "route").orElse(body);
        boolean from = Yaml.get(route, "from")
                .map(f -> f instanceof org.snakeyaml.engine.v2.nodes.ScalarNode || Yaml.text(f, "uri") != null)
                .orElse(false);
        return from || unit.type().equals("beans");
    }

    private void unit(Unit unit) {
        boolean made = false;
        for (RouteIndex.Route route : index.routes) {
            if (route.unit() == unit) {
                made = true;
                sent(unit, "", unit.body(), route);
            }
        }
        if (!made && !unit.type().equals("routeTemplate")) {
            sent(unit, "", unit.body(), null);
        }
    }

    private void sent(Unit unit, String key, Node node, RouteIndex.Route route) {
        if (NO_ENDPOINT.contains(key)) {
            return;
        }
        if (key.equals("from")) {
            Yaml.get(node, "steps").ifPresent(steps -> sent(unit, "steps", steps, route));
            return;
        }
        index.direct(node, route).filter(name -> !begun.contains(name)).ifPresent(name -> {
            Set<String> known = new TreeSet<>();
            begun.forEach(other -> known.add("direct:" + other));
            problems.add(unit.problem(
                    node,
                    "no route begins with direct:" + name,
                    Nearest.remedy("direct:" + name, known, "Add a route that does")));
        });
        boolean told = index.direct(node, route).isPresent();
        for (NodeTuple entry : Yaml.entries(node)) {
            String name = String.valueOf(Yaml.text(entry.getKeyNode()));
            if (!told || !name.equals("uri")) {
                sent(unit, name, entry.getValueNode(), route);
            }
        }
        Yaml.elements(node).forEach(element -> sent(unit, key, element, route));
    }
}
