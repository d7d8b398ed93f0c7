package io.github.camelllm.guard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A sequence of words with gaps, as rules are written: {@code "ignore|disregard .. previous|above instruct*|rule*"}.
 *
 * <p>Words stand apart by spaces. {@code a|b} is either; {@code word*} is whatever begins so; {@code do-anything-now} are three words that
 * follow one another; {@code ..} lets up to three other words stand between, {@code ..8} up to eight.
 */
final class Phrase {

    /** As many words can it stretch over. */
    static final int MAX_SPAN = 59;

    private final List<Slot> slots;

    /** Entries of the vocabulary, in sequence. */
    private record Slot(int gap, List<int[]> alternatives) {}

    private Phrase(List<Slot> slots) {
        this.slots = slots;
    }

    /**
     * Reads a phrase.
     *
     * @throws IllegalArgumentException saying what is wrong, without a full stop
     */
    static Phrase read(String text, Vocabulary.Builder words) {
        List<Slot> slots = new ArrayList<>();
        int gap = 0;
        int span = 0;
        for (String part : text.strip().split("\\s+")) {
            if (part.startsWith("..")) {
                if (slots.isEmpty() || gap > 0) {
                    throw new IllegalArgumentException("a gap (" + part + ") stands between two words");
                }
                gap = gap(part);
                continue;
            }
            Slot slot = new Slot(gap, alternatives(part, words));
            span += gap
                    + slot.alternatives().stream().mapToInt(a -> a.length).max().orElse(0);
            slots.add(slot);
            gap = 0;
        }
        if (gap > 0) {
            throw new IllegalArgumentException("a gap (..) stands at the end; it stands between two words");
        }
        if (span > MAX_SPAN) {
            throw new IllegalArgumentException("it stretches over " + span + " words; " + MAX_SPAN + " are allowed");
        }
        return new Phrase(List.copyOf(slots));
    }

    private static int gap(String part) {
        if (part.equals("..")) {
            return 3;
        }
        if (!part.matches("\\.\\.([1-9]|1\\d|20)")) {
            throw new IllegalArgumentException("the gap " + part + " is none of .. and ..1 to ..20");
        }
        return Integer.parseInt(part.substring(2));
    }

    private static List<int[]> alternatives(String part, Vocabulary.Builder words) {
        List<int[]> alternatives = new ArrayList<>();
        for (String alternative : part.split("\\|", -1)) {
            boolean prefix = alternative.endsWith("*");
            String folded = Folding.fold(prefix ? alternative.substring(0, alternative.length() - 1) : alternative);
            Tokens tokens = Tokens.of(folded);
            if (tokens.size() == 0 || folded.indexOf('*') >= 0) {
                throw new IllegalArgumentException(
                        "'" + part + "' is not made of words, with | between them and * at their ends");
            }
            int[] entries = new int[tokens.size()];
            for (int i = 0; i < entries.length; i++) {
                String word = folded.substring(tokens.start(i), tokens.end(i)).replace("'", "");
                entries[i] = words.add(word, prefix && i == entries.length - 1);
            }
            alternatives.add(entries);
        }
        return alternatives;
    }

    /** The entries of the vocabulary that it can begin with. */
    BitSet beginnings() {
        BitSet entries = new BitSet();
        for (int[] alternative : slots.get(0).alternatives()) {
            entries.set(alternative[0]);
        }
        return entries;
    }

    /** Whether it stands in a stretch of a text, beginning in the block at its start. */
    boolean stands(Places places) {
        Spots reached = places.reached; // where words have been taken up to
        Spots next = places.next;
        boolean first = true;
        for (Slot slot : slots) {
            reached.spread(slot.gap());
            next.clear();
            for (int[] alternative : slot.alternatives()) {
                Spots begun = places.of(alternative[0]);
                if (begun.isEmpty()) {
                    continue;
                }
                Spots sequence = places.sequence;
                sequence.copy(begun);
                if (first) {
                    sequence.before(RuleSet.BLOCK);
                } else {
                    sequence.and(reached);
                }
                for (int i = 1; i < alternative.length && !sequence.isEmpty(); i++) {
                    sequence.andEarlier(places.of(alternative[i]), i);
                }
                next.orLater(sequence, alternative.length);
            }
            if (next.isEmpty()) {
                return false;
            }
            reached.copy(next);
            first = false;
        }
        return true;
    }
}
