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

    private Tokens(String text, int[] bounds, int size) {
        this.text = text;
        this.bounds = bounds;
        this.size = size;
    }

    /** Finds the words of a text that is folded already. */
    static Tokens of(String folded) {
        Tokens tokens = new Tokens(folded, new int[Math.max(16, folded.length() / 3)], 0);
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

    /** The words of another text that has letters where this one has, and digits where it has some. */
    Tokens over(String other) {
        return new Tokens(other, bounds, size);
    }

    /** The words of this text backwards. */
    Tokens reversed() {
        int length = text.length();
        int[] mirrored = new int[Math.max(16, 2 * size)];
        for (int i = 0; i < size; i++) {
            mirrored[2 * (size - 1 - i)] = length - end(i);
            mirrored[2 * (size - 1 - i) + 1] = length - start(i);
        }
        return new Tokens(new StringBuilder(text).reverse().toString(), mirrored, size);
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
