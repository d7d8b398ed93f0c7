package io.github.camelllm.call;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Request ids: the client's own where it can be trusted in logs and headers, else a fresh one. */
public final class CallIds {

    private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}");

    private CallIds() {}

    /** The id offered if it is 1 to 128 harmless characters, else a new one; null makes a new one. */
    public static String acceptOrMake(String offered) {
        return offered != null && ACCEPTED.matcher(offered).matches() ? offered : make();
    }

    private static String make() {
        return "req_" + unique();
    }

    /** 128 random bits in hexadecimal: unique, not secret. */
    static String unique() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return hex(random.nextLong()) + hex(random.nextLong());
    }

    /**
     * The moment in milliseconds and 80 random bits, in hexadecimal: unique, not secret, and those of later moments come
     * later in the alphabet. Rows and index entries that are named so are added at the end, which is much cheaper than
     * anywhere.
     */
    static String ordered(Instant moment) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return hex(moment.toEpochMilli() << 16 | random.nextInt(1 << 16)) + hex(random.nextLong());
    }

    static String hex(long value) {
        char[] digits = new char[16];
        for (int i = 15, shift = 0; i >= 0; i--, shift += 4) {
            digits[i] = Character.forDigit((int) (value >>> shift) & 0xf, 16);
        }
        return new String(digits);
    }
}
