package io.github.camelllm.main.check;

import io.github.camelllm.access.Authenticate;
import io.github.camelllm.access.Validate;
import io.github.camelllm.account.Account;
import io.github.camelllm.cache.Cache;
import io.github.camelllm.failover.Failover;
import io.github.camelllm.guard.Canary;
import io.github.camelllm.guard.Encapsulate;
import io.github.camelllm.inspect.Accept;
import io.github.camelllm.privacy.Redact;
import io.github.camelllm.quota.Budget;
import io.github.camelllm.quota.Quota;
import io.github.camelllm.routing.ChooseModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Looks at what each way to a model passes: a step that stands twice, calls that no {@code account} counts, and steps in an
 * order in which they cannot do what they are for. Any step may be left out but {@code account}.
 */
final class ChainCheck {

    /** The classes of shipped steps. What a step of somebody else's does the second time is not known. */
    private static final Pattern SHIPPED = Pattern.compile("io\\.github\\.camelllm\\.(?!main\\.).*");

    /** These do harm twice in whatever routes they stand: what they count, ask or keep, they count, ask or keep again. */
    private static final Set<String> ONCE_IN_ALL =
            Set.of(Cache.class.getName(), Failover.class.getName(), Quota.class.getName(), Budget.class.getName());

    /**
     * That one step must wrap another.
     *
     * @param why what is lost otherwise
     */
    private record Rule(Class<?> upper, Set<Class<?>> lower, String why) {}

    private static final List<Rule> RULES = List.of(
            new Rule(
                    Account.class,
                    Set.of(Authenticate.class, Validate.class, Cache.class, Failover.class, Quota.class, Budget.class),
                    "calls that the other refuses or answers are in no record and no metric"),
            new Rule(
                    Authenticate.class,
                    Set.of(Cache.class, Quota.class, Budget.class),
                    "the other does not know yet whose call it is: all callers share answers and limits"),
            new Rule(Redact.class, Set.of(Cache.class), "the cache keeps personal values as the client wrote them"),
            new Rule(ChooseModel.class, Set.of(Failover.class), "the models are chosen after they were to be asked"),
            new Rule(Failover.class, Set.of(Accept.class), "an answer that is refused is not asked for again"),
            new Rule(
                    Cache.class,
                    Set.of(Encapsulate.class, Canary.class),
                    "each request gets something of its own, so the cache finds none again"));

    private final RouteIndex index;
    private final Roads roads;
    private final Map<String, Diagnostic> problems = new LinkedHashMap<>();
    private final Set<List<Object>> seen = new HashSet<>();

    private ChainCheck(RouteIndex index) {
        this.index = index;
        this.roads = new Roads(index);
    }

    /** What is to be said of all chains together. */
    static List<Diagnostic> check(RouteIndex index) {
        ChainCheck check = new ChainCheck(index);
        Set<RouteIndex.Route> sentTo = check.sentTo();
        for (RouteIndex.Route route : index.routes) {
            check.follow(route, List.of(), check.roads.takesCalls(route, sentTo));
        }
        return List.copyOf(check.problems.values());
    }

    private Set<RouteIndex.Route> sentTo() {
        Set<RouteIndex.Route> all = new HashSet<>();
        for (RouteIndex.Route route : index.routes) {
            if (!roads.isOff(route)) {
                Onion.walk(
                        index,
                        route,
                        List.of(),
                        new Steps((name, value, line, around) -> roads.named(name, value, route).stream()
                                .filter(to -> to != route)
                                .forEach(all::add)));
            }
        }
        return all;
    }

    /** What is done with steps other than policies. */
    @FunctionalInterface
    private interface Each {
        void step(String name, Node value, Node line, List<Onion.Layer> around);
    }

    private record Steps(Each each) implements Onion.Visitor {
        @Override
        public void layer(Onion.Layer layer, List<Onion.Layer> around) {
            // not these
        }

        @Override
        public void step(String name, Node value, Node line, List<Onion.Layer> around) {
            each.step(name, value, line, around);
        }
    }

    /** @param counts whether calls come in this way, so that they should be counted */
    private void follow(RouteIndex.Route route, List<Onion.Layer> outside, boolean counts) {
        List<Object> way = new ArrayList<>(List.of(route.body(), route.parameters(), counts));
        outside.forEach(layer -> way.add(layer.node()));
        if (!seen.add(way)) {
            return;
        }
        Onion.walk(index, route, outside, new Onion.Visitor() {
            @Override
            public void layer(Onion.Layer layer, List<Onion.Layer> around) {
                if (SHIPPED.matcher(layer.type()).matches()) {
                    twice(layer, around);
                    order(layer, around);
                }
            }

            @Override
            public void step(String name, Node value, Node line, List<Onion.Layer> around) {
                for (RouteIndex.Route next : roads.named(name, value, route)) {
                    if (roads.isModel(next)) {
                        account(route, line, around, counts && roads.isListed(next));
                    } else if (next != route) {
                        follow(next, around, counts);
                    }
                }
            }
        });
    }

    private void twice(Onion.Layer layer, List<Onion.Layer> around) {
        Optional<Onion.Layer> first = around.stream()
                .filter(other ->
                        other.name().equals(layer.name()) && other.type().equals(layer.type()))
                .filter(other -> other.route() == layer.route() || ONCE_IN_ALL.contains(layer.type()))
                .findFirst();
        first.ifPresent(other -> note(layer.unit()
                .problem(
                        layer.node(),
                        "the step '" + layer.name() + "' stands twice on one way, first at " + other.at(),
                        "Take one of the lines out")));
    }

    private void order(Onion.Layer layer, List<Onion.Layer> around) {
        for (Rule rule : RULES) {
            if (!layer.is(rule.upper())) {
                continue;
            }
            for (Onion.Layer other : around) {
                if (rule.lower().stream().anyMatch(other::is) && around.stream().noneMatch(l -> l.is(rule.upper()))) {
                    note(layer.unit()
                            .problem(
                                    layer.node(),
                                    "'" + layer.name() + "' stands below '" + other.name() + "' (" + other.at()
                                            + "), so " + rule.why(),
                                    "Move the line above '" + other.name() + "'")
                            .asWarning());
                    break;
                }
            }
        }
    }

    private void account(RouteIndex.Route route, Node line, List<Onion.Layer> around, boolean counts) {
        if (counts && around.stream().noneMatch(layer -> layer.is(Account.class))) {
            String id = index.resolve(route.id(), route).orElseGet(() -> roads.from(route));
            note(route.unit()
                    .problem(
                            line,
                            "calls come from '" + id
                                    + "' to a model here without 'llmAccount': they are in no log, no metric and no ledger",
                            "Put '- policy: { ref: llmAccount }' above all other steps of the chain"));
        }
    }

    /** One thing of a line is told once, by whatever ways it is come to. */
    private void note(Diagnostic problem) {
        problems.putIfAbsent(
                problem.source() + ":" + problem.line() + problem.problem().replaceFirst(", first at .*", ""), problem);
    }
}
