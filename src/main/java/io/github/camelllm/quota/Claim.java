package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.store.Draw;
import io.github.camelllm.store.Limit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a call needs of the limits that hold for it: of each so much. */
final class Claim {

    private final List<Rules.Held> held = new ArrayList<>(8);
    private final List<Draw> draws = new ArrayList<>(8);

    private Claim() {}

    /**
     * What a call needs.
     *
     * @param limits those that hold for it
     * @param counted the keys of its caller's limits in whose counts of requests it stands already: by an attempt before, or
     *     by a step further up
     */
    static Claim of(Call call, List<Rules.Held> limits, Demand demand, Set<String> counted) {
        Claim claim = new Claim();
        for (Rules.Held held : limits) {
            Limit limit = held.rule().limit(call.getIdentity(), held.name());
            long amount =
                    switch (held.rule().measure()) {
                        case REQUESTS -> counted.contains(limit.key()) ? 0 : 1;
                        case TOKENS -> demand.tokens();
                        case DOLLARS -> Math.max(0, demand.nanodollars());
                    };
            if (amount > 0) { // what takes nothing is not refused because nothing is left
                claim.held.add(held);
                claim.draws.add(new Draw(limit, Math.min(amount, Limit.MOST)));
            }
        }
        return claim;
    }

    boolean isEmpty() {
        return draws.isEmpty();
    }

    /** For the store; in the order of {@link #limit}. */
    List<Draw> draws() {
        return draws;
    }

    int size() {
        return held.size();
    }

    Rules.Held limit(int index) {
        return held.get(index);
    }

    /** Whether any of its limits is of that measure. */
    boolean counts(Measure measure) {
        return held.stream().anyMatch(limit -> limit.rule().measure() == measure);
    }

    /** The keys of its caller's limits of requests: each is taken once a call, those of a model once an attempt. */
    Set<String> requestKeys() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < held.size(); i++) {
            Rule rule = held.get(i).rule();
            if (rule.measure() == Measure.REQUESTS && !rule.scope().isOfModel()) {
                keys.add(draws.get(i).limit().key());
            }
        }
        return keys;
    }

    /** The place of the limit with that key, which is one of them. */
    int indexOf(String key) {
        int index = 0;
        while (!draws.get(index).limit().key().equals(key)) {
            index++;
        }
        return index;
    }

    /** The key of the first of its limits that calls before wait for; null when there is none. */
    String waitedFor(WaitingLines lines) {
        for (int i = 0; i < held.size(); i++) {
            String key = draws.get(i).limit().key();
            if (!held.get(i).rule().longestWait().isZero() && lines.isWaitedFor(key)) {
                return key;
            }
        }
        return null;
    }
}
