package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.store.Decision;
import io.github.camelllm.store.LimitStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
     * @param counted whether the call stands in its caller's counts of requests already
     * @return empty when nothing had to be taken
     * @throws Problem when the call may not pass
     */
    Optional<Taken> admit(Call call, List<Rules.Held> limits, Demand demand, boolean counted) {
        Claim claim = Claim.of(call, limits, demand, counted);
        if (claim.isEmpty()) {
            return Optional.empty();
        }
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
                if (demand.sharpen()) {
                    claim = Claim.of(call, limits, demand, counted);
                    decision = take(call, claim);
                    continue;
                }
                waitedFor = waitsFor(claim, refused, waitedFor);
                if (waitedFor == null) {
                    RateHeaders.tell(call, claim.limit(refused.index()).rule(), refused.level());
                    throw Refusals.of(claim, refused, demand);
                }
            }
            decision = waitInLine(call, claim, waitedFor);
        }
    }

    /** The key of the limit to wait for; null when the call is refused. A line is waited in once. */
    private String waitsFor(Claim claim, Decision.Refused refused, String waitedFor) {
        String key = claim.draws().get(refused.index()).limit().key();
        boolean waits = !claim.limit(refused.index()).rule().longestWait().isZero()
                && refused.retryAfter() != null
                && !key.equals(waitedFor)
                && !lines.isFull();
        return waits ? key : null;
    }

    private Decision waitInLine(Call call, Claim claim, String key) {
        int waitedFor = claim.indexOf(key);
        long from = call.ticker().nanos();
        Decision decision = lines.await(
                call,
                key,
                claim.limit(waitedFor).rule().longestWait(),
                () -> take(call, claim),
                asked -> !(asked instanceof Decision.Refused refused) || refused.index() != waitedFor);
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
