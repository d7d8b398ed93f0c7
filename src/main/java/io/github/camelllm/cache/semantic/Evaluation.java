package io.github.camelllm.cache.semantic;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.config.LabelledLines;
import io.github.camelllm.config.LabelledLines.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;

/** How the semantic tier does on labelled pairs of questions: what hits, what hits wrongly and what is missed. */
public final class Evaluation {

    /** The thresholds that are tried. */
    private static final double[] THRESHOLDS = {0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99};

    private final Lexicon lexicon;
    private final List<Scored> scored = new ArrayList<>();

    /**
     * Two questions.
     *
     * @param same whether one answer serves both
     * @param note what the pair is about
     */
    public record Pair(String text, String other, boolean same, String note) {}

    private record Scored(Pair pair, float similarity, Traits one, Traits two) {}

    /** Embeds and reads all pairs. */
    public Evaluation(Embedder embedder, Lexicon lexicon, Collection<Pair> pairs) {
        this.lexicon = lexicon;
        for (Pair pair : pairs) {
            float[] one = Vectors.normalised(embedder.embed(pair.text()));
            float[] two = Vectors.normalised(embedder.embed(pair.other()));
            scored.add(new Scored(
                    pair, Vectors.cosine(one, two, 0), lexicon.traits(pair.text()), lexicon.traits(pair.other())));
        }
    }

    /**
     * Reads pairs: a JSON object a line, with {@code text}, {@code other}, {@code same} and, if one likes, {@code note}.
     *
     * @throws DataException naming the file and the line that is not one, or what keeps it from being read
     */
    public static List<Pair> read(Path file) throws DataException {
        List<Pair> pairs = new ArrayList<>();
        for (LabelledLines.Line line : LabelledLines.read(file, "; name one with --data")) {
            JsonNode pair = line.node();
            if (!pair.path("text").isTextual()
                    || !pair.path("other").isTextual()
                    || !pair.path("same").isBoolean()) {
                throw new DataException(file + ":" + line.number()
                        + ": expected an object with the texts text and other, and same: true or false");
            }
            pairs.add(new Pair(
                    pair.get("text").asText(),
                    pair.get("other").asText(),
                    pair.get("same").asBoolean(),
                    pair.path("note").asText("")));
        }
        if (pairs.isEmpty()) {
            throw new DataException("'" + file + "' has no pairs.");
        }
        return pairs;
    }

    /** Wrong hits of all guards at a threshold. */
    public List<Pair> wrong(double threshold) {
        Guards guards = new Guards(lexicon, EnumSet.allOf(Guard.class));
        return scored.stream()
                .filter(one -> !one.pair().same() && one.similarity() >= threshold)
                .filter(one -> guards.refusal(one.one(), one.two()).isEmpty())
                .map(Scored::pair)
                .toList();
    }

    /** How many pairs hit at a threshold. */
    public long hits(double threshold, boolean same, Set<Guard> on) {
        Guards guards = new Guards(lexicon, on);
        return scored.stream()
                .filter(one -> one.pair().same() == same && one.similarity() >= threshold)
                .filter(one -> guards.refusal(one.one(), one.two()).isEmpty())
                .count();
    }

    /** A table of hits, wrong hits and misses by threshold, and what the guards have refused. */
    public String report() {
        long same = scored.stream().filter(one -> one.pair().same()).count();
        long other = scored.size() - same;
        Set<Guard> all = EnumSet.allOf(Guard.class);
        Set<Guard> loose = EnumSet.complementOf(EnumSet.of(Guard.WORDS));
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%d pairs: %d say the same, %d do not%n%n", scored.size(), same, other));
        text.append(String.format(
                "%-10s|%-26s |%-26s |%-26s%n", "", " without guards", " all guards but words", " all guards"));
        text.append("threshold ");
        for (int i = 0; i < 3; i++) {
            text.append(String.format("|%7s %8s %8s  ", "hits", "wrong", "missed"));
        }
        text.append(System.lineSeparator());
        for (double threshold : THRESHOLDS) {
            text.append(String.format(Locale.ROOT, "%-10.2f", threshold));
            for (Set<Guard> on : List.of(EnumSet.noneOf(Guard.class), loose, all)) {
                long hits = hits(threshold, true, on);
                text.append(String.format("|%7d %8d %8d  ", hits, hits(threshold, false, on), same - hits));
            }
            text.append(System.lineSeparator());
        }
        refusals(text, all);
        return text.toString();
    }

    /**
     * What a lookup costs in this process, in time: to embed a question, to find its neighbour among as many as a partition
     * holds, and to ask the guards.
     */
    public String costs(Embedder embedder) {
        int entries = 10_000;
        Random random = new Random(1);
        Neighbours<String> neighbours = new Neighbours<>(entries, entries);
        int dimensions = embedder.embed(scored.get(0).pair().text()).length;
        for (int i = 0; i < entries; i++) {
            neighbours.add("p", "id" + i, random(random, dimensions), "");
        }
        Guards guards = new Guards(lexicon, EnumSet.allOf(Guard.class));
        List<Scored> all = scored;
        String[] lines = {
            micros(
                    "embedding a question",
                    100,
                    i -> embedder.embed(all.get(i % all.size()).pair().text())),
            micros(
                    "reading it for the guards",
                    2000,
                    i -> guards.traits(all.get(i % all.size()).pair().text())),
            micros(
                    "one of them refusing or not",
                    2000,
                    i -> guards.refusal(
                            all.get(i % all.size()).one(),
                            all.get(i % all.size()).two())),
            micros(
                    "the nearest of " + entries + " vectors of " + dimensions,
                    2000,
                    i -> neighbours.find("p", random(random, dimensions), 0.95f, 8, any -> true))
        };
        return String.join("", lines);
    }

    private static float[] random(Random random, int dimensions) {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = random.nextFloat() - 0.5f;
        }
        return Vectors.normalised(vector);
    }

    private static String micros(String what, int times, IntConsumer work) {
        long[] nanos = new long[times];
        for (int i = -times; i < times; i++) {
            long start = System.nanoTime();
            work.accept(Math.abs(i));
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "%-45s p50 %8.1f µs   p99 %8.1f µs%n",
                what,
                nanos[times / 2] / 1e3,
                nanos[times * 99 / 100] / 1e3);
    }

    private void refusals(StringBuilder text, Set<Guard> all) {
        Guards guards = new Guards(lexicon, all);
        Map<Guard, int[]> counts = new EnumMap<>(Guard.class);
        for (Scored one : scored) {
            Optional<Guard> refusal = guards.refusal(one.one(), one.two());
            refusal.ifPresent(guard ->
                    counts.computeIfAbsent(guard, any -> new int[2])[one.pair().same() ? 0 : 1]++);
        }
        text.append(String.format("%nrefused first by     of the same   of the others%n"));
        counts.forEach(
                (guard, count) -> text.append(String.format("%-20s %11d %15d%n", guard.label(), count[0], count[1])));
    }
}
