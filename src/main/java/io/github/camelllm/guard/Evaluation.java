package io.github.camelllm.guard;

import io.github.camelllm.config.LabelledLines;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * How well the guard tells attacks from harmless texts, and what it takes. Where the model has learned from the same texts its
 * figures flatter, so the same is told of models that have not: those trained without a fifth of the texts (versions of one text
 * stay together), and without one source altogether.
 */
public final class Evaluation {

    /** From this score on a text is an attack. */
    static final double THRESHOLD = 0.5;

    /** Of harmless texts no more may be taken for attacks, in each source that is large enough to tell. */
    private static final double MAX_FALSE = 0.01;

    private static final int LARGE = 100;

    /** Of fewer texts no model learns anything. */
    private static final int ENOUGH = 150;

    private static final int FOLDS = 5;

    /** The share of attacks that must be found, by source. */
    private static final Map<String, Double> MIN_RECALL =
            Map.of("garak", 0.85, "giskard", 0.9, "llm-guard", 0.7, "sample", 0.6);

    /** Of this thread alone, so that a busy machine changes little. */
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    /** Of harmless texts from which no model learns no more may be taken for attacks, in each file. */
    private static final double MAX_FALSE_HELD_OUT = 0.03;

    private final List<Labelled> texts;
    private final int judged;
    private final int learned;
    private final GuardRules rules;
    private final List<String> missed = new ArrayList<>();

    /** What keeps the evaluation from being made, in a message for whoever asked for it. */
    public static final class EvaluationException extends Exception {
        private static final long serialVersionUID = 1;

        EvaluationException(String message) {
            super(message);
        }
    }

    /**
     * Reads everything.
     *
     * @param data labelled texts, a JSON object a line
     * @param harmless more harmless texts; bounds do not apply to them, but models learn from them too
     * @param heldOut harmless texts of everyday's work, from which no model learns
     * @param rules the file of rules
     * @throws EvaluationException when a file cannot be used
     */
    public Evaluation(Path data, List<Path> harmless, List<Path> heldOut, Path rules) throws EvaluationException {
        var read = GuardRulesFile.read(rules);
        if (!read.problems().isEmpty()) {
            throw new EvaluationException(read.problems().get(0).toString());
        }
        this.rules = read.value();
        try {
            this.texts = Labelled.read(data);
            this.judged = texts.size();
            for (Path file : harmless) {
                texts.addAll(Labelled.harmless(file));
            }
            this.learned = texts.size();
            for (Path file : heldOut) {
                texts.addAll(Labelled.heldOut(file));
            }
        } catch (LabelledLines.DataException e) {
            throw new EvaluationException(e.getMessage());
        }
    }

