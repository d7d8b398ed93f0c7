package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Usage;
import java.util.ArrayList;
import java.util.List;

/** Fits the chunks of one answer into another. */
final class Chunks {

    private static final List<String> OF_THE_ANSWER = List.of("id", "created", "object", "system_fingerprint");

    private Chunks() {}

    /**
     * Makes a chunk a part of the answer that began with another.
     *
     * @param first the first chunk of the answer
     * @param chunk is changed
     * @param usage what the whole answer has used, in the place of what the chunk reports
     * @return false when nothing is left to be told
     */
    static boolean join(JsonNode first, ObjectNode chunk, Usage usage) {
        for (String field : OF_THE_ANSWER) {
            if (first.has(field)) {
                chunk.set(field, first.get(field));
            } else {
                chunk.remove(field);
            }
        }
        if (usage != null && chunk.path("usage") instanceof ObjectNode told) {
            told.put("prompt_tokens", usage.inputTokens());
            told.put("completion_tokens", usage.outputTokens());
            told.put("total_tokens", usage.totalTokens());
        }
        boolean tells = chunk.path("usage").isObject();
        for (JsonNode choice : chunk.path("choices")) {
            tells |= choice.path("finish_reason").isTextual();
            if (choice.path("delta") instanceof ObjectNode delta) {
                tells |= keepAnswer(delta);
            }
        }
        return tells;
    }

    /** The client has been told the role, and has seen the reasoning that led to what it has. */
    private static boolean keepAnswer(ObjectNode delta) {
        delta.remove("role");
        List<String> reasoning = new ArrayList<>();
        delta.fieldNames().forEachRemaining(field -> {
            if (Delivered.isReasoning(field)) {
                reasoning.add(field);
            }
        });
        delta.remove(reasoning);
        for (JsonNode part : delta) {
            if (part.isContainerNode()
                    ? !part.isEmpty()
                    : part.isTextual() && !part.textValue().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a chunk ends a choice. */
    static boolean isLast(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("finish_reason").isTextual()) {
                return true;
            }
        }
        return false;
    }
}
