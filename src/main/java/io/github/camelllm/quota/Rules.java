package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What {@code config/limits.yaml} says. Immutable.
 *
 * @param zone where the days of the calendar begin
 * @param outputTokens the bound of an answer whose request names none; positive
 * @param allowUnpriced whether limits of dollars let calls to models without a price pass
 * @param chargeGivenUp whether a plain answer that its client did not wait for counts as all that was reserved for it, and not
 *     as its prompt alone
 * @param rules the limits over a time
 * @param caps the limits of a single request
 */
record Rules(
        ZoneId zone,
        long outputTokens,
        boolean allowUnpriced,
        boolean chargeGivenUp,
        List<Rule> rules,
        List<Cap> caps) {

    static final long OUTPUT_TOKENS = 4096;

    /** No limits. */
    static final Rules NONE = new Rules(ZoneOffset.UTC, OUTPUT_TOKENS, true, true, List.of(), List.of());

    Rules {
        rules = List.copyOf(rules);
        caps = List.copyOf(caps);
    }

    /** A limit that holds for a call, and the name of the one whose it is. */
    record Held(Rule rule, String name) {}

    /** The limits that hold for a call now; those of its model only once one is chosen. */
    List<Held> of(Call call, boolean rolling, Set<Scope> scopes) {
        return held(call.getIdentity(), rolling, scopes, scope -> scope.nameIn(call));
    }

    /** The limits of a caller's own. */
    List<Held> ofCaller(Identity who, boolean rolling) {
        return held(who, rolling, Set.of(Scope.values()), scope -> scope.isOfCaller() ? scope.nameIn(who) : null);
    }

    private List<Held> held(Identity who, boolean rolling, Set<Scope> scopes, Function<Scope, String> names) {
        List<Held> held = new ArrayList<>();
        for (Rule rule : rules) {
            String name = rule.period().isRolling() == rolling && scopes.contains(rule.scope())
                    ? names.apply(rule.scope())
                    : null;
            if (name != null && rule.holdsFor(who, name)) {
                put(held, new Held(rule, name));
            }
        }
        return held;
    }

    private static void put(List<Held> held, Held one) {
        for (int i = 0; i < held.size(); i++) {
            if (held.get(i).rule().countsAs(one.rule())) {
                if (one.rule().specificity() > held.get(i).rule().specificity()) {
                    held.set(i, one);
                }
                return;
            }
        }
        held.add(one);
    }

    /** The most of it that one request of that tier may use; empty when there is no bound. */
    Optional<Cap> cap(String tier, Measure measure) {
        Cap found = null;
        for (Cap cap : caps) {
            if (cap.measure() == measure && (tier.equals(cap.tier()) || cap.tier() == null && found == null)) {
                found = cap;
            }
        }
        return Optional.ofNullable(found);
    }
}
