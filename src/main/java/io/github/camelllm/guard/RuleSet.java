package io.github.camelllm.guard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * All rules, found in one pass over a text: words are looked up one by one, and the phrases that may begin with one of a block's
 * words are matched with all places of the block at once. So the time is bounded by the text's length times the phrases, each a few
 * operations on four longs, whatever the text. Immutable.
 */
final class RuleSet {

    /** Words in which a rule holds where a phrase of it begins; the next begins at its end. */
    static final int BLOCK = Spots.SIZE - Phrase.MAX_SPAN;

    private final Vocabulary words;
    private final List<Rule> rules;
    private final Phrase[] phrases;
    private final int[] ruleOf;
    /** The phrases that can begin with a word, by its class. */
    private final int[][] startedBy;

    /** Is told of a rule that holds in a block. */
    interface Hit {
        void in(int block, int rule);
    }

    RuleSet(List<Rule> rules, Vocabulary words) {
        this.rules = List.copyOf(rules);
        this.words = words;
        List<Phrase> all = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        for (int rule = 0; rule < rules.size(); rule++) {
            for (Phrase phrase : rules.get(rule).phrases()) {
                all.add(phrase);
                owners.add(rule);
            }
        }
        this.phrases = all.toArray(new Phrase[0]);
        this.ruleOf = owners.stream().mapToInt(Integer::intValue).toArray();
        BitSet[] byEntry = new BitSet[words.entries()];
        for (int phrase = 0; phrase < phrases.length; phrase++) {
            BitSet beginnings = phrases[phrase].beginnings();
            for (int entry = beginnings.nextSetBit(0); entry >= 0; entry = beginnings.nextSetBit(entry + 1)) {
                byEntry[entry] = byEntry[entry] == null ? new BitSet() : byEntry[entry];
                byEntry[entry].set(phrase);
            }
        }
        this.startedBy = new int[words.classes()][];
        for (int c = 0; c < startedBy.length; c++) {
            BitSet here = new BitSet();
            for (int entry : words.entriesOf(c)) {
                if (byEntry[entry] != null) {
                    here.or(byEntry[entry]);
                }
            }
            startedBy[c] = here.stream().toArray();
        }
    }

    List<Rule> rules() {
        return rules;
    }

    Vocabulary words() {
        return words;
    }

    /** How many blocks some words make, at least one. */
    static int blocks(int size) {
        return Math.max(1, (size + BLOCK - 1) / BLOCK);
    }

    /** Tells each rule that holds in a text once for each block that it holds in. */
    void find(Tokens tokens, Hit hit) {
        int size = tokens.size();
        int[] classes = new int[size];
        boolean some = false;
        for (int i = 0; i < size; i++) {
            classes[i] = words.classOf(tokens.text, tokens.start(i), tokens.end(i));
            some |= classes[i] != 0;
        }
        if (!some) {
            return;
        }
        Places places = null; // most texts need none
        BitSet candidates = new BitSet(phrases.length);
        BitSet held = new BitSet(rules.size());
        for (int block = 0; block * BLOCK < size; block++) {
            int from = block * BLOCK;
            candidates.clear();
            for (int i = from; i < Math.min(size, from + BLOCK); i++) {
                for (int phrase : startedBy[classes[i]]) {
                    candidates.set(phrase);
                }
            }
            if (candidates.isEmpty()) {
                continue;
            }
            places = places == null ? new Places(words) : places;
            places.read(classes, from, Math.min(size, from + Spots.SIZE));
            held.clear();
            for (int p = candidates.nextSetBit(0); p >= 0; p = candidates.nextSetBit(p + 1)) {
                if (!held.get(ruleOf[p]) && phrases[p].stands(places)) {
                    held.set(ruleOf[p]);
                    hit.in(block, ruleOf[p]);
                }
            }
        }
    }
}
