package io.github.camelllm.store;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all stores do alike with draws. */
final class Draws {

    private static final Logger LOG = LoggerFactory.getLogger(Draws.class);

    private Draws() {}

    /** Refuses a list that is empty, or has two draws on one counter. */
    static void check(List<Draw> draws) {
        if (draws.isEmpty()) {
            throw new IllegalArgumentException("a reservation without a draw; one at least is expected");
        }
        for (int i = 1; i < draws.size(); i++) {
            String key = draws.get(i).limit().key();
            for (int j = 0; j < i; j++) {
                if (key.equals(draws.get(j).limit().key())) {
                    throw new IllegalArgumentException("two draws on '" + key + "'; one of each key is expected");
                }
            }
        }
    }

    /** What was used, for each draw of the reservation whatever the caller has said: settling never throws. */
    static long[] checked(Reservation reservation, long[] used) {
        int size = reservation.draws().size();
        if (used.length == size && Arrays.stream(used).allMatch(amount -> 0 <= amount && amount <= Limit.MOST)) {
            return used.clone();
        }
        LOG.error(
                "reservation {} of {} draws is settled with {}; 0 to {} is expected for each, and what was reserved is taken"
                        + " for what is missing",
                reservation.id(),
                size,
                Arrays.toString(used),
                Limit.MOST);
        long[] amounts = new long[size];
        for (int i = 0; i < size; i++) {
            long amount = i < used.length ? used[i] : reservation.draws().get(i).amount();
            amounts[i] = Math.max(0, Math.min(amount, Limit.MOST));
        }
        return amounts;
    }

    /**
     * Of the draws that do not fit, the one that frees last; one that never does comes before all others.
     *
     * @param counters one a draw; null for a draw that is known to fit
     */
    static Decision.Refused refusal(List<Draw> draws, Counter[] counters, Moment now) {
        int last = -1;
        Duration longest = null;
        for (int i = 0; i < counters.length; i++) {
            Draw draw = draws.get(i);
            if (counters[i] != null && draw.amount() > counters[i].free(draw.limit())) {
                Duration wait = counters[i].untilFree(draw.limit(), draw.amount(), now);
                if (wait == null) {
                    return new Decision.Refused(i, counters[i].level(draw.limit(), now), null);
                }
                if (last < 0 || wait.compareTo(longest) > 0) {
                    last = i;
                    longest = wait;
                }
            }
        }
        return new Decision.Refused(last, counters[last].level(draws.get(last).limit(), now), longest);
    }

    /** Tells listeners of an alert; one that fails does not keep it from the others. */
    static void tell(List<LimitStore.AlertListener> listeners, Limit limit, int percent, long used) {
        for (LimitStore.AlertListener listener : listeners) {
            try {
                listener.reached(limit, percent, used);
            } catch (RuntimeException e) {
                LOG.error("the alert at {} % of {} was not heard", percent, limit.key(), e);
            }
        }
    }
}
