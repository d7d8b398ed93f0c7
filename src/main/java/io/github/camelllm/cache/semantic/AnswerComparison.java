package io.github.camelllm.cache.semantic;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether two answers say the same. Two words that differ may be all there is to a short answer, so that it must be equal in
 * words and numbers; of a long one the beginning must not say yes where the other says no, and the vectors must lie close.
 */
final class AnswerComparison {

    private static final int SHORT = 12;
    private static final Set<String> YES = Set.of("yes", "ja", "sí", "oui", "true", "correct");
    private static final Set<String> NO = Set.of("no", "nein", "non", "false", "incorrect");

    private final Embedder embedder;
    private final float least;

    /** @param least the lowest cosine of two long answers that say the same */
    AnswerComparison(Embedder embedder, float least) {
        this.embedder = embedder;
        this.least = least;
    }

    /**
     * Whether two answers say the same. Calls of tools and all but text must be equal.
     *
     * @throws Embedder.EmbeddingException when that cannot be told
     */
    boolean same(Answer kept, Answer fresh) {
        JsonNode one = kept.tree().at("/choices");
        JsonNode other = fresh.tree().at("/choices");
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!same(one.get(i).path("message"), other.get(i).path("message"))) {
                return false;
            }
        }
        return true;
    }

    private boolean same(JsonNode kept, JsonNode fresh) {
        if (!functions(kept).equals(functions(fresh))) {
            return false;
        }
        return same(kept.path("content").asText(""), fresh.path("content").asText(""));
    }

    /** Names and arguments; the ids of calls are new each time. */
    private static List<String> functions(JsonNode message) {
        return message.path("tool_calls").findValues("function").stream()
                .map(JsonNode::toString)
                .toList();
    }

    /** Whether two texts say the same. */
    boolean same(String kept, String fresh) {
        List<String> one = words(kept);
        List<String> other = words(fresh);
        if (one.equals(other)) {
            return true;
        }
        if (one.isEmpty() || other.isEmpty() || Math.min(one.size(), other.size()) <= SHORT) {
            return false;
        }
        if (says(YES, one) && says(NO, other) || says(NO, one) && says(YES, other)) {
            return false;
        }
        float[] left = Vectors.normalised(embedder.embed(kept));
        float[] right = Vectors.normalised(embedder.embed(fresh));
        return left.length == right.length && Vectors.cosine(left, right, 0) >= least;
    }

    private static boolean says(Set<String> what, List<String> words) {
        return what.contains(words.get(0));
    }

    private static List<String> words(String text) {
        String bare = Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}%€$£+*/=<>.,-]+", " ")
                .replaceAll("[.,](?=\\s|$)", "")
                .strip();
        return bare.isEmpty() ? List.of() : List.of(bare.split(" "));
    }
}
