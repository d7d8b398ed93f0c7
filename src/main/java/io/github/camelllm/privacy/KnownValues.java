package io.github.camelllm.privacy;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Values that have been found somewhere in a request, and what stands for them: to replace them where they stand without the
 * context by which they were found. Only whole words, and no values of less than five characters.
 */
final class KnownValues {

    private static final int SHORTEST = 5;
    private static final int BEGINNINGS = 1 << 14;

    private final Map<String, String> replacements = new HashMap<>();
    private final Set<Integer> lengths = new HashSet<>();
    private final BitSet beginnings = new BitSet(BEGINNINGS);

    void add(String value, String replacement) {
        if (value.length() >= SHORTEST && replacements.putIfAbsent(value, replacement) == null) {
            lengths.add(value.length());
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

    /** The end of the longest known value that stands there; the place itself when none does. */
    private int known(String text, int at, int to) {
        int longest = at;
        for (int length : lengths) {
            int end = at + length;
            if (end > longest && end <= to && isEdge(text, end) && replacements.containsKey(text.substring(at, end))) {
                longest = end;
            }
        }
        return longest;
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
