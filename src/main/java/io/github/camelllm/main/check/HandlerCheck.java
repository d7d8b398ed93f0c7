package io.github.camelllm.main.check;

import io.github.camelllm.failover.Failover;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.support.PatternHelper;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Finds error handling that cannot act: an {@code onException} of routes whose error handler is {@code noErrorHandler}, or of
 * no route at all; and a {@code deadLetterChannel} in a chain with {@code failover}, from which it takes every failure.
 *
 * <p>An {@code onException} and an {@code errorHandler} hold for the routes of their own file; those of a {@code
 * routeConfiguration} for the routes that name it, in any file. A route's own error handler comes first, then that of its
 * configuration, then that of its file.
 */
final class HandlerCheck {

    private static final String NONE = "noErrorHandler";
    private static final String DEAD = "deadLetterChannel";

    private final RouteIndex index;
    private final List<Diagnostic> problems = new ArrayList<>();

    private HandlerCheck(RouteIndex index) {
        this.index = index;
    }

    static List<Diagnostic> check(RouteIndex index) {
        HandlerCheck check = new HandlerCheck(index);
        for (Unit unit : index.units) {
            if (unit.type().equals("onException")) {
                check.onException(
                        unit,
                        unit.item(),
                        check.routesOf(unit.file()),
                        new Reason("its file has no route", "Move it into the file of the routes it is for"));
            } else if (unit.type().equals("routeConfiguration")) {
                check.configuration(unit);
            }
        }
        index.routes.forEach(check::deadLetters);
        return check.problems;
    }

    private List<RouteIndex.Route> routesOf(RouteFile file) {
        return index.routes.stream()
                .filter(route -> route.place().file() == file)
                .toList();
    }

    private void configuration(Unit unit) {
        List<RouteIndex.Route> routes =
                index.routes.stream().filter(route -> uses(route, unit)).toList();
        for (Node line :
                Yaml.get(unit.body(), "onException").map(Yaml::elements).orElse(List.of())) {
            onException(
                    unit,
                    line,
                    routes,
                    new Reason("no route names this configuration", "Give a route its id as routeConfigurationId"));
        }
    }

    /** A configuration without an id is everybody's who names none. */
    private boolean uses(RouteIndex.Route route, Unit configuration) {
        String id = Yaml.text(configuration.body(), "id");
        String named = index.resolve(Yaml.text(route.body(), "routeConfigurationId"), route)
                .orElse("");
        if (named.isEmpty()) {
            return id == null;
        }
        return id != null
                && java.util.Arrays.stream(named.split(","))
                        .anyMatch(pattern -> PatternHelper.matchPattern(id, pattern.strip()));
    }

    /** Why it is for no route, and what to do. */
    private record Reason(String why, String remedy) {}

    private void onException(Unit unit, Node line, List<RouteIndex.Route> routes, Reason none) {
        if (routes.isEmpty()) {
            problems.add(unit.problem(line, "this onException can never act: " + none.why(), none.remedy()));
        } else if (routes.stream().allMatch(route -> NONE.equals(handler(route)))) {
            problems.add(unit.problem(
                    line,
                    "this onException can never act: the error handler of " + shown(routes) + " is " + NONE,
                    "Give the route it is for 'errorHandler: { defaultErrorHandler: {} }', or catch with doTry; what is"
                            + " done when a model fails is the business of failover and degrade"));
        }
    }

    private String shown(List<RouteIndex.Route> routes) {
        String first = index.resolve(routes.get(0).id(), routes.get(0)).orElse("the route");
        return routes.size() == 1 ? "'" + first + "'" : "every route that it is for ('" + first + "' and others)";
    }

    private void deadLetters(RouteIndex.Route route) {
        if (!DEAD.equals(handler(route))) {
            return;
        }
        boolean[] told = new boolean[1];
        Onion.walk(index, route, List.of(), new Onion.Visitor() {
            @Override
            public void layer(Onion.Layer layer, List<Onion.Layer> around) {
                if (layer.is(Failover.class) && !told[0]) {
                    told[0] = true;
                    problems.add(layer.unit()
                            .problem(
                                    layer.node(),
                                    "the route's error handler is a " + DEAD
                                            + ", which takes every failure to itself: '" + layer.name()
                                            + "' sees none, and the request goes back as if it were the answer",
                                    "Give the route 'errorHandler: { noErrorHandler: {} }'"));
                }
            }

            @Override
            public void step(String name, Node value, Node line, List<Onion.Layer> around) {
                // only the policies tell
            }
        });
    }

    /** The name of the error handler that holds for a route; Camel's default where none is given. */
    private String handler(RouteIndex.Route route) {
        return first(Yaml.get(route.body(), "errorHandler"))
                .or(() -> index.units.stream()
                        .filter(unit -> unit.type().equals("routeConfiguration") && uses(route, unit))
                        .flatMap(unit -> first(Yaml.get(unit.body(), "errorHandler")).stream())
                        .findFirst())
                .or(() -> index.units.stream()
                        .filter(unit -> unit.type().equals("errorHandler")
                                && unit.file() == route.place().file())
                        .flatMap(unit -> first(Optional.of(unit.body())).stream())
                        .findFirst())
                .orElse("defaultErrorHandler");
    }

    private static Optional<String> first(Optional<Node> handler) {
        return handler.flatMap(node -> Yaml.entries(node).stream()
                .map(entry -> Yaml.text(entry.getKeyNode()))
                .filter(name -> !"id".equals(name))
                .findFirst());
    }
}
