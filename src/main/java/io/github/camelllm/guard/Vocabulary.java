package io.github.camelllm.guard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The words of all phrases, and beginnings of words. Tells of a word in one walk through its letters which of them it is: its
 * class. Immutable once {@link Builder#build built}.
 */
final class Vocabulary {

    /** Written for letters: {@code 1gn0re}. Of the two that 1 may stand for, the first is tried first. */
    private static final String DIGITS = "0134578@$";

    private static final String[] LETTERS = {"oieastbas", "oleastbas"};

    /** Where two ASCII characters lead from the root; {@code -1 - node} where they lead no further than to a node. */
    private final int[] firstTwo = new int[1 << 14];

    private final long[] keys;
    private final int[] targets;
    private final int[] whole;
    private final int[] begun;
    private final int entries;
    private final int[][] classEntries;

    private Vocabulary(long[] keys, int[] targets, int[] whole, int[] begun, List<List<Integer>> classes, int entries) {
        this.keys = keys;
        this.targets = targets;
        this.whole = whole;
        this.begun = begun;
        this.entries = entries;
        for (int i = 0; i < firstTwo.length; i++) {
            int first = step(0, (char) (i >>> 7));
            int second = first < 0 ? -1 : step(first, (char) (i & 0x7F));
            firstTwo[i] = second >= 0 ? second : -1 - Math.max(0, first);
        }
        this.classEntries = new int[classes.size()][];
        for (int i = 0; i < classEntries.length; i++) {
            List<Integer> of = classes.get(i);
            classEntries[i] = new int[of.size()];
            for (int k = 0; k < of.size(); k++) {
                classEntries[i][k] = of.get(k);
            }
        }
    }

    /** How many classes there are; class 0 is that of words that nobody knows. */
    int classes() {
        return classEntries.length;
    }

    /** How many entries there are. */
    int entries() {
        return entries;
    }

    /** The entries that the words of a class are. */
    int[] entriesOf(int wordClass) {
        return classEntries[wordClass];
    }

    /** The class of a piece of folded text. */
    int classOf(String text, int start, int end) {
        int node = 0;
        int from = start;
        if (end - start >= 2) {
            char first = text.charAt(start);
            char second = text.charAt(start + 1);
            if (first >= 'a' && first < 0x80 && second >= 'a' && second < 0x80) {
                node = firstTwo[first << 7 | second];
                if (node < 0) {
                    int known = begun[-1 - node];
                    return known == 0 && isStrange(false, text, start, end) ? disguised(text, start, end) : known;
                }
                from = start + 2;
            }
        }
        boolean strange = false;
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            strange |= c < 'a';
            if (c == '\'') {
                continue;
            }
            int next = step(node, c);
            if (next < 0) {
                return begun[node] == 0 && isStrange(strange, text, i, end) ? disguised(text, start, end) : begun[node];
            }
            node = next;
        }
        return whole[node] == 0 && strange ? disguised(text, start, end) : whole[node];
    }

    private static boolean isStrange(boolean sofar, String text, int from, int end) {
        boolean strange = sofar;
        for (int i = from; i < end && !strange; i++) {
            strange = text.charAt(i) < 'a' && text.charAt(i) != '\'';
        }
        return strange;
    }

    private int disguised(String text, int start, int end) {
        for (String letters : LETTERS) {
            int node = 0;
            int i = start;
            boolean letter = false;
            for (; i < end; i++) {
                char c = text.charAt(i);
                int digit = DIGITS.indexOf(c);
                letter |= digit < 0;
                int next = c == '\'' ? node : step(node, digit < 0 ? c : letters.charAt(digit));
                if (next < 0) {
                    break;
                }
                node = next;
            }
            int found = i == end ? whole[node] : begun[node];
            if (found != 0 && letter) {
                return found;
            }
        }
        return 0;
    }

    /** The length of the longest known word, of three letters at least, that a text has at a place; 0 for none. */
    int longest(CharSequence text, int start) {
        int node = 0;
        int longest = 0;
        for (int i = start; i < text.length(); i++) {
            node = step(node, text.charAt(i));
            if (node < 0) {
                break;
            }
            if (whole[node] != 0 && i + 1 - start >= 3) {
                longest = i + 1 - start;
            }
        }
        return longest;
    }

    private int step(int node, char c) {
        long key = key(node, c);
        for (int slot = slot(key, keys.length); ; slot = (slot + 1) & (keys.length - 1)) {
            if (keys[slot] == key) {
                return targets[slot];
            }
            if (keys[slot] == 0) {
                return -1;
            }
        }
    }

    private static long key(int node, char c) {
        return ((long) node << 16 | c) + 1;
    }

    private static int slot(long key, int size) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> 40) & (size - 1);
    }

    /** Gathers words. */
    static final class Builder {
        private final List<Map<Character, Integer>> nodes = new ArrayList<>(List.of(new HashMap<>()));
        private final Map<String, Integer> entries = new HashMap<>();
        private final Map<Integer, List<Integer>> exact = new HashMap<>();
        private final Map<Integer, List<Integer>> prefixes = new HashMap<>();

        /**
         * The number of the entry for a word, the same for the same word.
         *
         * @param word folded, without apostrophes
         * @param prefix whether words that only begin so count too
         */
        int add(String word, boolean prefix) {
            return entries.computeIfAbsent(prefix ? word + '*' : word, name -> {
                int node = 0;
                for (int i = 0; i < word.length(); i++) {
                    node = nodes.get(node).computeIfAbsent(word.charAt(i), c -> {
                        nodes.add(new HashMap<>());
                        return nodes.size() - 1;
                    });
                }
                (prefix ? prefixes : exact)
                        .computeIfAbsent(node, n -> new ArrayList<>())
                        .add(entries.size());
                return entries.size();
            });
        }

        Vocabulary build() {
            int size = Integer.highestOneBit(Math.max(8, nodes.size())) * 4;
            long[] keys = new long[size];
            int[] targets = new int[size];
            int[] whole = new int[nodes.size()];
            int[] begunAs = new int[nodes.size()];
            Map<List<Integer>, Integer> numbers = new HashMap<>();
            List<List<Integer>> classes = new ArrayList<>();
            number(List.of(), numbers, classes);
            List<List<Integer>> begun = new ArrayList<>(Collections.nCopies(nodes.size(), List.of()));
            for (int node = 0; node < nodes.size(); node++) { // children have higher numbers
                List<Integer> inherited = both(begun.get(node), prefixes.get(node));
                begunAs[node] = number(inherited, numbers, classes);
                whole[node] = number(both(inherited, exact.get(node)), numbers, classes);
                for (Map.Entry<Character, Integer> child : nodes.get(node).entrySet()) {
                    begun.set(child.getValue(), inherited);
                    long key = key(node, child.getKey());
                    int slot = slot(key, size);
                    while (keys[slot] != 0) {
                        slot = (slot + 1) & (size - 1);
                    }
                    keys[slot] = key;
                    targets[slot] = child.getValue();
                }
            }
            return new Vocabulary(keys, targets, whole, begunAs, classes, entries.size());
        }

        private static List<Integer> both(List<Integer> some, List<Integer> more) {
            if (more == null) {
                return some;
            }
            List<Integer> all = new ArrayList<>(some);
            all.addAll(more);
            return all;
        }

        private static int number(
                List<Integer> entries, Map<List<Integer>, Integer> numbers, List<List<Integer>> classes) {
            return numbers.computeIfAbsent(entries, list -> {
                classes.add(list);
                return classes.size() - 1;
            });
        }
    }
}
