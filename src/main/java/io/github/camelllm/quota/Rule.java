package io.github.camelllm.quota;

import io.github.camelllm.call.Identity;
import io.github.camelllm.store.Limit;
import io.github.camelllm.store.Window;
import java.time.Duration;
import java.util.List;

/**
 * One limit of {@code config/limits.yaml}: of one measure, over one period.
 *
 * @param scope whose it is
 * @param of the one it is for; null when it is for each of the scope
 * @param tier the tier whose callers it is for; null when it is for those of all tiers
 * @param measure what it counts
 * @param max the most of it; billionths for dollars
 * @param period over what time
 * @param window the same, as the store counts it
 * @param longestWait how long a call waits for it rather than be refused; zero refuses at once
 * @param alerts the shares of it, in percent, that are told of once a window
 */
record Rule(
        Scope scope,
        String of,
        String tier,
        Measure measure,
        long max,
        Period period,
        Window window,
        Duration longestWait,
        List<Integer> alerts) {

    /** Whether it is one of the two rules that count the same thing, of which the more specific one holds. */
    boolean countsAs(Rule other) {
        return scope == other.scope && measure == other.measure && period == other.period;
    }

    /** A rule for one by name holds before one for a tier, and that before one for all. */
    int specificity() {
        return of != null ? 2 : tier != null ? 1 : 0;
    }

    /** Whether it is for that caller, and for the one of that name. */
    boolean holdsFor(Identity who, String name) {
        return (tier == null || tier.equals(who.tier()))
                && (of == null || of.equals(name) || of.equals(scope.fullName(name, who)));
    }

    /** The limit of the one of that name. Rules that count the same thing draw on the same counter. */
    Limit limit(Identity who, String name) {
        return new Limit(key(who, name), max, window, alerts);
    }

    private String key(Identity who, String name) {
        return scope.label() + ":" + scope.id(name, who) + ":" + measure.label() + ":" + period.label();
    }

    /** As messages to the caller say it: {@code 20 requests per minute of user 'ann'}. */
    String text(String name) {
        String whose = scope == Scope.GLOBAL ? "all callers together" : scope.label() + " '" + name + "'";
        return measure.text(max) + " per " + period.label() + " of " + whose;
    }
}
