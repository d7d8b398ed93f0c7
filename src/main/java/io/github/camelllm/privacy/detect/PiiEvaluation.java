package io.github.camelllm.privacy.detect;

import io.github.camelllm.config.LabelledLines.DataException;
import io.github.camelllm.privacy.detect.Labelled.Span;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How well the detectors do on labelled texts.
 *
 * <p>A case about one entity counts findings of that type alone; one about all counts every claimed type. A finding matches a
 * span of its type that it overlaps, or that it is exactly; each span matches one finding. A text in which nothing is to be found
 * is hit when something is: of the type meant, or of any at all.
 */
public final class PiiEvaluation {

    /** The F1 over all claimed types that must be reached. */
    public static final double F1 = 0.97;

    /** The share of texts without anything that may be hit. */
    public static final double NEGATIVES = 0.01;

    /** Labels for which the type here has another name; what it finds is more than the label means. */
    private static final Map<String, String> NAMES =
            Map.of("TR_PHONE_NUMBER", "PHONE_NUMBER", "PH_MOBILE_NUMBER", "PHONE_NUMBER");

    /** Types that are claimed beside a word that tells them alone: nothing else tells such a number from any other. */
    private static final Set<PiiType> BESIDE_A_WORD = EnumSet.of(
            PiiType.DE_BSNR,
            PiiType.DE_TAX_NUMBER,
            PiiType.DE_KFZ,
            PiiType.DE_FUEHRERSCHEIN,
            PiiType.US_BANK_NUMBER,
            PiiType.US_DRIVER_LICENSE);

    /** The label that every date has in the data, one of birth or not: where it stands, one of birth is neither right nor wrong. */
    private static final String DATE = "DATE_TIME";

    private static final int ROUNDS = 20;

    private final Detectors detectors;
    private final Map<String, Tally> exact = new TreeMap<>();
    private final Map<String, Tally> overlap = new TreeMap<>();
    private final Map<String, Tally> bySource = new LinkedHashMap<>();
    private final Map<String, int[]> negatives = new LinkedHashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private final Set<String> unclaimed = new TreeSet<>();
    private final Map<String, Integer> without = new TreeMap<>();
    private final Set<String> types;
    private final List<Labelled> cases;

    private PiiEvaluation(Detectors detectors, List<Labelled> cases) {
        this.detectors = detectors;
        this.types = detectors.types();
        this.cases = cases;
        cases.forEach(this::judge);
    }

    /**
     * Runs over a file of cases, or over the sets of a directory: {@code pii_recognisers.jsonl}, {@code pii_synthetic.jsonl} and
     * the benign texts of {@code injection.jsonl}.
     *
     * @throws DataException naming the file, and the line where there is one
     */
    public static PiiEvaluation of(Detectors detectors, Path directory) throws DataException {
        return new PiiEvaluation(detectors, Labelled.read(directory));
    }

    private String claimed(String label) {
        String type = NAMES.getOrDefault(label, label);
        if (!types.contains(type)) {
            unclaimed.add(label);
            return null;
        }
        return type;
    }

    private void judge(Labelled one) {
        if (one.entity() == null) {
            everything(one);
            return;
        }
        String type = claimed(one.entity());
        boolean saysNothing = one.spans().isEmpty() && NAMES.containsKey(one.entity());
        if (type == null || saysNothing) {
            return;
        }
        PiiType builtIn = PiiType.valueOf(type);
        if (BESIDE_A_WORD.contains(builtIn) && !detectors.tells(one.text(), builtIn)) {
            without.merge(type, 1, Integer::sum);
            return;
        }
        List<Finding> found = of(detectors.find(one.text()), Set.of(type));
        compare(one, one.spans(), found);
        if (one.spans().isEmpty()) {
            negative(one, found);
        }
    }

    private void everything(Labelled one) {
        List<Finding> all = detectors.find(one.text());
        if (one.spans().isEmpty()) {
            negative(one, all);
        }
        List<Span> spans = one.spans().stream()
                .filter(span -> claimed(span.label()) != null)
                .toList();
        List<Finding> counted = all.stream()
                .filter(found -> !found.type().equals(PiiType.DATE_OF_BIRTH.name())
                        || one.spans().stream().noneMatch(span -> span.label().equals(DATE) && overlaps(found, span)))
                .toList();
        compare(one, spans, counted);
    }

    private static List<Finding> of(List<Finding> findings, Collection<String> types) {
        return findings.stream().filter(found -> types.contains(found.type())).toList();
    }

    private void negative(Labelled one, List<Finding> found) {
        int[] counts = negatives.computeIfAbsent(one.source(), any -> new int[2]);
        counts[0]++;
        counts[1] += found.isEmpty() ? 0 : 1;
        if (!found.isEmpty() && !one.source().equals(Labelled.RECOGNISERS)) {
            found.forEach(f -> mistakes.add("hit in nothing  " + shown(one, f.type(), f.start(), f.end())));
        }
    }

    private void compare(Labelled one, List<Span> spans, List<Finding> found) {
        match(one, spans, found, true);
        match(one, spans, found, false);
    }

