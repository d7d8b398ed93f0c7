package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.util.List;

/**
 * The rest of an answer whose beginning the model is given as the last message. White space at that beginning's end is kept
 * back from the model, because some providers refuse it, and taken out of what comes if it comes again.
 */
final class Continuation {

    private static final List<String> LIMITS = List.of("max_tokens", "max_completion_tokens");

    private final String text;
    private String blank;

    /** @param text the answer so far */
    Continuation(String text) {
        this.text = text.stripTrailing();
        this.blank = text.substring(this.text.length());
    }

    /**
     * The request for the rest.
     *
     * @param request the request for the whole answer; not changed
     * @param usedTokens what of the completion has been used up by the text so far
     */
    ObjectNode request(ObjectNode request, long usedTokens) {
        ObjectNode rest = request.deepCopy();
        if (rest.path("messages") instanceof ArrayNode messages) {
            messages.add(Json.object().put("role", "assistant").put("content", text));
        }
        for (String limit : LIMITS) {
            if (rest.path(limit).canConvertToLong() && rest.path(limit).isIntegralNumber()) {
                rest.put(limit, Math.max(1, rest.path(limit).longValue() - usedTokens));
            }
        }
        return rest;
    }

    /** Takes out of a chunk the white space that the client has already. */
    void fit(ObjectNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("delta") instanceof ObjectNode delta
                    && delta.path("content").isTextual()
                    && !blank.isEmpty()) {
                String content = delta.path("content").textValue();
                int same = 0;
                while (same < Math.min(blank.length(), content.length())
                        && blank.charAt(same) == content.charAt(same)) {
                    same++;
                }
                delta.put("content", content.substring(same));
                blank = same == content.length() ? blank.substring(same) : "";
            }
        }
    }
}
