package io.github.camelllm.call;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * How one model fares, judged by its circuit breaker, by the share of its calls that failed of late, and by how long it
 * takes to answer. Thread-safe.
 *
 * <p>Only what happened within the window counts, so a model that nobody calls becomes healthy again by itself, unless its
 * circuit breaker says otherwise.
 */
public final class ModelHealth {

    /** Fewer outcomes than this say nothing. */
    private static final int ENOUGH = 5;

    private static final int REMEMBERED = 100;

    /** What can be said of a model. */
    public enum State {
        HEALTHY,
        /** Its circuit breaker is half open, its provider wants to be left alone, or too many of its calls fail or take long. */
        DEGRADED,
        /** Its circuit breaker is open. */
        UNHEALTHY
    }

    /** The state of a model's circuit breaker. */
    public enum Breaker {
        CLOSED,
        HALF_OPEN,
        OPEN
    }

    /** Is told of every change, on the thread that notices it. */
    @FunctionalInterface
    public interface Listener {
        void changed(State from, State to, String why);
    }

    /**
     * What makes a model degraded.
     *
     * @param failurePercent the share of failed calls, above 0 to 100
     * @param latency the median time until it begins to answer; positive
     * @param window how far back calls count; positive
     */
    public record Settings(int failurePercent, Duration latency, Duration window) {

        /** A quarter of the calls of a minute fails, or half of them wait half a minute. */
        public static final Settings DEFAULT = new Settings(25, Duration.ofSeconds(30), Duration.ofMinutes(1));

        public Settings {
            if (failurePercent < 1 || failurePercent > 100) {
                throw new IllegalArgumentException(
                        "degradedFailurePercent is " + failurePercent + "; 1 to 100 is allowed");
            }
            positive("degradedLatency", latency);
            positive("healthWindow", window);
        }

        private static void positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " is " + value.toMillis() + " ms; it must be positive");
            }
        }
    }

    private final Ticker ticker;
    private final Settings settings;
    private final Supplier<Breaker> breaker;
    private final Listener listener;
    private final Rest rest;

    private final long[] at = new long[REMEMBERED];
    private final long[] waited = new long[REMEMBERED]; // -1 where the call failed
    private int next;
    private int known;
    private State told = State.HEALTHY;
    private volatile Supplier<Duration> comesBackIn = () -> Duration.ofSeconds(1);

    /**
     * @param ticker the clock
     * @param settings what makes the model degraded
     * @param breaker the state of its circuit breaker; asked often and by any thread
     * @param listener told of each change
     */
    public ModelHealth(Ticker ticker, Settings settings, Supplier<Breaker> breaker, Listener listener) {
        this.ticker = ticker;
        this.settings = settings;
        this.breaker = breaker;
        this.listener = listener;
        this.rest = new Rest(ticker);
    }

    /** The health of a model without a circuit breaker, of whose changes nobody is told. */
    public static ModelHealth unwatched() {
        return new ModelHealth(
                Ticker.SYSTEM, Settings.DEFAULT, () -> Breaker.CLOSED, (from, to, why) -> { // nobody listens
                });
    }

    /** Notes that the model began to answer after that many nanoseconds. */
    public void answered(long waitedNanos) {
        rest.wentWell();
        note(Math.max(0, waitedNanos));
    }

    /** Notes that the model failed a call in a way that speaks against it. */
    public void failed() {
        note(-1);
    }

    private void note(long waitedNanos) {
        synchronized (this) {
            at[next] = ticker.nanos();
            waited[next] = waitedNanos;
            next = (next + 1) % REMEMBERED;
            known = Math.min(known + 1, REMEMBERED);
        }
        state();
    }

    /** How long its provider wants to be left alone. */
    public Rest rest() {
        return rest;
    }

    /** How long an open circuit breaker will stay so; a moment where that is not known. */
    public Duration comesBackIn() {
        return comesBackIn.get();
    }

    /** Sets how that is found out. */
    public void comesBackIn(Supplier<Duration> newComesBackIn) {
        comesBackIn = newComesBackIn;
    }

    /** The state of its circuit breaker. */
    public Breaker breaker() {
        return breaker.get();
    }

    /** The state now; tells the listener when it is another than the last time. */
    public State state() {
        Breaker now = breaker.get();
        State from;
        State to;
        String why;
        synchronized (this) {
            to = judge(now);
            from = told;
            told = to;
            why = from == to ? null : why(now, to);
        }
        if (from != to) {
            listener.changed(from, to, why);
        }
        return to;
    }

    private State judge(Breaker now) {
        if (now == Breaker.OPEN) {
            return State.UNHEALTHY;
        }
        return now == Breaker.HALF_OPEN || rest.lasts() || isDegraded(recent()) ? State.DEGRADED : State.HEALTHY;
    }

    private boolean isDegraded(Recent recent) {
        return tooManyFail(recent) || tooSlow(recent);
    }

    private boolean tooManyFail(Recent recent) {
        return recent.count() >= ENOUGH && recent.failureShare() * 100 >= settings.failurePercent();
    }

    /** The median is beyond the bound where at most half of the waits are within it; {@link #latencyNanos} takes the upper one. */
    private static boolean tooSlow(Recent recent) {
        int answered = recent.count() - recent.failed();
        return recent.count() >= ENOUGH && answered > 0 && recent.fast() <= answered / 2;
    }

    private String why(Breaker now, State to) {
        if (now != Breaker.CLOSED) {
            return now == Breaker.OPEN ? "its circuit breaker is open" : "its circuit breaker is half open";
        }
        if (to == State.HEALTHY) {
            return "its calls go well";
        }
        if (rest.lasts()) {
            return "its provider wants to be left alone for " + rest.seconds() + " s";
        }
        Recent recent = recent();
        return tooManyFail(recent)
                ? Math.round(recent.failureShare() * 100) + " % of its calls fail"
                : "half of its calls wait more than " + settings.latency().toMillis() + " ms";
    }

    /**
     * The calls of the window.
     *
     * @param count how many are known
     * @param failed how many of them failed
     * @param fast how many of them waited no longer than the bound of a degraded model
     */
    private record Recent(int count, int failed, int fast) {
        double failureShare() {
            return count == 0 ? 0 : (double) failed / count;
        }
    }

    private synchronized Recent recent() {
        long since = ticker.nanos() - settings.window().toNanos();
        long bound = settings.latency().toNanos();
        int count = 0;
        int failed = 0;
        int fast = 0;
        for (int i = 0; i < known; i++) {
            if (at[i] - since >= 0) {
                count++;
                failed += waited[i] < 0 ? 1 : 0;
                fast += waited[i] >= 0 && waited[i] <= bound ? 1 : 0;
            }
        }
        return new Recent(count, failed, fast);
    }

    /** How many calls of the window are known. */
    public int count() {
        return recent().count();
    }

    /** The share of the window's calls that failed, from 0 to 1; 0 when there were none. */
    public double failureShare() {
        return recent().failureShare();
    }

    /** The median wait for an answer to begin, in nanoseconds, of the window's calls that went well; -1 if there are none. */
    public synchronized long latencyNanos() {
        long since = ticker.nanos() - settings.window().toNanos();
        long[] waits = new long[known];
        int count = 0;
        for (int i = 0; i < known; i++) {
            if (at[i] - since >= 0 && waited[i] >= 0) {
                waits[count++] = waited[i];
            }
        }
        if (count == 0) {
            return -1;
        }
        Arrays.sort(waits, 0, count);
        return waits[count / 2];
    }
}
