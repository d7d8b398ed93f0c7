package io.github.camelllm.inspect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All phrases that are looked for, as one automaton over words (Aho and Corasick's): one look-up for each word of a text,
 * however many phrases there are. Immutable.
 */
final class Phrases {

    /** The state in which nothing has begun. */
    static final int ROOT = 0;

    /** Whose a phrase is. */
    record Match(int list, int words) {}

    private final Map<String, Integer> vocabulary = new HashMap<>();
    private final Map<Long, Integer> steps = new HashMap<>();
    private final List<List<Match>> matches = new ArrayList<>();
    private int[] fallback = {0};
    private int[] held = {0};
    private int longest = 1;

    /** Gathers phrases. */
    static final class Builder {
        private record Phrase(List<String> words, int list, boolean acts) {}

        private final List<Phrase> phrases = new ArrayList<>();

        /**
         * @param list the number of the list that the phrase belongs to
         * @param acts whether an answer is changed because of it, so that its beginning must be held back
         */
        Builder add(String phrase, int list, boolean acts) {
            List<String> words = Words.of(phrase);
            if (!words.isEmpty()) {
                phrases.add(new Phrase(words, list, acts));
            }
            return this;
        }

        Phrases build() {
            return new Phrases(phrases);
        }
    }

    private Phrases(List<Builder.Phrase> phrases) {
        matches.add(new ArrayList<>());
        List<Integer> parents = new ArrayList<>(List.of(0));
        List<Integer> words = new ArrayList<>(List.of(0));
        List<Integer> depths = new ArrayList<>(List.of(0));
        List<Boolean> acting = new ArrayList<>(List.of(false));
        for (Builder.Phrase phrase : phrases) {
            int state = ROOT;
            for (int i = 0; i < phrase.words().size(); i++) {
                int word = vocabulary.computeIfAbsent(phrase.words().get(i), unused -> vocabulary.size());
                Integer next = steps.get(key(state, word));
                if (next == null) {
                    next = matches.size();
                    steps.put(key(state, word), next);
                    matches.add(new ArrayList<>());
                    parents.add(state);
                    words.add(word);
                    depths.add(i + 1);
                    acting.add(false);
                }
                state = next;
                if (phrase.acts() && i + 1 < phrase.words().size()) {
                    acting.set(state, true);
                }
            }
            Match match = new Match(phrase.list(), phrase.words().size());
            if (!matches.get(state).contains(match)) {
                matches.get(state).add(match);
            }
            longest = Math.max(longest, phrase.words().size());
        }
        link(parents, words, depths, acting);
    }

    private void link(List<Integer> parents, List<Integer> words, List<Integer> depths, List<Boolean> acting) {
        int states = matches.size();
        fallback = new int[states];
        held = new int[states];
        Deque<Integer> order = new ArrayDeque<>();
        Map<Integer, List<Integer>> children = new HashMap<>();
        for (int state = 1; state < states; state++) {
            children.computeIfAbsent(parents.get(state), unused -> new ArrayList<>())
                    .add(state);
        }
        order.add(ROOT);
        while (!order.isEmpty()) {
            int state = order.poll();
            if (state != ROOT) {
                int parent = parents.get(state);
                fallback[state] = parent == ROOT ? ROOT : step(fallback[parent], words.get(state));
                for (Match match : matches.get(fallback[state])) {
                    if (!matches.get(state).contains(match)) {
                        matches.get(state).add(match);
                    }
                }
                held[state] = acting.get(state) ? depths.get(state) : held[fallback[state]];
            }
            order.addAll(children.getOrDefault(state, List.of()));
        }
    }

    private static long key(int state, int word) {
        return (long) state << 32 | word;
    }

    private int step(int from, int word) {
        int state = from;
        while (true) {
            Integer next = steps.get(key(state, word));
            if (next != null) {
                return next;
            }
            if (state == ROOT) {
                return ROOT;
            }
            state = fallback[state];
        }
    }

    /** The state after another word. */
    int next(int state, String word) {
        Integer known = vocabulary.get(word);
        return known == null ? ROOT : step(state, known);
    }

    /** The phrases that end here. */
    List<Match> at(int state) {
        return Collections.unmodifiableList(matches.get(state));
    }

    /** How many of the last words may be the beginning of a phrase that acts. */
    int held(int state) {
        return held[state];
    }

    /** The words of the longest phrase; at least 1. */
    int longest() {
        return longest;
    }

    /** Whether there are none. */
    boolean isEmpty() {
        return vocabulary.isEmpty();
    }
}