    private void match(Labelled one, List<Span> spans, List<Finding> found, boolean exactly) {
        Map<String, Tally> tallies = exactly ? exact : overlap;
        Tally source = exactly ? new Tally() : bySource.computeIfAbsent(one.source(), any -> new Tally());
        List<Span> left = new ArrayList<>(spans);
        for (Finding finding : found) {
            Tally tally = tallies.computeIfAbsent(finding.type(), any -> new Tally());
            if (left.removeIf(new Matching(finding, exactly))) {
                tally.right();
                source.right();
            } else {
                tally.wrong();
                source.wrong();
                note(exactly, "wrong   " + shown(one, finding.type(), finding.start(), finding.end()));
            }
        }
        for (Span span : left) {
            tallies.computeIfAbsent(claimed(span.label()), any -> new Tally()).missed();
            source.missed();
            note(exactly, "missed  " + shown(one, span.label(), span.start(), span.end()));
        }
    }

    /** Takes the first span that a finding matches, and no other. */
    private static final class Matching implements java.util.function.Predicate<Span> {

        private final Finding finding;
        private final boolean exactly;
        private boolean used;

        private Matching(Finding finding, boolean exactly) {
            this.finding = finding;
            this.exactly = exactly;
        }

        @Override
        public boolean test(Span span) {
            boolean same = NAMES.getOrDefault(span.label(), span.label()).equals(finding.type());
            boolean place =
                    exactly ? span.start() == finding.start() && span.end() == finding.end() : overlaps(finding, span);
            boolean matches = !used && same && place;
            used |= matches;
            return matches;
        }
    }

    private static boolean overlaps(Finding finding, Span span) {
        return span.start() < finding.end() && finding.start() < span.end();
    }

    private void note(boolean exactly, String mistake) {
        if (!exactly) {
            mistakes.add(mistake);
        }
    }

    private static String shown(Labelled one, String type, int start, int end) {
        String text = one.text();
        String around = text.substring(Math.max(0, start - 40), start) + "[" + text.substring(start, end) + "]"
                + text.substring(end, Math.min(text.length(), end + 20));
        return String.format(Locale.ROOT, "%-24s %-16s %s", type, one.source(), around.replaceAll("\\s+", " "));
    }

    private static Tally sum(Collection<Tally> tallies) {
        Tally sum = new Tally();
        tallies.forEach(sum::add);
        return sum;
    }

    /** The F1 over all claimed types, a finding matching what it overlaps. */
    public double microF1() {
        return sum(overlap.values()).f1();
    }

    /** The share of texts with nothing to be found in which something was found. */
    public double negativesHit() {
        int texts = negatives.values().stream().mapToInt(counts -> counts[0]).sum();
        int hit = negatives.values().stream().mapToInt(counts -> counts[1]).sum();
        return texts == 0 ? 0 : (double) hit / texts;
    }

    /** Whether the bounds are kept. */
    public boolean passes() {
        return microF1() >= F1 && negativesHit() <= NEGATIVES;
    }

    /** What was found wrongly or missed, a line each, with the text around it. */
    public List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    /** The tables: by type, by source, negative texts, time. */
    public String report() {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%-27s|%22s        |%15s%n", "", "overlapping span", "exact span"));
        text.append(String.format(
                "%-27s|%5s %5s %6s %5s %5s %5s |%6s %5s %5s%n",
                "type claimed", "right", "wrong", "missed", "prec.", "rec.", "F1", "prec.", "rec.", "F1"));
        overlap.forEach((type, tally) -> row(text, type, tally, exact.getOrDefault(type, new Tally())));
        row(text, "all (micro)", sum(overlap.values()), sum(exact.values()));
        text.append(System.lineSeparator());
        bySource.forEach((source, tally) -> text.append(String.format(
                Locale.ROOT,
                "%-27s|%5d %5d %6d %5.3f %5.3f %5.3f%n",
                source,
                tally.rights(),
                tally.wrongs(),
                tally.misses(),
                tally.precision(),
                tally.recall(),
                tally.f1())));
        text.append(String.format("%nnot looked for: %s%n", String.join(", ", unclaimed)));
        text.append(String.format("cases without the word that their type takes, left out: %s%n%n", without));
        negatives.forEach((source, counts) -> text.append(String.format(
                Locale.ROOT, "%-27s| %d of %d texts with nothing in them hit%n", source, counts[1], counts[0])));
        text.append(String.format(Locale.ROOT, "%n%-27s| %.4f ms per KB%n", "time", millisPerKb()));
        text.append(String.format(
                Locale.ROOT,
                "%-27s| micro F1 %.4f (at least %.2f), negative texts hit %.2f %% (at most %.0f %%): %s%n",
                "bounds",
                microF1(),
                F1,
                100 * negativesHit(),
                100 * NEGATIVES,
                passes() ? "kept" : "NOT KEPT"));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Tally tally, Tally exactly) {
        text.append(String.format(
                Locale.ROOT,
                "%-27s|%5d %5d %6d %5.3f %5.3f %5.3f |%6.3f %5.3f %5.3f%n",
                name,
                tally.rights(),
                tally.wrongs(),
                tally.misses(),
                tally.precision(),
                tally.recall(),
                tally.f1(),
                exactly.precision(),
                exactly.recall(),
                exactly.f1()));
    }

    /** The thread's processor time, the least of several rounds over all texts, so that the compiler's work counts for nothing. */
    private double millisPerKb() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long characters = cases.stream().mapToLong(one -> one.text().length()).sum();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = threads.getCurrentThreadCpuTime();
            cases.forEach(one -> detectors.find(one.text()));
            least = Math.min(least, threads.getCurrentThreadCpuTime() - start);
        }
        return least / 1e6 / (characters / 1024.0);
    }
}
