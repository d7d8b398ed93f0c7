package io.github.camelllm.cost;

/** The bytes of a base64 text, each decoded when it is asked for. */
final class Base64Bytes {

    private final String text;
    private final int start;

    /**
     * @param start where in the text the base64 begins; it goes on to the text's end
     */
    Base64Bytes(String text, int start) {
        this.text = text;
        this.start = start;
    }

    /** The byte at that index, 0 to 255; -1 beyond the end, or where the text is no base64. */
    int at(int index) {
        if (index < 0 || index > text.length()) {
            return -1;
        }
        int first = start + index / 3 * 4 + index % 3;
        int high = first + 1 < text.length() ? value(text.charAt(first)) : -1;
        int low = high < 0 ? -1 : value(text.charAt(first + 1));
        if (low < 0) {
            return -1;
        }
        return switch (index % 3) {
            case 0 -> high << 2 | low >> 4;
            case 1 -> (high & 0xf) << 4 | low >> 2;
            default -> (high & 0x3) << 6 | low;
        };
    }

    /** Whether these bytes stand there. */
    boolean is(int index, int... expected) {
        for (int i = 0; i < expected.length; i++) {
            if (at(index + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** An unsigned number of up to 4 bytes, the most significant first; -1 where one is missing. */
    long big(int index, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            int next = at(index + i);
            if (next < 0) {
                return -1;
            }
            number = number << 8 | next;
        }
        return number;
    }

    /** The same, the least significant first. */
    long little(int index, int bytes) {
        long number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            int next = at(index + i);
            if (next < 0) {
                return -1;
            }
            number = number << 8 | next;
        }
        return number;
    }

    private static int value(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
    }
}
