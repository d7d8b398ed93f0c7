package io.github.camelllm.store;

import java.time.Duration;
import java.util.Arrays;

/**
 * Counts the last period in sixty parts of it and the one that has begun. A part counts until all of it is older than the
 * period, so that never more than the limit is taken in any period, and what was taken is free a part later at most.
 */
final class SlidingCounter extends Counter {

    static final int PARTS = 60;
    private static final int SMALLEST = 4;

    private final long length;
    private long[] parts = new long[SMALLEST];
    private long[] taken = new long[SMALLEST];
    private long[] reserved = new long[SMALLEST];
    private int size;
    private long current = Long.MIN_VALUE / 2;
    private long takenSum;
    private long reservedSum;

    SlidingCounter(Window.Sliding window) {
        this.length = length(window);
    }

    /** How long a part is, in microseconds. */
    static long length(Window.Sliding window) {
        return divideUp(divideUp(window.period().toNanos(), 1_000), PARTS);
    }

    /** Adds to what was taken and reserved in a part; what is over already does not come back. */
    void change(long part, long moreTaken, long moreReserved) {
        int at = Arrays.binarySearch(parts, 0, size, part);
        if (at < 0) {
            if (part < current - PARTS || moreTaken <= 0) {
                return;
            }
            at = -at - 1;
            insert(at, part);
        }
        taken[at] += moreTaken;
        reserved[at] += moreReserved;
        takenSum += moreTaken;
        reservedSum += moreReserved;
    }

    private void insert(int at, long part) {
        if (size == parts.length) {
            parts = Arrays.copyOf(parts, 2 * size);
            taken = Arrays.copyOf(taken, 2 * size);
            reserved = Arrays.copyOf(reserved, 2 * size);
        }
        System.arraycopy(parts, at, parts, at + 1, size - at);
        System.arraycopy(taken, at, taken, at + 1, size - at);
        System.arraycopy(reserved, at, reserved, at + 1, size - at);
        parts[at] = part;
        taken[at] = 0;
        reserved[at] = 0;
        size++;
    }

    @Override
    long turn(Limit limit, Moment now) {
        long part = Math.floorDiv(now.steady(), length);
        int over = 0;
        while (over < size && parts[over] < part - PARTS) {
            takenSum -= taken[over];
            reservedSum -= reserved[over];
            over++;
        }
        if (over > 0) {
            size -= over;
            System.arraycopy(parts, over, parts, 0, size);
            System.arraycopy(taken, over, taken, 0, size);
            System.arraycopy(reserved, over, reserved, 0, size);
        }
        current = size > 0 ? Math.max(part, parts[size - 1]) : part;
        return current;
    }

    @Override
    long free(Limit limit) {
        return Math.max(0, limit.max() - takenSum);
    }

    @Override
    void take(long part, long amount) {
        change(part, amount, amount);
    }

    @Override
    void settle(long part, long reservedThere, long used) {
        change(part, used - reservedThere, -reservedThere);
    }

    @Override
    Level level(Limit limit, Moment now) {
        return new Level(takenSum - reservedSum, reservedSum, free(limit), micros(untilAllIsFree(now)));
    }

    private long untilAllIsFree(Moment now) {
        for (int i = size - 1; i >= 0; i--) {
            if (taken[i] > 0) {
                return end(parts[i]) - now.steady();
            }
        }
        return 0;
    }

    @Override
    Duration untilFree(Limit limit, long amount, Moment now) {
        if (amount > limit.max()) {
            return null;
        }
        long left = takenSum;
        for (int i = 0; i < size; i++) {
            left -= taken[i];
            if (left + amount <= limit.max()) {
                return micros(end(parts[i]) - now.steady());
            }
        }
        return Duration.ZERO;
    }

    /** The first moment at which a part does not count any more. */
    private long end(long part) {
        return (part + PARTS + 1) * length;
    }

    @Override
    boolean idle(Moment now) {
        return size == 0 || end(parts[size - 1]) <= now.steady();
    }
}