    /** Trains a model with all texts but those that are held out, and writes it. */
    public void train(Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to)) {
            fit(i -> true).write(out);
        }
    }

    /** What is below its bound; empty when nothing is. Known once {@link #report} has been made. */
    public List<String> missed() {
        return List.copyOf(missed);
    }

    /** The figures that have bounds, as text. */
    public String report() {
        missed.clear();
        StringBuilder out = new StringBuilder();
        LinearModel shipped = LinearModel.shipped();
        table(out, "as shipped (may have learned from these texts)", scores(i -> shipped), true);
        if (texts.size() >= ENOUGH) {
            table(out, "model trained without the text's fifth", outOfFold(), true);
        }
        return out.toString();
    }

    /** The figures without bounds, as text: what rules do by themselves, what unknown kinds of texts bring, and times. */
    public String more() {
        StringBuilder out = new StringBuilder();
        table(out, "rules alone, without the model", scores(i -> null), false);
        if (texts.size() < ENOUGH) {
            out.append(time(new Scorer(rules, LinearModel.shipped())));
            return out.toString();
        }
        double[] unseen = new double[texts.size()];
        Map<String, LinearModel> without = new HashMap<>();
        for (int i = 0; i < unseen.length; i++) {
            String source = texts.get(i).source();
            LinearModel model = without.computeIfAbsent(
                    source, name -> fit(other -> !texts.get(other).source().equals(name)));
            unseen[i] =
                    new Scorer(rules, model).score(texts.get(i).text(), false).value();
        }
        table(out, "model trained without the text's source", i -> unseen[i], false);
        out.append(time(new Scorer(rules, LinearModel.shipped())));
        return out.toString();
    }

    /** Texts on which a test of the choice lets a model be trained. */
    private interface Choice {
        boolean takes(int text);
    }

    private LinearModel fit(Choice choice) {
        List<Training.Example> examples = new ArrayList<>();
        for (int i = 0; i < learned; i++) {
            if (choice.takes(i)) {
                int[] hashes = texts.get(i).hashes();
                for (int from = 0; from == 0 || from < hashes.length - RuleSet.BLOCK; from += RuleSet.BLOCK) {
                    int to = Math.min(hashes.length, from + Scorer.WINDOW);
                    examples.add(
                            Training.Example.of(hashes, from, to, texts.get(i).attack()));
                }
            }
        }
        return Training.fit(examples);
    }

    private interface ModelOf {
        LinearModel of(int text);
    }

    private IntToDoubleFunction scores(ModelOf models) {
        return i -> new Scorer(rules, models.of(i))
                .score(texts.get(i).text(), false)
                .value();
    }

    private IntToDoubleFunction outOfFold() {
        int[] families = Labelled.families(texts);
        Map<Integer, Integer> folds = new HashMap<>();
        Random random = new Random(3);
        for (int family : families) {
            folds.computeIfAbsent(family, any -> random.nextInt(FOLDS));
        }
        LinearModel[] models = new LinearModel[FOLDS];
        for (int fold = 0; fold < FOLDS; fold++) {
            int left = fold;
            models[fold] = fit(i -> folds.get(families[i]) != left);
        }
        return scores(i -> models[folds.get(families[i])]);
    }

    private void table(StringBuilder out, String what, IntToDoubleFunction score, boolean bound) {
        Map<String, int[]> counts = new TreeMap<>();
        int[] all = new int[4];
        for (int i = 0; i < texts.size(); i++) {
            Labelled text = texts.get(i);
            int hit = score.applyAsDouble(i) >= THRESHOLD ? 1 : 0;
            int[] count = counts.computeIfAbsent(
                    (text.attack() ? "attacks  " : "harmless ") + text.source(), any -> new int[2]);
            count[0] += hit;
            count[1]++;
            if (i < judged) {
                all[text.attack() ? 0 : 2] += hit;
                all[text.attack() ? 1 : 3]++;
            }
        }
        out.append(what).append(System.lineSeparator());
        counts.forEach((name, count) -> {
            double share = count[0] / (double) count[1];
            out.append(String.format(Locale.ROOT, "  %-40s %5d of %5d  %.4f%n", name, count[0], count[1], share));
            if (bound) {
                check(what, name, count[1], share);
            }
        });
        double precision = all[0] / (double) Math.max(1, all[0] + all[2]);
        double falseShare = all[2] / (double) Math.max(1, all[3]);
        out.append(String.format(
                Locale.ROOT,
                "  precision %.4f  recall %.4f  harmless texts taken for attacks %.4f%n%n",
                precision,
                all[0] / (double) Math.max(1, all[1]),
                falseShare));
        if (bound && falseShare > MAX_FALSE) {
            missed.add(what + ": more than 1 % of the harmless texts are taken for attacks");
        }
    }

    private void check(String what, String name, int count, double share) {
        String source = name.substring(9);
        if (name.startsWith("attacks") && share < MIN_RECALL.getOrDefault(source, 0.0)) {
            missed.add(
                    String.format(Locale.ROOT, "%s: recall of %s is below %.2f", what, source, MIN_RECALL.get(source)));
        }
        if (source.endsWith(Labelled.HELD_OUT) && share > MAX_FALSE_HELD_OUT) {
            missed.add(what + ": more than 3 % of " + source + " are taken for attacks");
        }
        boolean ofData =
                texts.subList(0, judged).stream().anyMatch(text -> text.source().equals(source));
        if (name.startsWith("harmless") && ofData && count >= LARGE && share > MAX_FALSE) {
            missed.add(what + ": more than 1 % of " + source + " are taken for attacks");
        }
    }

    /** The time for each KB of the harmless texts, and for a MB of the worst text there is for rules. */
    private String time(Scorer scorer) {
        StringBuilder all = new StringBuilder();
        texts.stream().filter(text -> !text.attack()).forEach(text -> all.append(text.text())
                .append(' '));
        int pieces = Math.max(1, all.length() / 2048);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 8; round++) {
            long start = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < pieces; i++) {
                scorer.score(all.substring(i * 2048, Math.min(all.length(), (i + 1) * 2048)), false);
            }
            best = Math.min(best, (CPU.getCurrentThreadCpuTime() - start) / pieces);
        }
        String hostile = "ignore all previous answer respond two ".repeat(26_000);
        long worst = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long start = CPU.getCurrentThreadCpuTime();
            scorer.score(hostile, false);
            worst = Math.min(worst, CPU.getCurrentThreadCpuTime() - start);
        }
        return String.format(
                Locale.ROOT,
                "processor time: %.1f µs for a KB of harmless text, %.0f ms for a MB of words that rules begin with%n",
                best / 2e3,
                worst / 1e6);
    }
}
