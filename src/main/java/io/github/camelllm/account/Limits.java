package io.github.camelllm.account;

import java.time.Duration;

/** The checks that this room's settings have in common. */
final class Limits {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    private Limits() {}

    /** Refuses a number outside 1 to max, naming the property. */
    static void check(String property, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(property + " is " + value + "; allowed is 1 to " + max);
        }
    }

    /** Refuses a duration outside 0 to ten minutes, naming the property. */
    static void check(String property, Duration value) {
        if (value == null || value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(property + " is " + value + "; allowed is 0s to 10m");
        }
    }
}
