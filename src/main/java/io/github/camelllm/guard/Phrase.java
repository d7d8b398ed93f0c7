package io.github.camelllm.guard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A sequence of words with gaps, as rules are written: {@code "ignore|disregard .. previous|above instruct*|rule*"}.
 *
 * <p>Words stand apart by spaces. {@code a|b} is either; {@code word*} is whatever begins so; {@code do-anything-now} are three words that
 * follow one another; {@code ..} lets up to three other words stand between, and more of that kind, see {@link Gap}. {@code !of|about} at
 * the end: none of these words follows.
 */
final class Phrase {

    /** As many words can it stretch over. */
    static final int MAX_SPAN = 59;

    private final List<Slot> slots;
    private final List<int[]> notBefore;

    /** Entries of the vocabulary, in sequence. */
    private record Slot(Gap gap, List<int[]> alternatives) {}

    private Phrase(List<Slot> slots, List<int[]> notBefore) {
        this.slots = slots;
        this.notBefore = notBefore;
    }

    /**
     * Reads a phrase.
     *
     * @throws IllegalArgumentException saying what is wrong, without a full stop
     */
    static Phrase read(String text, Vocabulary.Builder words) {
        List<Slot> slots = new ArrayList<>();
        List<int[]> notBefore = List.of();
        Gap gap = Gap.NONE;
        int span = 0;
        for (String part : text.strip().split("\\s+")) {
            if (!notBefore.isEmpty()) {
                throw new IllegalArgumentException("what may not follow (!...) stands at the end");
            }
            if (part.startsWith("..")) {
                if (slots.isEmpty() || gap.most() > 0) {
                    throw new IllegalArgumentException("a gap (" + part + ") stands between two words");
                }
                gap = Gap.read(part, words);
                span += gap.most();
                continue;
            }
            List<int[]> alternatives = alternatives(part.startsWith("!") ? part.substring(1) : part, words);
            span += alternatives.stream().mapToInt(a -> a.length).max().orElse(0);
            if (part.startsWith("!")) {
                notBefore = alternatives;
                continue;
            }
            slots.add(new Slot(gap, alternatives));
            gap = Gap.NONE;
        }
        if (slots.isEmpty()) {
            throw new IllegalArgumentException("it has no word");
        }
        if (gap.most() > 0) {
            throw new IllegalArgumentException("a gap (..) stands at the end; it stands between two words");
        }
        if (span > MAX_SPAN) {
            throw new IllegalArgumentException("it stretches over " + span + " words; " + MAX_SPAN + " are allowed");
        }
        return new Phrase(List.copyOf(slots), notBefore);
    }

    static List<int[]> alternatives(String part, Vocabulary.Builder words) {
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
            slot.gap().spread(reached, places);
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
        for (int[] alternative : notBefore) {
            reached.andNot(places.of(alternative));
        }
        return !reached.isEmpty();
    }
}
