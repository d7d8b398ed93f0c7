package io.github.camelllm.guard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores texts by rules and by a model. A long text is scored window by window and counts as its worst, so that harmless
 * words around an attack do not hide it. The time grows with the text and not faster. Immutable, thread-safe.
 *
 * <p>A score is a sum of log odds: what the model makes of the words, and {@code -ln(1 - weight)} for each rule that holds. What the model
 * finds harmless needs the more rules. It judges what people say to a model, and so says nothing of data. Where a user speaks about
 * attacks, by {@code about} of the rules, short quotations that are attacks do not count.
 */
final class Scorer {

    private static final int BLOCK = RuleSet.BLOCK;

    /** Words of a window; the next begins in its middle. */
    static final int WINDOW = 2 * BLOCK;

    /** What the model says counts no more than this, so that harmless words cannot outweigh rules that leave no doubt. */
    private static final double LEAST = -3;

    private static final double MOST = 6;

    /** Of fewer words the model knows too little to speak for an attack by itself, or with one weak rule. */
    private static final int FEW_WORDS = 24;

    private static final double MOST_OF_FEW = -1.8;

    /** What is said of a text of which the model says nothing. */
    private static final double UNKNOWN = -2;

    /** Makes 0.5 the score from which on texts are attacks, by the evaluation in docs/guard.md. */
    private static final double BIAS = 0.8;

    /** From here on the model is named among the reasons. */
    private static final double NAMED = -1;

    /** As much must speak for an attack in what is hidden, in log odds: other languages backwards make odd words. */
    private static final double HIDDEN = 0.9;

    /** From here on it is looked at whether a user quotes what speaks for an attack, to speak about it. */
    private static final double DOUBTFUL = -1;

    private static final String MODEL = "model";

    private final GuardRules rules;
    private final LinearModel model;

    /** @param model null for none */
    Scorer(GuardRules rules, LinearModel model) {
        this.rules = rules;
        this.model = model;
    }

    /** The rules. */
    GuardRules rules() {
        return rules;
    }

    /**
     * Scores a text.
     *
     * @param data whether it is data, from a tool or a document, and not what a user says
     */
    Score score(String text, boolean data) {
        Evidence evidence = evidence(text, data ? null : model, data);
        if (!data && evidence.logit() > DOUBTFUL) {
            String rest = Quotations.removed(text, this::isAttackByItself);
            if (rest != text && rules.speaksAbout(Tokens.of(Folding.fold(rest)))) {
                evidence = evidence(rest, model, false);
            }
        }
        return evidence.score();
    }

    private boolean isAttackByItself(String quoted) {
        return evidence(quoted, null, false).sum() >= HIDDEN;
    }

    private Evidence evidence(String text, LinearModel judge, boolean data) {
        String folded = Folding.fold(text);
        Tokens tokens = Tokens.of(folded);
        Evidence evidence = worst(tokens, data, judge);
        Signals.of(text, folded, rules).forEach(evidence::add);
        for (String hidden : Encodings.bytesOf(text)) {
            evidence.hidden("encoded-bytes", worst(Tokens.of(Folding.fold(hidden)), data, null));
        }
        evidence.hidden("rot13", worst(tokens.over(Encodings.rot13(folded)), data, null));
        evidence.hidden("reversed", worst(tokens.reversed(), data, null));
        String joined = Encodings.joined(tokens, rules.rules().words());
        if (joined != null) {
            evidence.hidden("spaced-letters", worst(Tokens.of(joined), data, null));
        }
        return evidence;
    }

    /** The window that looks most like an attack. */
    private Evidence worst(Tokens tokens, boolean data, LinearModel judge) {
        int blocks = RuleSet.blocks(tokens.size());
        BitSet[] hits = new BitSet[blocks];
        rules.rules().find(tokens, (block, rule) -> {
            if (data || !rules.rules().rules().get(rule).dataOnly()) {
                hits[block] = hits[block] == null ? new BitSet() : hits[block];
                hits[block].set(rule);
            }
        });
        int[] hashes = judge == null ? null : LinearModel.hashes(tokens);
        Evidence worst = null;
        for (int block = 0; block < Math.max(1, blocks - 1); block++) {
            int from = block * BLOCK;
            int to = Math.min(tokens.size(), from + WINDOW);
            double judged = judge == null ? UNKNOWN : judge.logit(hashes, from, to);
            Evidence evidence = new Evidence(tokens.size() < FEW_WORDS ? Math.min(MOST_OF_FEW, judged) : judged);
            evidence.add(hits[block], rules.rules());
            evidence.add(block + 1 < blocks ? hits[block + 1] : null, rules.rules());
            if (worst == null || evidence.logit() > worst.logit()) {
                worst = evidence;
            }
        }
        return worst;
    }

    /** What speaks for an attack, each by its name and in log odds. */
    private static final class Evidence {
        private final Map<String, Double> odds = new LinkedHashMap<>(4);
        private final double judged;

        /** @param judged what the model says, in log odds */
        Evidence(double judged) {
            this.judged = Math.max(LEAST, Math.min(MOST, judged));
        }

        void add(BitSet hits, RuleSet rules) {
            if (hits != null) {
                for (int i = hits.nextSetBit(0); i >= 0; i = hits.nextSetBit(i + 1)) {
                    add(rules.rules().get(i).name(), rules.rules().get(i).weight());
                }
            }
        }

        void add(String name, double weight) {
            odds.put(name, -Math.log(1 - Math.min(weight, 0.99)));
        }

        /** Adds what a hidden text says, if that is enough, and was not said openly: signs without letters look alike in ROT13. */
        void hidden(String how, Evidence inside) {
            inside.odds.keySet().removeAll(odds.keySet());
            double said = inside.sum();
            if (said >= HIDDEN) {
                odds.merge(how, said, Math::max);
                odds.putAll(inside.odds);
            }
        }

        private double sum() {
            double sum = 0;
            for (double one : odds.values()) {
                sum += one;
            }
            return sum;
        }

        double logit() {
            return judged + sum() + BIAS;
        }

        Score score() {
            List<String> names = new ArrayList<>(odds.keySet());
            names.sort((a, b) -> Double.compare(odds.get(b), odds.get(a)));
            if (judged >= NAMED) {
                names.add(MODEL);
            }
            return new Score(1 / (1 + Math.exp(-logit())), List.copyOf(names));
        }
    }
}
