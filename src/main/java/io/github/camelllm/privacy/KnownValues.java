package io.github.camelllm.privacy;

import java.util.BitSet;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Values that have been found somewhere in a request, and what stands for them: to replace them where they stand without the
 * context by which they were found. Only whole words, and only values of 5 to 128 characters.
 */
final class KnownValues {

    private static final int SHORTEST = 5;
    /** Longer ones are keys and tokens, which are found without a context. */
    private static final int LONGEST = 128;

    private static final int BEGINNINGS = 1 << 14;

    private final NavigableMap<String, String> replacements = new TreeMap<>();
    private final BitSet beginnings = new BitSet(BEGINNINGS);

    void add(String value, String replacement) {
        if (value.length() >= SHORTEST
                && value.length() <= LONGEST
                && replacements.putIfAbsent(value, replacement) == null) {
            beginnings.set(beginning(value, 0));
        }
    }

    private static int beginning(String text, int at) {
        return (text.charAt(at) * 31 * 31 + text.charAt(at + 1) * 31 + text.charAt(at + 2)) & (BEGINNINGS - 1);
    }

    /** Appends a part of a text with its known values replaced. */
    void append(String text, int from, int to, StringBuilder out) {
        int copied = from;
        if (!replacements.isEmpty()) {
            for (int at = from; at <= to - SHORTEST; at++) {
                int end = beginnings.get(beginning(text, at)) && isEdge(text, at) ? known(text, at, to) : at;
                if (end > at) {
                    out.append(text, copied, at).append(replacements.get(text.substring(at, end)));
                    copied = end;
                    at = end - 1;
                }
            }
        }
        out.append(text, copied, to);
    }

    /**
     * The end of the longest known value that stands there; the place itself when none does. A value that the text begins with
     * sorts before the text, and begins all that sorts between: so each step looks at a shorter beginning, and there are few.
     */
    private int known(String text, int at, int to) {
        String rest = text.substring(at, Math.min(to, at + LONGEST));
        String value = replacements.floorKey(rest);
        while (value != null) {
            int same = same(value, rest);
            if (same == value.length()) {
                if (isEdge(text, at + same)) {
                    return at + same;
                }
                same--;
            }
            value = same < SHORTEST ? null : replacements.floorKey(rest.substring(0, same));
        }
        return at;
    }

    private static int same(String one, String other) {
        int most = Math.min(one.length(), other.length());
        int same = 0;
        while (same < most && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same;
    }

    private static boolean isEdge(String text, int at) {
        return at == 0
                || at == text.length()
                || !Character.isLetterOrDigit(text.charAt(at - 1))
                || !Character.isLetterOrDigit(text.charAt(at));
    }

    /** Never what it holds. */
    @Override
    public String toString() {
        return "KnownValues[" + replacements.size() + "]";
    }
}
