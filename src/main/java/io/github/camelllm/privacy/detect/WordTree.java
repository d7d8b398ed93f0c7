package io.github.camelllm.privacy.detect;

import java.util.Arrays;
import java.util.List;

/** Word lists as a tree of characters, walked from each beginning of a word: many words cost what one does. */
final class WordTree {

    private static final class Node {
        private char[] keys = {};
        private Node[] next = {};
        private String type;

        private Node grow(char c) {
            int at = Arrays.binarySearch(keys, c);
            if (at >= 0) {
                return next[at];
            }
            int to = -at - 1;
            char[] moreKeys = Arrays.copyOf(keys, keys.length + 1);
            Node[] moreNext = Arrays.copyOf(next, next.length + 1);
            System.arraycopy(keys, to, moreKeys, to + 1, keys.length - to);
            System.arraycopy(next, to, moreNext, to + 1, keys.length - to);
            moreKeys[to] = c;
            moreNext[to] = new Node();
            keys = moreKeys;
            next = moreNext;
            return next[to];
        }

        private Node get(char c) {
            int at = Arrays.binarySearch(keys, c);
            return at < 0 ? null : next[at];
        }
    }

    private final Node root = new Node();
    private final boolean ignoreCase;
    private final boolean ignoreAccents;

    WordTree(boolean ignoreCase, boolean ignoreAccents) {
        this.ignoreCase = ignoreCase;
        this.ignoreAccents = ignoreAccents;
    }

    /** Adds words; of two lists with the same word the first has it. */
    void add(String type, List<String> words) {
        for (String word : words) {
            Node node = root;
            for (char c : word.strip().toCharArray()) {
                node = node.grow(folded(c));
            }
            if (node != root && node.type == null) {
                node.type = type;
            }
        }
    }

    private char folded(char c) {
        char space = Character.isWhitespace(c) ? ' ' : Letters.plainSign(c);
        if (ignoreAccents) {
            char plain = Letters.plain(space);
            return ignoreCase || !Character.isUpperCase(c) ? plain : Character.toUpperCase(plain);
        }
        return ignoreCase ? Character.toLowerCase(space) : space;
    }

    /** The longest word that begins at a place. */
    Finding at(String text, int start) {
        Node node = root;
        Finding longest = null;
        for (int at = start; at < text.length(); at++) {
            node = node.get(folded(text.charAt(at)));
            if (node == null) {
                return longest;
            }
            if (node.type != null && (at + 1 == text.length() || !Letters.isWord(text.charAt(at + 1)))) {
                longest = new Finding(start, at + 1, node.type, 1);
            }
        }
        return longest;
    }
}
