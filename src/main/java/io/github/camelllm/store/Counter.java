package io.github.camelllm.store;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** What has been taken of one limit. Not thread-safe: whoever keeps it sees to that. */
abstract class Counter {

    /**
     * Lets go of what is over, before anything else is asked or done at that moment.
     *
     * @return the place that {@link #take} puts things in; {@link #settle} wants it back
     */
    abstract long turn(Limit limit, Moment now);

    /** What may be taken; never negative. */
    abstract long free(Limit limit);

    /** Reserves so much. */
    abstract void take(long place, long amount);

    /** Replaces what was reserved at a place by what was used. */
    abstract void settle(long place, long reserved, long used);

    /** How the limit stands. */
    abstract Level level(Limit limit, Moment now);

    /**
     * Until an amount that is not free fits, if nothing else happens.
     *
     * @return null when it never fits
     */
    abstract Duration untilFree(Limit limit, long amount, Moment now);

    /** Whether it says nothing that a new one would not say. */
    abstract boolean idle(Moment now);

    static Duration micros(long micros) {
        return micros <= 0 ? Duration.ZERO : Duration.of(micros, ChronoUnit.MICROS);
    }

    static long divideUp(long number, long by) {
        return -Math.floorDiv(-number, by);
    }

    /** What is kept of a limit's counter apart from others: its key, and the window where that decides how it counts. */
    record Name(String key, Object shape) {
        static Name of(Limit limit) {
            return new Name(
                    limit.key(), limit.window() instanceof Window.Bucket ? Window.Bucket.class : limit.window());
        }
    }

    static Counter of(Window window) {
        if (window instanceof Window.Sliding sliding) {
            return new SlidingCounter(sliding);
        }
        if (window instanceof Window.Calendar calendar) {
            return new CalendarCounter(calendar);
        }
        return new BucketCounter();
    }
}
