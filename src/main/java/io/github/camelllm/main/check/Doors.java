package io.github.camelllm.main.check;

import io.github.camelllm.access.Authenticate;
import io.github.camelllm.access.Keys;
import io.github.camelllm.cache.ClearCache;
import io.github.camelllm.quota.UsageReport;
import io.github.camelllm.routing.ModelList;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Finds the ways on which a call from the network comes to a model, or to what the gateway says and does for those it
 * knows, without passing a step {@code authenticate} that has keys.
 *
 * <p>What counts is the wrapping: a policy guards the lines that it wraps, in its own route and in those they lead to.
 */
final class Doors {

    /** Whom these answer, they tell or do what is not for everybody. */
    private static final Set<String> PRIVATE =
            Set.of(ModelList.class.getName(), UsageReport.class.getName(), ClearCache.class.getName());

    private final RouteIndex index;
    private final Roads roads;
    private final Predicate<Onion.Layer> asks;
    private final Map<Node, Found> found = new LinkedHashMap<>();

    private record Found(Unit unit, String chain, String what, Node line, Set<String> triggers) {}

    private Doors(RouteIndex index) {
        this.index = index;
        this.roads = new Roads(index);
        Map<String, Boolean> known = new LinkedHashMap<>();
        this.asks = layer -> layer.is(Authenticate.class)
                && known.computeIfAbsent(layer.name(), name -> hasKeys(name, layer.route()));
    }

    /** Every such way, by the line that it leads to. */
    static List<OpenDoor> of(RouteIndex index) {
        Doors doors = new Doors(index);
        List<RouteIndex.Route> begun =
                index.routes.stream().filter(doors.roads::isOnNetwork).toList();
        for (RouteIndex.Route route : begun) {
            String from = doors.roads.from(route);
            String trigger = from.replaceFirst("^platform-http:(//)?", "");
            doors.follow(route, route, from.startsWith("platform-http:") ? trigger : from, new HashSet<>());
        }
        for (Unit unit : index.units) {
            boolean rest = unit.type().equals("rest");
            if (rest || !begun.isEmpty() && unit.type().matches("on[A-Z].*|intercept.*|routeConfiguration")) {
                doors.follow(unit);
            }
        }
        List<OpenDoor> all = new ArrayList<>();
        doors.found.values().forEach(door -> all.add(door(door)));
        return all;
    }

    private static OpenDoor door(Found door) {
        String triggers = String.join(", ", door.triggers());
        return new OpenDoor(
                List.copyOf(door.triggers()),
                door.chain(),
                door.unit()
                        .problem(
                                door.line(),
                                "calls from " + triggers + " come to " + door.what()
                                        + " here without a key, as no 'authenticate' that has keys wraps this line",
                                "Put '- policy: { ref: llmAuthenticate }' above it, or set llm.access.open=true"));
    }

    private void follow(RouteIndex.Route first, RouteIndex.Route route, String trigger, Set<RouteIndex.Route> seen) {
        if (!seen.add(route) || roads.isOff(route)) {
            return;
        }
        if (route == first && roads.isModel(route)) {
            note(route, route.unit(), "a model", route.spot(), trigger);
            return;
        }
        Onion.walk(index, route, List.of(), new Onion.Visitor() {
            @Override
            public void layer(Onion.Layer layer, List<Onion.Layer> around) {
                // what it wraps is shown by itself
            }

            @Override
            public void step(String name, Node value, Node line, List<Onion.Layer> around) {
                if (around.stream().noneMatch(asks)) {
                    reached(first, route, route.unit(), name, value, line, trigger, seen);
                }
            }
        });
    }

    private void follow(Unit unit) {
        String trigger = unit.type() + " in " + unit.at(unit.item());
        Set<RouteIndex.Route> seen = new HashSet<>();
        if (unit.type().equals("rest")) {
            reached(null, null, unit, "rest", unit.body(), unit.item(), trigger, seen);
        }
        Onion.walk(index, unit, new Onion.Visitor() {
            @Override
            public void layer(Onion.Layer layer, List<Onion.Layer> around) {
                // what it wraps is shown by itself
            }

            @Override
            public void step(String name, Node value, Node line, List<Onion.Layer> around) {
                if (around.stream().noneMatch(asks)) {
                    reached(null, null, unit, name, value, line, trigger, seen);
                }
            }
        });
    }

    private void reached(
            RouteIndex.Route first,
            RouteIndex.Route route,
            Unit unit,
            String name,
            Node value,
            Node line,
            String trigger,
            Set<RouteIndex.Route> seen) {
        String bean = index.resolve(Yaml.text(value, "ref"), route).orElse("");
        String type = index.typeOf(bean, route);
        if (PRIVATE.contains(type)) {
            note(route, unit, "'" + bean + "'", line, trigger);
        }
        for (RouteIndex.Route next : roads.mayBe(name, value, route)) {
            if (roads.isModel(next)) {
                note(route, unit, "a model", line, trigger);
            } else {
                follow(first, next, trigger, seen);
            }
        }
    }

    private void note(RouteIndex.Route route, Unit unit, String what, Node line, String trigger) {
        String chain =
                route == null ? unit.type() : index.resolve(route.id(), route).orElseGet(() -> roads.from(route));
        found.computeIfAbsent(line, at -> new Found(unit, chain, what, line, new LinkedHashSet<>()))
                .triggers()
                .add(trigger);
    }

    private boolean hasKeys(String bean, RouteIndex.Route route) {
        Optional<Node> properties = index.bean(bean, route).flatMap(node -> Yaml.get(node, "properties"));
        String file = properties
                .map(node -> Yaml.text(node, "keysFile"))
                .flatMap(text -> index.resolve(text, route))
                .orElse("")
                .strip();
        String directory = properties
                .map(node -> Yaml.text(node, "configDir"))
                .flatMap(text -> index.resolve(text, route))
                .orElse("")
                .strip();
        try {
            return !file.isEmpty()
                    && !Keys.read(Path.of(directory).resolve(file)).keys().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
