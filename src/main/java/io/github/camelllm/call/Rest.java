package io.github.camelllm.call;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.time.Duration;

/**
 * The time for which a model's provider has asked to be left alone ({@code Retry-After}), and the few calls that are let
 * through first when it is over. Thread-safe.
 */
public final class Rest {

    /** How many calls a second are let through after a rest, until one of them has gone well. */
    static final int FIRST = 3;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** So long after a rest any number of calls may come, though nothing has been heard of the first. */
    private static final long CAREFUL = Duration.ofSeconds(10).toNanos();

    private final Ticker ticker;
    private volatile boolean over = true;
    private long until;
    private long toldUntil;
    private boolean limited;
    private long second;
    private int let;

    Rest(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Begins a rest, or makes one longer, if the problem is one whose provider says how long it wants to be left alone.
     *
     * @param atMost what is made of it if it says more; zero for no rest at all
     */
    public synchronized void after(Problem problem, Duration atMost) {
        Duration told = problem.retryAfter().orElse(Duration.ZERO);
        if (told.isZero()
                || atMost.isZero()
                || !problem.upstream().map(UpstreamFailure::rests).orElse(false)) {
            return;
        }
        long now = ticker.nanos();
        long end = now + Math.min(told.toNanos(), atMost.toNanos());
        if (over || end - until > 0) {
            until = end;
            toldUntil = now + told.toNanos();
            limited = problem.code() == ErrorCode.GLOBAL_RATE_LIMITED;
            second = end;
            let = 0;
            over = false;
        }
    }

    /** Whether the provider wants to be left alone now. */
    public boolean lasts() {
        return !over && lastsFor() > 0;
    }

    private synchronized long lastsFor() {
        return over ? 0 : Math.max(0, until - ticker.nanos());
    }

    /** The seconds that it lasts, the last one begun counted as whole; 0 when it is over. */
    public long seconds() {
        return (lastsFor() + SECOND - 1) / SECOND;
    }

    /** How long the model is not to be asked: the rest of the rest, or until the next of the first calls may go. */
    public Duration left() {
        return over ? Duration.ZERO : leftNow();
    }

    private synchronized Duration leftNow() {
        long now = ticker.nanos();
        if (isForgotten(now)) {
            return Duration.ZERO;
        }
        if (until - now > 0) {
            return Duration.ofNanos(until - now);
        }
        return Duration.ofNanos(let < FIRST ? 0 : Math.max(0, second + SECOND - now));
    }

    /** Whether a call may go to the model now. After a rest it takes one of the first calls' places, so the call must go. */
    public boolean admits() {
        return over || takesPlace();
    }

    private synchronized boolean takesPlace() {
        long now = ticker.nanos();
        if (isForgotten(now)) {
            return true;
        }
        if (until - now > 0) {
            return false;
        }
        if (now - second >= SECOND) {
            second = now;
            let = 0;
        }
        return ++let <= FIRST;
    }

    private boolean isForgotten(long now) {
        if (!over && now - until > CAREFUL) {
            over = true;
        }
        return over;
    }

    /** Notes that a call has gone well: after a rest all may come, but one that it has begun before does not end it. */
    void wentWell() {
        if (!over) {
            synchronized (this) {
                over = until - ticker.nanos() <= 0;
            }
        }
    }

    /** Why the model is not asked, and when its provider will take calls again by its own word. */
    synchronized Problem problem(String model) {
        Duration wait = Duration.ofNanos(Math.max(leftNow().toNanos(), toldUntil - ticker.nanos()));
        return (limited
                        ? Problem.of(
                                ErrorCode.GLOBAL_RATE_LIMITED,
                                "The provider of '" + model + "' limits the rate of this gateway; try again later.")
                        : Problem.of(
                                ErrorCode.NO_MODEL_AVAILABLE,
                                "The provider of '" + model + "' has asked to be left alone for a while."))
                .withRetryAfter(Duration.ofSeconds(Math.max(1, (wait.toNanos() + SECOND - 1) / SECOND)))
                .withUpstream(UpstreamFailure.RESTING)
                .withDetail("its provider has sent a Retry-After");
    }
}
