package io.github.camelllm.cache.semantic;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the tier is set up. Immutable and checked.
 *
 * @param file of thresholds, guards and words
 * @param embedder {@code local}, or the URI of an endpoint
 * @param model that the endpoint is asked for; null for {@code local}
 * @param key that it is asked with; null for none
 * @param maxInPartition questions
 * @param maxInAll questions
 * @param maxCharacters of a question
 * @param tries how many of the closest questions the guards are asked about
 * @param shadow how hits are checked
 * @param similarity the least cosine of two long answers that say the same
 */
record SemanticSettings(
        Path file,
        String embedder,
        String model,
        String key,
        int maxInPartition,
        int maxInAll,
        int maxCharacters,
        int tries,
        ShadowSettings shadow,
        double similarity) {

    private static final String LOCAL = "local";
    private static final int TRIES = 8;

    SemanticSettings {
        check("maxInPartition", maxInPartition, 100_000);
        check("maxInAll", maxInAll, 10_000_000);
        check("maxCharacters", maxCharacters, 2000);
        if (maxInAll < maxInPartition) {
            throw new IllegalArgumentException("semantic.maxInAll is " + maxInAll
                    + "; at least maxInPartition, which is " + maxInPartition + ", is allowed");
        }
        if (!embedder.equals(LOCAL) && !embedder.matches("[a-zA-Z][\\w.+-]*:.+")) {
            throw new IllegalArgumentException("semantic.embedder is '" + embedder
                    + "'; local, or an endpoint such as direct:llm-embeddings, is allowed");
        }
        if (!embedder.equals(LOCAL) && (model == null || model.isBlank())) {
            throw new IllegalArgumentException(
                    "semantic.model is missing; the name of an embeddings model is needed where embedder is an endpoint");
        }
        if (!(similarity >= 0 && similarity <= 1)) {
            throw new IllegalArgumentException("semantic.shadowSimilarity is " + similarity + "; 0 to 1 is allowed");
        }
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("semantic." + name + " is " + value + "; 1 to " + most + " is allowed");
        }
    }

    boolean isLocal() {
        return embedder.equals(LOCAL);
    }

    /** What the setters of the bean have said, until it is started. */
    static final class Builder {
        Path file = Path.of("semantic.yaml");
        String embedder = LOCAL;
        String model;
        String key;
        int maxInPartition = 10_000;
        int maxInAll = 50_000;
        int maxCharacters = 500;
        double share = 0.05;
        double tolerated = 0.1;
        int least = 10;
        Duration rest = Duration.ofHours(24);
        double similarity = 0.9;

        SemanticSettings build() {
            return new SemanticSettings(
                    file,
                    embedder,
                    model,
                    key,
                    maxInPartition,
                    maxInAll,
                    maxCharacters,
                    TRIES,
                    new ShadowSettings(share, tolerated, least, 100, rest),
                    similarity);
        }
    }
}
