package io.github.camelllm.quota;

import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.store.Limit;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What has been taken for a call, to be settled once with what its attempts have used. */
final class Settlement {

    private final Limits limits;
    private final Call call;
    private final Admission.Taken taken;
    private final int from;
    private volatile int until = Integer.MAX_VALUE;
    private final AtomicBoolean settled = new AtomicBoolean();

    Settlement(Limits limits, Call call, Admission.Taken taken) {
        this.limits = limits;
        this.call = call;
        this.taken = taken;
        this.from = call.getAttempts().size();
    }

    /** Says that the answer has begun: attempts that come later belong to another reservation if this one is of one attempt. */
    void attemptsUntilNow(boolean ofOneAttempt) {
        if (ofOneAttempt) {
            until = call.getAttempts().size();
        }
    }

    /** The answer is over, whole or not: it counts as a request, with all that was used. */
    void answered() {
        settle(true);
    }

    /**
     * There is no answer: the request counts if any model has seen it.
     *
     * @return whether one has
     */
    boolean failed() {
        boolean sent = attempts().stream().anyMatch(attempt -> attempt.status() != 0 || attempt.usage() != null);
        settle(sent);
        return sent;
    }

    private List<Attempt> attempts() {
        List<Attempt> all = call.getAttempts();
        return all.subList(from, Math.min(until, all.size()));
    }

    private void settle(boolean counts) {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        long[] used = new long[taken.claim().size()];
        boolean all = counts && isGivenUp() && limits.rules().chargeGivenUp();
        long tokens = tokens();
        long nanodollars = taken.claim().counts(Measure.DOLLARS) ? nanodollars() : 0;
        for (int i = 0; i < used.length; i++) {
            long reserved = taken.claim().draws().get(i).amount();
            long amount =
                    switch (taken.claim().limit(i).rule().measure()) {
                        case REQUESTS -> counts ? 1 : 0;
                        case TOKENS -> tokens;
                        case DOLLARS -> nanodollars < 0 ? reserved : nanodollars; // its price has vanished
                    };
            used[i] = Math.min(all ? Math.max(amount, reserved) : amount, Limit.MOST);
        }
        limits.settle(taken.granted().reservation(), used);
    }

    /**
     * Whether the client left before the plain answer that a model was at work on. What that costs nobody says, and it may be
     * all that was reserved: to hang up must not be a way to get it for nothing.
     */
    private boolean isGivenUp() {
        List<Attempt> all = attempts();
        Usage last = all.isEmpty() ? null : all.get(all.size() - 1).usage();
        return !call.isStream()
                && last != null
                && last.estimated()
                && call.cancellation().cancelled()
                && call.cancellation().problem().code() == ErrorCode.CLIENT_GONE;
    }

    private long tokens() {
        long sum = 0;
        for (Attempt attempt : attempts()) {
            Usage usage = attempt.usage();
            sum += usage == null ? 0 : Math.min(usage.totalTokens(), Limit.MOST);
        }
        return sum;
    }

    /** Billionths of a dollar; -1 where a price is not known. */
    private long nanodollars() {
        BigDecimal sum = BigDecimal.ZERO;
        for (Attempt attempt : attempts()) {
            Usage usage = attempt.usage();
            BigDecimal cost = usage == null ? BigDecimal.ZERO : limits.pricing().cost(call, attempt.model(), usage);
            if (cost == null) {
                return -1;
            }
            sum = sum.add(cost);
        }
        return Measure.nanos(sum);
    }
}
