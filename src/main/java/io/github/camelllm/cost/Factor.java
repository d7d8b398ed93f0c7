package io.github.camelllm.cost;

import java.util.concurrent.atomic.AtomicLong;

/**
 * By how much a count of ours has to be multiplied to be a provider's: learned from what providers report, slowly, within
 * bounds, and faster upwards than downwards, so that it is rather too high than too low. Thread-safe.
 */
final class Factor {

    static final double LEAST = 0.5;
    static final double MOST = 3;

    private static final double UP = 1 / 8.0;
    private static final double DOWN = 1 / 64.0;

    private final AtomicLong bits;

    Factor(double start) {
        bits = new AtomicLong(Double.doubleToLongBits(start));
    }

    double value() {
        return Double.longBitsToDouble(bits.get());
    }

    /** Takes in that {@code counted} of ours were {@code reported} of theirs; both positive. */
    void learn(double counted, double reported) {
        double ratio = Math.max(LEAST, Math.min(MOST, reported / counted));
        bits.updateAndGet(old -> {
            double now = Double.longBitsToDouble(old);
            double next = now + (ratio - now) * (ratio > now ? UP : DOWN);
            return Double.doubleToLongBits(Math.max(LEAST, Math.min(MOST, next)));
        });
    }

    /** So many of ours, rounded up. */
    long times(double counted) {
        return (long) Math.ceil(counted * value());
    }
}
