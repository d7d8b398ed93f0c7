package io.github.camelllm.store;

import java.math.BigInteger;
import java.time.Duration;

/**
 * A token bucket, kept as what is missing in it. Time counts in milliseconds and the remainder of a division is kept, so that
 * no rounding adds up: the numbers are whole, and below 2^53 as far as Redis counts the same way.
 */
final class BucketCounter extends Counter {

    private static final Duration NEVER = Duration.ofDays(365);
    private static final BigInteger LONGEST = BigInteger.ONE.shiftLeft(50);

    private long missing;
    private long reserved;
    private long remainder;
    private long atMillis;
    private long max;
    private long period = 1;
    private boolean begun;

    BucketCounter() {}

    /** One that stands so at that moment. */
    BucketCounter(long missing, long reserved, long remainder, long atMillis) {
        this.missing = missing;
        this.reserved = reserved;
        this.remainder = remainder;
        this.atMillis = atMillis;
        this.begun = true;
    }

    /** The period of a bucket, in milliseconds, rounded up: never quicker than promised. */
    static long period(Window.Bucket window) {
        return divideUp(window.period().toNanos(), 1_000_000);
    }

    /** How much may be missing in it. */
    static long size(Limit limit) {
        return limit.max() == 0 ? 0 : ((Window.Bucket) limit.window()).burst();
    }

    @Override
    long turn(Limit limit, Moment now) {
        long millis = Math.floorDiv(now.steady(), 1_000L);
        max = limit.max();
        period = period((Window.Bucket) limit.window());
        flow(millis);
        return 0;
    }

    private void flow(long millis) {
        long elapsed = begun ? millis - atMillis : 0;
        if (begun && elapsed <= 0) {
            return;
        }
        begun = true;
        atMillis = millis;
        long periods = elapsed / period;
        if (missing == 0 || max > 0 && periods > missing / max) {
            missing = 0;
        } else {
            long rest = elapsed % period;
            long parts = rest * (max % period) + Math.min(remainder, period - 1);
            missing -= periods * max + rest * (max / period) + parts / period;
            remainder = parts % period;
        }
        if (missing <= 0) {
            missing = 0;
            remainder = 0;
        }
    }

    @Override
    long free(Limit limit) {
        return Math.max(0, size(limit) - missing);
    }

    @Override
    void take(long place, long amount) {
        missing += amount;
        reserved += amount;
    }

    @Override
    void settle(long place, long reservedBefore, long used) {
        missing = Math.max(0, missing + used - reservedBefore);
        if (missing == 0) {
            remainder = 0;
        }
        reserved = Math.max(0, reserved - reservedBefore);
    }

    @Override
    Level level(Limit limit, Moment now) {
        long stillReserved = Math.min(reserved, missing);
        return new Level(missing - stillReserved, stillReserved, free(limit), until(missing, now));
    }

    @Override
    Duration untilFree(Limit limit, long amount, Moment now) {
        return amount > size(limit) ? null : until(missing + amount - size(limit), now);
    }

    /** Until so much has flowed back. */
    private Duration until(long amount, Moment now) {
        if (amount <= 0) {
            return Duration.ZERO;
        }
        if (max == 0) {
            return NEVER;
        }
        BigInteger parts =
                BigInteger.valueOf(amount).multiply(BigInteger.valueOf(period)).subtract(BigInteger.valueOf(remainder));
        long millis = parts.add(BigInteger.valueOf(max - 1))
                .divide(BigInteger.valueOf(max))
                .min(LONGEST)
                .longValueExact();
        return micros((atMillis + millis) * 1_000 - now.steady());
    }

    @Override
    boolean idle(Moment now) {
        if (reserved > 0) {
            return false;
        }
        flow(Math.floorDiv(now.steady(), 1_000L));
        return missing == 0;
    }
}
