package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/**
 * Ranges of numbers from strangers.
 *
 * <p>A decimal is never turned into an integer before its range is known: {@code 1e999999999} has ten characters as
 * JSON and a billion digits as an integer. {@link BigDecimal#compareTo} looks at the magnitudes first, so it costs the
 * same for any exponent.
 */
final class Numbers {

    private Numbers() {}

    /** Refuses what is not a number from {@code min} to {@code max}, both included. */
    static void checkNumber(JsonNode value, Where where, long min, long max) {
        if (!value.isNumber() || !inRange(value, min, max)) {
            throw where.refuse(value, "a number from " + min + " to " + max);
        }
    }

    /** Refuses what is not a whole number from {@code min} to {@code max}, both included; {@code 5.0} is whole. */
    static void checkInteger(JsonNode value, Where where, long min, long max) {
        if (!value.isNumber() || !inRange(value, min, max) || !whole(value)) {
            throw where.refuse(value, "an integer " + range(min, max));
        }
    }

    private static boolean inRange(JsonNode value, long min, long max) {
        if (value.isInt() || value.isLong()) {
            long number = value.longValue();
            return number >= min && number <= max;
        }
        if (value.isDouble() || value.isFloat()) { // from trees made here: JSON is read as decimals
            return value.doubleValue() >= min && value.doubleValue() <= max;
        }
        BigDecimal number = value.decimalValue();
        return number.compareTo(BigDecimal.valueOf(min)) >= 0 && number.compareTo(BigDecimal.valueOf(max)) <= 0;
    }

    /** Only for numbers that are in a range: their digits before the point are few. */
    private static boolean whole(JsonNode value) {
        if (value.isIntegralNumber()) {
            return true;
        }
        BigDecimal number = value.decimalValue();
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    private static String range(long min, long max) {
        if (min == Long.MIN_VALUE) {
            return "of 64 bits";
        }
        return max >= Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
    }
}
