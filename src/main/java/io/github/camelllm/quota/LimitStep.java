package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Completions;
import io.github.camelllm.step.Step;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * Takes of the limits that hold for a call what it may use at most, runs what follows, and settles with what was used.
 *
 * <p>Two such steps that stand one directly below the other take together: of all their limits or of none.
 *
 * <p>Below {@code failover} the step takes for each attempt anew, of the limits of that model too; a model whose own limit is
 * reached is passed over. Above it, it takes once for all attempts, and knows of no model but the first.
 */
abstract class LimitStep extends Step {

    /** The limits of a step directly above, that this one is to take with its own. */
    private static final Object WITH = new Object();

    /** The keys of the limits in whose counts of requests the call stands already. */
    private static final Object COUNTED = new Object();

    private final boolean rolling;
    private Set<Scope> scopes = EnumSet.allOf(Scope.class);
    private volatile Limits limits;

    LimitStep(boolean rolling) {
        this.rolling = rolling;
    }

    /**
     * Whose limits it minds: {@code global}, {@code provider}, {@code model}, {@code tenant}, {@code team}, {@code user}, {@code
     * key}, separated by commas; all of them unless set.
     *
     * @throws IllegalArgumentException naming what is none of them
     */
    public void setScopes(String commaSeparated) {
        Set<Scope> named = EnumSet.noneOf(Scope.class);
        for (String name : commaSeparated.split(",")) {
            named.add(Arrays.stream(Scope.values())
                    .filter(scope -> scope.label().equals(name.strip().toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("scopes names '" + name.strip()
                            + "'; global, provider, model, tenant, team, user and key are allowed")));
        }
        scopes = named;
    }

    @Override
    protected void onStart(Route route) throws Exception {
        limits = Limits.of(route.getCamelContext());
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Rules rules = limits.rules();
        List<Rules.Held> held = rules.of(call, rolling, scopes);
        List<?> above = (List<?>) call.note(WITH);
        call.note(WITH, null);
        if (above != null) {
            above.stream().filter(one -> !held.contains(one)).forEach(one -> held.add((Rules.Held) one));
        }
        Demand demand = limits.demand(call, rules);
        if (!rolling) {
            mindCaps(call, rules, demand);
        }
        if (next.follower() instanceof LimitStep) {
            call.note(WITH, held);
            next.proceed();
            return;
        }
        mindPrice(call, rules, held, demand);
        Set<String> counted = countedIn(call);
        Optional<Admission.Taken> taken = limits.admission().admit(call, held, demand, counted);
        if (taken.isEmpty()) {
            next.proceed();
            return;
        }
        Set<String> counts = taken.get().claim().requestKeys();
        counted.addAll(counts);
        run(call, exchange, next, new Settlement(limits, call, taken.get()), counts);
    }

    @SuppressWarnings("unchecked")
    private static Set<String> countedIn(Call call) {
        Set<String> counted = (Set<String>) call.note(COUNTED);
        if (counted == null) {
            counted = new HashSet<>();
            call.note(COUNTED, counted);
        }
        return counted;
    }

    private void run(Call call, Exchange exchange, Chain next, Settlement settlement, Set<String> counts)
            throws Exception {
        try {
            next.proceed();
        } catch (Throwable e) {
            boolean sent = settlement.failed();
            if (!sent) {
                countedIn(call).removeAll(counts); // as if it had never asked
            }
            throw e;
        }
        settlement.attemptsUntilNow(call.isTrying());
        if (exchange.getMessage().getBody() instanceof TokenStream stream) {
            TokenStream watched = stream.onEnd(end -> settlement.answered());
            exchange.getMessage().setBody(watched);
            Completions.closeAtEnd(exchange, watched);
        } else {
            settlement.answered();
        }
    }

    private static void mindCaps(Call call, Rules rules, Demand demand) {
        for (Measure measure : List.of(Measure.TOKENS, Measure.DOLLARS)) {
            Cap cap = rules.cap(call.getTier(), measure).orElse(null);
            if (cap == null) {
                continue;
            }
            long amount = amount(measure, demand);
            if (amount > cap.max() && Demand.mayFit(amount, cap.max()) && demand.sharpen()) {
                amount = amount(measure, demand);
            }
            if (amount > cap.max()) {
                throw Refusals.overCap(cap, amount, demand);
            }
        }
    }

    private static long amount(Measure measure, Demand demand) {
        return measure == Measure.TOKENS ? demand.tokens() : demand.nanodollars();
    }

    /** No limit of dollars holds for a model without a price, so the rules say whether it may be called at all. */
    private static void mindPrice(Call call, Rules rules, List<Rules.Held> held, Demand demand) throws Problem {
        boolean dollars = held.stream().anyMatch(one -> one.rule().measure() == Measure.DOLLARS);
        if (call.getModel() == null || !dollars && rules.allowUnpriced() || demand.isPriced()) {
            return;
        }
        if (!rules.allowUnpriced()) {
            throw Refusals.unpriced(call.getModel());
        }
        call.warn("no price known of " + call.getModel() + ": no limit of dollars counts it");
    }
}
