package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of what a model sends that was asked to go on with an answer, kept back while it could be that answer's own
 * beginning: some models take no notice of the text they are given and answer afresh.
 *
 * <p>It is kept back as long as it is the same, character by character, and no longer than it takes to be sure. Of a text that
 * is very short, or repeats itself, nothing can be told; such a model is believed.
 */
final class Beginning {

    /** So many characters in common are no chance. */
    static final int ENOUGH = 64;

    /** So few may be. */
    static final int TOO_FEW = 8;

    /** What the model does. */
    enum Verdict {
        NOT_YET,
        GOES_ON,
        AFRESH
    }

    private final String start;
    private final StringBuilder text = new StringBuilder();
    private final List<ObjectNode> held = new ArrayList<>();

    /** @param answer the answer so far */
    Beginning(String answer) {
        String first = answer.substring(0, Math.min(answer.length(), ENOUGH));
        start = first.length() < TOO_FEW || answer.indexOf(first, 1) >= 0 || isRepetition(first) ? "" : first;
    }

    private static boolean isRepetition(String text) {
        for (int period = 1; period <= text.length() / 2; period++) {
            if (text.startsWith(text.substring(period))) {
                return true;
            }
        }
        return false;
    }

    /** Keeps a chunk of what the model sends, and says what all of them together show. */
    Verdict add(ObjectNode chunk) {
        held.add(chunk);
        boolean more = true;
        for (JsonNode choice : chunk.path("choices")) {
            JsonNode delta = choice.path("delta");
            text.append(delta.path("content").asText(""));
            more &= delta.path("tool_calls").isEmpty() && !delta.path("refusal").isTextual();
        }
        int known = Math.min(text.length(), start.length());
        if (start.isEmpty() || !start.substring(0, known).contentEquals(text.substring(0, known))) {
            return Verdict.GOES_ON;
        }
        if (known == start.length()) {
            return Verdict.AFRESH;
        }
        return more && !Chunks.isLast(chunk) ? Verdict.NOT_YET : Verdict.GOES_ON;
    }

    /** What has been kept, in order. */
    List<ObjectNode> held() {
        return held;
    }
}
