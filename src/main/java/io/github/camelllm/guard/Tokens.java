package io.github.camelllm.guard;

import java.util.Arrays;

/**
 * The words of a folded text, by where they begin and end. A character of a script that is written without spaces is a word of
 * its own; an apostrophe within a word is none of its letters.
 */
final class Tokens {

    final String text;
    private int[] bounds;
    private int size;

    private Tokens(String text) {
        this.text = text;
        this.bounds = new int[Math.max(16, text.length() / 3)];
    }

    /** Finds the words of a text that is folded already. */
    static Tokens of(String folded) {
        Tokens tokens = new Tokens(folded);
        int length = folded.length();
        for (int i = 0; i < length; ) {
            char c = folded.charAt(i);
            if (!isPart(c)) {
                i++;
                continue;
            }
            int start = i++;
            if (!isAlone(c)) {
                while (i < length && (isPart(folded.charAt(i)) && !isAlone(folded.charAt(i)) || isJoint(folded, i))) {
                    i++;
                }
            }
            tokens.add(start, i);
        }
        return tokens;
    }

    private void add(int start, int end) {
        if (2 * size + 1 >= bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[2 * size] = start;
        bounds[2 * size + 1] = end;
        size++;
    }

    int size() {
        return size;
    }

    int start(int token) {
        return bounds[2 * token];
    }

    int end(int token) {
        return bounds[2 * token + 1];
    }

    private static boolean isPart(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80 && Character.isLetterOrDigit(c);
    }

    /** Whether what stands within a word is written for a letter, or joins two. */
    private static boolean isJoint(String text, int at) {
        char c = text.charAt(at);
        return (c == '\'' || c == '@' || c == '$')
                && at + 1 < text.length()
                && isPart(text.charAt(at + 1))
                && !isAlone(text.charAt(at + 1));
    }

    /** Han, Kana and Thai. */
    private static boolean isAlone(char c) {
        return c >= 0x3040 && c <= 0x30FF || c >= 0x3400 && c <= 0x9FFF || c >= 0x0E00 && c <= 0x0E7F;
    }
}
