package io.github.camelllm.cost;

/**
 * A guess at a text's tokens from the runs of letters, digits and signs in it, since tokenizers cut where these change: a
 * run costs a start and a little for each character. Reads each character once and builds nothing.
 *
 * <p>Far nearer than a fixed number of characters to a token for whatever is no prose: code, tables, keys, base64, and
 * scripts other than Latin. The costs were fitted to o200k_base, rather too high than too low.
 */
final class QuickCount {

    /** Parts of a token that the counts are given in. */
    static final int PARTS = 16;

    private static final int SPACE = 0;
    private static final int NEWLINE = 1;
    private static final int LOWER = 2;
    private static final int UPPER = 3;
    private static final int DIGIT = 4;
    private static final int SIGN = 5;
    private static final int OTHER = 6;

    private static final byte[] CLASSES = new byte[128];

    static {
        for (int c = 0; c < 128; c++) {
            CLASSES[c] = (byte)
                    (c >= 'a' && c <= 'z'
                            ? LOWER
                            : c >= 'A' && c <= 'Z'
                                    ? UPPER
                                    : c >= '0' && c <= '9'
                                            ? DIGIT
                                            : c == '\n' || c == '\r' ? NEWLINE : c <= ' ' ? SPACE : SIGN);
        }
    }

    /** What a character costs that begins a run of its class. */
    private static final byte[] START = {0, 10, 12, 13, 13, 11, 0};

    /** What is added where no blank or sign stands before such a run: 3f9aQx falls into more pieces than words do. */
    private static final int UNPARTED = 5;

    /** What a sign costs that only repeats the one before, as in a line of dashes. */
    private static final int REPEATED = 1;

    /** What a character costs that goes on with one. */
    private static final byte[] MORE = {1, 2, 2, 5, 6, 8, 0};

    private QuickCount() {}

    /** Sixteenths of tokens. */
    static long of(CharSequence text) {
        long sum = 0;
        int before = NEWLINE;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 128) {
                sum += foreign(c);
                before = isLetter(c) ? LOWER : OTHER;
                continue;
            }
            int now = CLASSES[c];
            if (now == before || now == LOWER && before == UPPER) {
                sum += now == SIGN && c == text.charAt(i - 1) ? REPEATED : MORE[now];
            } else {
                sum += START[now];
                if (now <= DIGIT && now >= LOWER && before <= DIGIT && before >= LOWER) {
                    sum += UNPARTED;
                }
            }
            before = now;
        }
        return sum;
    }

    private static boolean isLetter(char c) {
        return c >= 0xc0 && c < 0x250;
    }

    /** What a character outside ASCII costs, by its script. */
    private static int foreign(char c) {
        if (c < 0x250) {
            return 7; // Latin with accents
        }
        if (c < 0x400) {
            return 7; // Greek
        }
        if (c < 0x530) {
            return 6; // Cyrillic
        }
        if (c < 0x900) {
            return 7; // Armenian, Hebrew, Arabic
        }
        if (c < 0xe00) {
            return 7; // of India
        }
        if (c < 0x2000) {
            return 10;
        }
        if (c < 0x3040) {
            return 16; // signs
        }
        if (c < 0xa000) {
            return 14; // Japanese, Chinese
        }
        if (c >= 0xac00 && c < 0xd7a4) {
            return 15; // Korean
        }
        return 22; // halves of emoji and of rare characters, and what is left
    }
}
