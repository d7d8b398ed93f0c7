package io.github.camelllm.quota;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** What a limit counts. Dollars are counted in billionths, so that every sum is a whole number. */
enum Measure {
    REQUESTS,
    TOKENS,
    DOLLARS;

    private static final int DECIMALS = 9;

    /** Billionths of a dollar, rounded up; the largest long where there are more. */
    static long nanos(BigDecimal dollars) {
        BigDecimal nanos = dollars.movePointRight(DECIMALS).setScale(0, RoundingMode.CEILING);
        return nanos.toBigInteger().bitLength() > 62 ? Long.MAX_VALUE : nanos.longValueExact();
    }

    /** What a counter's number stands for. */
    BigDecimal amount(long counted) {
        BigDecimal number = BigDecimal.valueOf(counted);
        BigDecimal amount = this == DOLLARS ? number.movePointLeft(DECIMALS).stripTrailingZeros() : number;
        return amount.scale() < 0 ? amount.setScale(0) : amount;
    }

    /** As a message says it: {@code 100 requests}, {@code $0.5}. */
    String text(long counted) {
        String number = amount(counted).toPlainString();
        return this == DOLLARS ? "$" + number : number + " " + (counted == 1 ? one() : label());
    }

    private String one() {
        return label().substring(0, label().length() - 1);
    }

    /** As the file says it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
