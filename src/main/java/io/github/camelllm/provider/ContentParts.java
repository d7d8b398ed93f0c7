package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;

/**
 * The content of an answer that comes in parts, as Mistral's reasoning models and others send it, told in the fields in which
 * every step and client looks for it: texts in {@code content}, thoughts in {@code reasoning_content}, a refusal in {@code
 * refusal}, pictures in {@code images}.
 */
final class ContentParts {

    /** Deeper than any provider nests the texts of a thought. */
    private static final int MAX_DEPTH = 8;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thought = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final ArrayNode images = Json.MAPPER.createArrayNode();

    private ContentParts() {}

    /**
     * Settles a message or a delta.
     *
     * @param delta whether it is one, in which what has no text is left out
     * @return whether anything was changed
     */
    static boolean settle(ObjectNode said, boolean delta) {
        boolean changed = flatten(said, "reasoning_content") | flatten(said, "reasoning") | flatten(said, "refusal");
        JsonNode content = said.path("content");
        if (content.isMissingNode() || content.isNull() || content.isTextual()) {
            return changed;
        }
        ContentParts parts = new ContentParts();
        parts.take(content);
        parts.into(said, delta);
        return true;
    }

    private static boolean flatten(ObjectNode said, String field) {
        JsonNode value = said.path(field);
        if (!value.isContainerNode()) {
            return false;
        }
        said.put(field, textOf(value, 0));
        return true;
    }

    private void take(JsonNode content) {
        if (!content.isArray()) {
            part(content);
            return;
        }
        content.forEach(this::part);
    }

    private void part(JsonNode part) {
        switch (part.path("type").asText("")) {
            case "thinking", "reasoning", "reasoning_content", "reasoning.text" -> thought.append(textOf(part, 0));
            case "refusal" -> refusal.append(textOf(part.path("refusal"), 0));
            case "image_url" -> images.add(part);
            default -> text.append(textOf(part, 0));
        }
    }

    /** The text of a part, however deep it lies: {@code "a"}, {@code {"text":"a"}}, {@code {"thinking":[{"text":"a"}]}}. */
    private static String textOf(JsonNode node, int depth) {
        if (node.isValueNode()) {
            return node.asText("");
        }
        if (depth == MAX_DEPTH) {
            return "";
        }
        if (node.isArray()) {
            StringBuilder all = new StringBuilder();
            node.forEach(one -> all.append(textOf(one, depth + 1)));
            return all.toString();
        }
        for (String field : new String[] {"text", "thinking", "reasoning", "reasoning_content", "content", "value"}) {
            if (node.hasNonNull(field)) {
                return textOf(node.get(field), depth + 1);
            }
        }
        return "";
    }

    private void into(ObjectNode said, boolean delta) {
        if (!text.isEmpty()) {
            said.put("content", text.toString());
        } else if (delta) {
            said.remove("content");
        } else if (said.path("tool_calls").isEmpty()) {
            said.put("content", "");
        } else {
            said.putNull("content");
        }
        boolean isToldTwice = !said.path("reasoning_content").asText("").isEmpty()
                || !said.path("reasoning").asText("").isEmpty();
        if (!thought.isEmpty() && !isToldTwice) {
            said.put("reasoning_content", thought.toString());
        }
        if (!refusal.isEmpty()) {
            said.put("refusal", said.path("refusal").asText("") + refusal);
        }
        if (!images.isEmpty()) {
            said.set("images", images);
        }
    }
}
