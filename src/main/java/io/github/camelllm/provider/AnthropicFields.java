package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import java.util.List;

/**
 * Fields beyond OpenAI's own that requests carry for other dialects: hints to Anthropic's models, and what Gemini wants back
 * with its tool calls. They are safe to leave out, but not silently.
 */
final class AnthropicFields {

    private static final List<String> OF_MESSAGES = List.of("cache_control", "thinking_blocks", "extra_content");
    private static final List<String> OF_ITEMS = List.of("cache_control", "extra_content");

    private AnthropicFields() {}

    /** Notes in the call's record that the field is left out, if the node has it. */
    static void warn(Call call, JsonNode node, String field) {
        if (node.has(field) && !node.get(field).isNull()) {
            call.warn(field + " left out for " + call.getModel());
        }
    }

    /** Takes them out of a request, whose messages and tools are copied before they change. */
    static void drop(Call call, ObjectNode wire) {
        if (wire.remove("thinking") != null) {
            call.warn("thinking left out for " + call.getModel());
        }
        if (isIn(wire.path("messages"))) {
            JsonNode messages = wire.path("messages").deepCopy();
            clean(call, messages);
            wire.set("messages", messages);
        }
        if (isIn(wire.path("tools"))) {
            JsonNode tools = wire.path("tools").deepCopy();
            clean(call, tools);
            wire.set("tools", tools);
        }
    }

    private static boolean isIn(JsonNode items) {
        for (JsonNode item : items) {
            if (hasAny(item, OF_MESSAGES)
                    || anyHas(item.path("content"))
                    || anyHas(item.path("tool_calls"))
                    || hasAny(item.path("function"), OF_ITEMS)) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyHas(JsonNode items) {
        if (items.isArray()) {
            for (JsonNode item : items) {
                if (hasAny(item, OF_ITEMS)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean hasAny(JsonNode node, List<String> fields) {
        return node.isObject() && fields.stream().anyMatch(node::has);
    }

    private static void clean(Call call, JsonNode items) {
        for (JsonNode item : items) {
            remove(call, item, OF_MESSAGES);
            item.path("content").forEach(part -> remove(call, part, OF_ITEMS));
            item.path("tool_calls").forEach(toolCall -> remove(call, toolCall, OF_ITEMS));
            remove(call, item.path("function"), OF_ITEMS);
        }
    }

    private static void remove(Call call, JsonNode node, List<String> fields) {
        if (node instanceof ObjectNode object) {
            for (String field : fields) {
                if (object.remove(field) != null) {
                    call.warn(field + " left out for " + call.getModel());
                }
            }
        }
    }
}
