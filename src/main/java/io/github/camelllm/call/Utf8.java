package io.github.camelllm.call;

/**
 * Tells UTF-8 from what only looks like it. JSON parsers let overlong forms, halves of surrogate pairs and values beyond
 * Unicode pass, by which one text can hide behind another.
 */
final class Utf8 {

    private Utf8() {}

    /** Whether the bytes are well-formed by RFC 3629, section 4; one pass, nothing is built. */
    static boolean isWellFormed(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            if (bytes[i] >= 0) {
                i++;
                continue;
            }
            int length = length(bytes, i);
            if (length == 0 || i + length > bytes.length) {
                return false;
            }
            for (int k = 1; k < length; k++) {
                if ((bytes[i + k] & 0xc0) != 0x80) {
                    return false;
                }
            }
            i += length;
        }
        return true;
    }

    /** How many bytes the character takes that begins there, by its first two bytes; 0 when none can begin so. */
    private static int length(byte[] bytes, int i) {
        int first = bytes[i] & 0xff;
        if (first >= 0xc2 && first <= 0xdf) {
            return 2;
        }
        int second = i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0;
        if (first >= 0xe0 && first <= 0xef) {
            int least = first == 0xe0 ? 0xa0 : 0x80; // below: overlong
            int most = first == 0xed ? 0x9f : 0xbf; // above: surrogates
            return second >= least && second <= most ? 3 : 0;
        }
        if (first >= 0xf0 && first <= 0xf4) {
            int least = first == 0xf0 ? 0x90 : 0x80; // below: overlong
            int most = first == 0xf4 ? 0x8f : 0xbf; // above: beyond U+10FFFF
            return second >= least && second <= most ? 4 : 0;
        }
        return 0;
    }
}
