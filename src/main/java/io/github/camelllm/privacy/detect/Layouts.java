package io.github.camelllm.privacy.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All layouts of all schemes as one tree, so that one walk from a number's first character tells which of them it may be. */
final class Layouts {

    private static final String SEPARATORS = " -./:+_";
    private static final int DIGIT = 0;
    private static final int LETTER = 1;
    private static final byte[] KINDS = new byte[128];
    private static final Scheme[] NONE = {};

    static {
        Arrays.fill(KINDS, (byte) -1);
        for (char c = 0; c < 128; c++) {
            if (Letters.isDigit(c)) {
                KINDS[c] = DIGIT;
            } else if (Letters.isLatin(c)) {
                KINDS[c] = LETTER;
            } else if (SEPARATORS.indexOf(c) >= 0) {
                KINDS[c] = (byte) (2 + SEPARATORS.indexOf(c));
            }
        }
    }

    private static final class Node {
        private final Node[] next = new Node[2 + SEPARATORS.length()];
        private Scheme[] ends = NONE;
    }

    private final Node root = new Node();

    Layouts(List<Scheme> schemes) {
        for (Scheme scheme : schemes) {
            for (String layout : scheme.layouts()) {
                grow(root, spelled(layout), 0, scheme);
            }
        }
    }

    private static String spelled(String layout) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < layout.length(); i++) {
            if (layout.charAt(i) == '{') {
                int end = layout.indexOf('}', i);
                int times = Integer.parseInt(layout.substring(i + 1, end));
                text.append(layout.substring(i - 1, i).repeat(times - 1));
                i = end;
            } else {
                text.append(layout.charAt(i));
            }
        }
        return text.toString();
    }

    private static void grow(Node node, String layout, int at, Scheme scheme) {
        if (at == layout.length()) {
            node.ends = Arrays.copyOf(node.ends, node.ends.length + 1);
            node.ends[node.ends.length - 1] = scheme;
            return;
        }
        char c = layout.charAt(at);
        List<Integer> kinds = new ArrayList<>();
        if (c == '9' || c == 'X') {
            kinds.add(DIGIT);
        }
        if (c == 'A' || c == 'X') {
            kinds.add(LETTER);
        }
        if (kinds.isEmpty()) {
            kinds.add((int) KINDS[c]);
        }
        for (int kind : kinds) {
            if (node.next[kind] == null) {
                node.next[kind] = new Node();
            }
            grow(node.next[kind], layout, at + 1, scheme);
        }
    }

    /**
     * Notes every number of a scheme that begins at a place.
     *
     * @return how many characters were looked at: never more than the longest layout has
     */
    int walk(String text, int start, Candidates found) {
        Node node = root;
        StringBuilder number = new StringBuilder(20);
        int at = start;
        for (; at < text.length(); at++) {
            char c = Letters.plainSign(text.charAt(at));
            int kind = c < 128 ? KINDS[c] : -1;
            if (kind < 0 || node.next[kind] == null) {
                break;
            }
            node = node.next[kind];
            if (kind <= LETTER) {
                number.append(Letters.upper(c));
            }
            if (node.ends.length > 0 && endsAt(text, at + 1)) {
                for (Scheme scheme : node.ends) {
                    if (found.mayCount(scheme.type(), scheme.score())
                            && scheme.check().test(number)) {
                        found.add(start, at + 1, scheme.type(), scheme.score());
                    }
                }
            }
        }
        return at - start + 1;
    }

    /** Whether a number may end before a place: neither in a word, nor where digits go on behind a sign. */
    static boolean endsAt(String text, int at) {
        if (at >= text.length()) {
            return true;
        }
        char c = text.charAt(at);
        if (Letters.isWord(c) || c == '@') {
            return false;
        }
        boolean joins = c == '-' || c == '.' || c == '/' || c == ':' || c == ',' || c == '\'';
        return !joins || at + 1 >= text.length() || !Letters.isDigit(text.charAt(at + 1));
    }
}
