package io.github.camelllm.guard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Texts that a text hides: in Base64, in hexadecimal and percent-encoded bytes, in variation selectors, backwards, in ROT13, and in
 * letters that stand apart. Each is looked for once, not in one another, and costs what the text's length does.
 */
final class Encodings {

    /** Fewer letters of Base64 or digits of a hexadecimal number say nothing. */
    private static final int SHORTEST = 24;

    /** As many letters that stand alone are read as words. */
    private static final int LETTERS = 6;

    private static final boolean[] BASE64 = new boolean[0x80];

    static {
        for (int c = 0; c < BASE64.length; c++) {
            BASE64[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "+/-_".indexOf(c) >= 0;
        }
    }

    private Encodings() {}

    /** The texts that stand as encoded bytes in a text as it came; mostly none. */
    static List<String> bytesOf(String text) {
        List<String> found = new ArrayList<>(0);
        int length = text.length();
        for (int i = 0; i < length; ) {
            int end = i;
            while (end < length && isBase64(text.charAt(end))) {
                end++;
            }
            if (end - i >= SHORTEST) {
                decoded(text.substring(i, end), found);
            }
            i = end + 1;
        }
        escaped(text, found);
        smuggled(text, found);
        return found;
    }

    private static boolean isBase64(char c) {
        return c < 0x80 && BASE64[c];
    }

    private static void decoded(String run, List<String> found) {
        boolean hex = run.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F');
        if (hex) {
            keep(HexFormat.of().parseHex(run.substring(0, run.length() & ~1)), found);
            return;
        }
        String usual = run.replace('-', '+').replace('_', '/');
        keep(Base64.getDecoder().decode(usual.substring(0, usual.length() & ~3)), found);
    }

    /** Bytes as {@code \x41}, <code>\u0041</code>, {@code %41}, or in pairs of digits that stand apart. */
    private static void escaped(String text, List<String> found) {
        byte[] bytes = null;
        int size = 0;
        int length = text.length();
        for (int i = 0; i < length; ) {
            int skip = escape(text, i);
            if (skip > 0) {
                if (bytes == null) {
                    bytes = new byte[length / 3 + 1];
                }
                bytes[size++] = (byte) HexFormat.fromHexDigits(text, i + skip - 2, i + skip);
                i += skip;
            } else {
                if (size > 0 && text.charAt(i) != ' ') {
                    if (size >= SHORTEST / 2) {
                        keep(java.util.Arrays.copyOf(bytes, size), found);
                    }
                    size = 0;
                }
                i++;
            }
        }
        if (size >= SHORTEST / 2) {
            keep(java.util.Arrays.copyOf(bytes, size), found);
        }
    }

    /** How many characters the escape at a place takes, its two digits the last; 0 when there is none. */
    private static int escape(String text, int at) {
        char c = text.charAt(at);
        if (c == '%' && isHex(text, at + 1)) {
            return 3;
        }
        if (c == '\\' && text.startsWith("x", at + 1) && isHex(text, at + 2)) {
            return 4;
        }
        if (c == '\\' && text.startsWith("u00", at + 1) && isHex(text, at + 4)) {
            return 6;
        }
        if (at > 0 && text.charAt(at - 1) != ' ') {
            return 0;
        }
        boolean apart = at + 2 == text.length() || at + 2 < text.length() && text.charAt(at + 2) == ' ';
        return apart && isHex(text, at) ? 2 : 0;
    }

    private static boolean isHex(String text, int at) {
        return at + 1 < text.length()
                && Character.digit(text.charAt(at), 16) >= 0
                && text.charAt(at) < 0x80
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && text.charAt(at + 1) < 0x80;
    }

    /** Bytes as variation selectors, which nobody sees. */
    private static void smuggled(String text, List<String> found) {
        StringBuilder bytes = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int value = c >= 0xFE00 && c <= 0xFE0F
                    ? c - 0xFE00
                    : c == 0xDB40
                                    && i + 1 < text.length()
                                    && text.charAt(i + 1) >= 0xDD00
                                    && text.charAt(i + 1) <= 0xDDEF
                            ? text.charAt(++i) - 0xDD00 + 16
                            : -1;
            if (value >= 0) {
                bytes = bytes == null ? new StringBuilder() : bytes;
                bytes.append((char) value);
            }
        }
        if (bytes != null && bytes.length() >= SHORTEST / 2) {
            keep(bytes.toString().getBytes(StandardCharsets.ISO_8859_1), found);
        }
    }

    private static void keep(byte[] bytes, List<String> found) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        long readable = text.chars()
                .filter(c -> c >= ' ' && c != 0x7F && c != 0xFFFD || c == '\n' || c == '\t' || c == '\r')
                .count();
        if (text.length() >= 8 && readable >= text.length() * 0.95) {
            found.add(text);
        }
    }

    /** A folded text with each Latin letter thirteen places on. */
    static String rot13(String folded) {
        StringBuilder turned = new StringBuilder(folded); // a byte for each character where a char[] has two
        for (int i = 0; i < turned.length(); i++) {
            char c = turned.charAt(i);
            if (c >= 'a' && c <= 'z') {
                turned.setCharAt(i, (char) ('a' + (c - 'a' + 13) % 26));
            }
        }
        return turned.toString();
    }

    /**
     * The words that letters make which stand one by one, as far as they are known ones; null where there are too few such
     * letters.
     */
    static String joined(Tokens tokens, Vocabulary words) {
        StringBuilder joined = null;
        StringBuilder run = new StringBuilder();
        int count = 0;
        for (int i = 0; i <= tokens.size(); i++) {
            boolean single = i < tokens.size()
                    && tokens.end(i) - tokens.start(i) == 1
                    && tokens.text.charAt(tokens.start(i)) < 0x250;
            if (single) {
                boolean wide = count > 0 && tokens.start(i) - tokens.end(i - 1) > 1;
                run.append(wide ? " " : "").append(tokens.text.charAt(tokens.start(i)));
                count++;
            } else if (count > 0) {
                if (count >= LETTERS) {
                    joined = joined == null ? new StringBuilder() : joined;
                    split(run, words, joined);
                }
                run.setLength(0);
                count = 0;
            }
        }
        return joined == null ? null : joined.toString();
    }

    /** Puts spaces between the known words of letters. */
    private static void split(CharSequence run, Vocabulary words, StringBuilder to) {
        for (int i = 0; i < run.length(); ) {
            int length = words.longest(run, i);
            if (length == 0) {
                to.append(run.charAt(i++));
            } else {
                to.append(' ').append(run, i, i + length).append(' ');
                i += length;
            }
        }
        to.append(' ');
    }
}
