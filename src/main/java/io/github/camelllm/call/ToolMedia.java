package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** OpenAI's tool messages hold text alone: what else a tool gave goes to the user's message that follows. */
final class ToolMedia {

    private final ArrayNode result;
    private ArrayNode waiting = JsonNodeFactory.instance.arrayNode();

    private ToolMedia(ArrayNode result) {
        this.result = result;
    }

    /** The same messages, which may be changed. */
    static ArrayNode apart(ArrayNode messages) {
        ToolMedia media = new ToolMedia(JsonNodeFactory.instance.arrayNode(messages.size()));
        for (JsonNode message : messages) {
            media.add(message);
        }
        media.show();
        return media.result;
    }

    private void add(JsonNode message) {
        String role = message.path("role").asText("");
        if (role.equals("tool")) {
            result.add(message);
            if (message.path("content") instanceof ArrayNode parts) {
                textOnly((ObjectNode) message, parts);
            }
            return;
        }
        if (role.equals("user") && !waiting.isEmpty()) {
            JsonNode content = message.path("content");
            if (content instanceof ArrayNode parts) {
                waiting.addAll(parts);
            } else if (!content.asText("").isEmpty()) {
                text(waiting).set("text", content);
            }
            show();
            return;
        }
        show();
        result.add(message);
    }

    private void show() {
        if (!waiting.isEmpty()) {
            result.addObject().put("role", "user").set("content", waiting);
            waiting = JsonNodeFactory.instance.arrayNode();
        }
    }

    private void textOnly(ObjectNode message, ArrayNode parts) {
        ArrayNode texts = JsonNodeFactory.instance.arrayNode();
        ArrayNode others = JsonNodeFactory.instance.arrayNode();
        for (JsonNode part : parts) {
            (part.path("type").asText("").equals("text") ? texts : others).add(part);
        }
        if (!others.isEmpty()) {
            String id = message.path("tool_call_id").asText("");
            text(waiting).put("text", "From the result of tool call " + id + ":");
            waiting.addAll(others);
            if (texts.isEmpty()) {
                text(texts).put("text", "The result is in the next user message.");
            }
        }
        if (texts.isEmpty()) {
            message.put("content", "");
        } else {
            message.set("content", plainest(texts));
        }
    }

    /** One string, which every server takes, unless a text says more. */
    private static JsonNode plainest(ArrayNode texts) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).size() > 2) {
                return texts;
            }
            joined.append(i == 0 ? "" : "\n").append(texts.get(i).path("text").asText(""));
        }
        return TextNode.valueOf(joined.toString());
    }

    private static ObjectNode text(ArrayNode parts) {
        return parts.addObject().put("type", "text");
    }
}
