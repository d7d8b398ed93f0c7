package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request of an Anthropic client says beyond OpenAI's words, and where the tree keeps it for a model that
 * understands it: top-level fields by their own names ({@code thinking}, {@code top_k}, {@code metadata}, {@code
 * output_config}, ...); {@code cache_control} on content parts, tools, tool calls and tool messages; {@code is_error} on a
 * tool message; {@code title}, {@code context} and {@code citations} on a document's part; {@code thinking_blocks} on an
 * assistant's message, as they came. Answers and deltas carry {@code thinking_blocks} likewise; in a stream each is a
 * piece of a block, told apart by its {@code type}, and a {@code signature} ends the block.
 */
public final class AnthropicWords {

    /** Fields of the request that no other dialect has, or that mean something else there. */
    private static final List<String> FIELDS = List.of(
            "thinking",
            "top_k",
            "metadata",
            "output_config",
            "output_format",
            "cache_control",
            "service_tier",
            "container",
            "context_management",
            "mcp_servers",
            "inference_geo",
            "speed");

    /** Those without which the answer is another one, or comes from where it must not; the rest tune it. */
    private static final List<String> DEMANDS = List.of("container", "mcp_servers", "inference_geo");

    private static final List<String> OF_MESSAGES = List.of("cache_control", "is_error", "thinking_blocks");
    private static final List<String> OF_PARTS = List.of("cache_control", "title", "context", "citations");

    private AnthropicWords() {}

    /**
     * Takes all of it out of an object that is going to a model of OpenAI's dialect. A tool's failure becomes text. The
     * object is changed, what it holds is not: it is shared with the request.
     *
     * @return the names of the request's fields that were dropped
     */
    public static List<String> drop(ObjectNode wire) {
        List<String> dropped = new ArrayList<>();
        for (String field : FIELDS) {
            JsonNode value = wire.remove(field);
            if (value != null && !value.isNull() && !isTranslated(field, value)) {
                dropped.add(field);
            }
        }
        if (wire.path("messages") instanceof ArrayNode messages) {
            ArrayNode plain = JsonNodeFactory.instance.arrayNode(messages.size());
            messages.forEach(message -> plain.add(message(message)));
            wire.set("messages", plain);
        }
        if (wire.path("tools") instanceof ArrayNode tools) {
            ArrayNode plain = JsonNodeFactory.instance.arrayNode(tools.size());
            for (JsonNode tool : tools) {
                plain.add(tool instanceof ObjectNode object ? copy(object).retain("type", "function") : tool);
            }
            wire.set("tools", plain);
        }
        return dropped;
    }

    /** Whether a client that asked for this field is not served without it. */
    public static boolean isDemand(String field) {
        return DEMANDS.contains(field);
    }

    /** A format alone stands in {@code response_format} as well. */
    private static boolean isTranslated(String field, JsonNode value) {
        return field.equals("output_format")
                || field.equals("output_config") && value.has("format") && value.size() == 1;
    }

    private static JsonNode message(JsonNode node) {
        if (!(node instanceof ObjectNode message)) {
            return node;
        }
        ObjectNode plain = copy(message).remove(OF_MESSAGES);
        if (message.path("content") instanceof ArrayNode parts) {
            plain.set("content", each(parts, OF_PARTS));
        }
        if (message.path("tool_calls") instanceof ArrayNode calls) {
            plain.set("tool_calls", each(calls, OF_MESSAGES));
        }
        if (message.path("is_error").booleanValue()) {
            fail(plain);
        }
        return plain;
    }

    private static void fail(ObjectNode toolMessage) {
        String failed = "The tool failed.";
        if (toolMessage.path("content") instanceof ArrayNode parts) {
            parts.insertObject(0).put("type", "text").put("text", failed);
        } else {
            String text = toolMessage.path("content").asText("");
            toolMessage.put("content", text.isEmpty() ? failed : failed + "\n" + text);
        }
    }

    private static ArrayNode each(ArrayNode nodes, List<String> names) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode(nodes.size());
        for (JsonNode node : nodes) {
            result.add(node instanceof ObjectNode object ? copy(object).remove(names) : node);
        }
        return result;
    }

    private static ObjectNode copy(ObjectNode object) {
        return JsonNodeFactory.instance.objectNode().setAll(object);
    }
}
