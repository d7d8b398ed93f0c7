package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.store.Decision;
import io.github.camelllm.store.Draw;
import io.github.camelllm.store.LimitStore;
import io.github.camelllm.store.Window;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Lets a call pass or refuses it: takes of all limits at once what it needs, or of none. Thread-safe. */
final class Admission {

    private final LimitStore store;
    private final WaitingLines lines;
    private final AtomicLong number = new AtomicLong();

    Admission(LimitStore store, WaitingLines lines) {
        this.store = store;
        this.lines = lines;
    }

    /** What was taken of which limits. */
    record Taken(Claim claim, Decision.Granted granted) {}

    /**
     * Takes what the call needs, waiting for it where the limits say so.
     *
     * @param counted the keys of the limits in whose counts of requests the call stands already
     * @return empty when nothing had to be taken
     * @throws Problem when the call may not pass
     */
    Optional<Taken> admit(Call call, List<Rules.Held> limits, Demand demand, Set<String> counted) {
        Claim claim = Claim.of(call, limits, demand, counted);
        if (claim.isEmpty()) {
            return Optional.empty();
        }
        long from = call.ticker().nanos();
        String waitedFor = claim.waitedFor(lines);
        if (waitedFor != null && lines.isFull()) {
            throw Refusals.crowded(claim.limit(claim.indexOf(waitedFor)));
        }
        Decision decision = waitedFor == null ? take(call, claim) : null;
        while (true) {
            if (decision instanceof Decision.Granted granted) {
                RateHeaders.tell(call, claim, granted.levels());
                return Optional.of(new Taken(claim, granted));
            }
            if (decision instanceof Decision.Unavailable) {
                throw Refusals.uncounted();
            }
            if (decision instanceof Decision.Refused refused) {
                if (isWorthCounting(claim, refused) && demand.sharpen()) {
                    claim = Claim.of(call, limits, demand, counted);
                    decision = take(call, claim);
                    continue;
                }
                waitedFor = waitsFor(call, from, claim, refused, waitedFor);
                if (waitedFor == null) {
                    RateHeaders.tell(call, claim.limit(refused.index()).rule(), refused.level());
                    throw Refusals.of(claim, refused, demand);
                }
            }
            decision = waitInLine(call, from, claim, waitedFor);
        }
    }

    /** Whether an exact count of the prompt could change the decision. */
    private static boolean isWorthCounting(Claim claim, Decision.Refused refused) {
        Draw draw = claim.draws().get(refused.index());
        if (claim.limit(refused.index()).rule().measure() == Measure.REQUESTS) {
            return false;
        }
        long most = draw.limit().window() instanceof Window.Bucket bucket
                ? bucket.burst()
                : draw.limit().max();
        return Demand.mayFit(
                draw.amount(),
                refused.retryAfter() == null ? most : refused.level().remaining());
    }

    /** The key of the limit to wait for; null when the call is refused. */
    private String waitsFor(Call call, long from, Claim claim, Decision.Refused refused, String waitedFor) {
        String key = claim.draws().get(refused.index()).limit().key();
        boolean waits = refused.retryAfter() != null
                && !key.equals(waitedFor)
                && timeIn(call, from, claim.limit(refused.index()).rule()).compareTo(Duration.ZERO) > 0
                && !call.timeLeft().isZero()
                && !lines.isFull();
        return waits ? key : null;
    }

    /** How long a call may still wait for that limit, which it has been asking for since a moment: in all lines together. */
    private static Duration timeIn(Call call, long from, Rule rule) {
        return rule.longestWait().minusNanos(call.ticker().nanos() - from);
    }

    private Decision waitInLine(Call call, long begun, Claim claim, String key) {
        int waitedFor = claim.indexOf(key);
        long from = call.ticker().nanos();
        Decision decision = lines.await(
                call,
                key,
                timeIn(call, begun, claim.limit(waitedFor).rule()),
                () -> take(call, claim),
                asked -> !(asked instanceof Decision.Refused refused)
                        || refused.index() != waitedFor
                        || refused.retryAfter() == null); // it would wait for what never comes
        call.paused(Duration.ofNanos(call.ticker().nanos() - from));
        if (call.cancellation().cancelled()) {
            if (decision instanceof Decision.Granted granted) {
                store.settle(granted.reservation(), new long[claim.size()]);
            }
            throw call.cancellation().problem();
        }
        if (decision != null) {
            return decision;
        }
        return take(call, claim); // its time was up before its turn: one last look, for a truthful answer
    }

    private Decision take(Call call, Claim claim) {
        return store.reserve(call.getUid() + "." + number.incrementAndGet(), claim.draws());
    }
}
