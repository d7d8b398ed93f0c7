package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.util.List;
import java.util.function.Consumer;

/** The tools of a chat, the choice between them, and JSON schemas, in Anthropic's words. */
final class AnthropicTools {

    private AnthropicTools() {}

    /**
     * Writes {@code tools} and {@code tool_choice}; the latter only where there are tools, without which it is refused.
     *
     * @param forced whether the model can be made to call a tool
     */
    static void write(ObjectNode request, ObjectNode wire, boolean forced, Consumer<String> unsupported) {
        JsonNode given = request.path("tools");
        ArrayNode tools = Json.MAPPER.createArrayNode();
        for (int i = 0; i < given.size(); i++) {
            JsonNode tool = given.get(i);
            if (tool.path("function").isObject()) {
                tools.add(function((ObjectNode) tool));
            } else if (tool.path("name").isTextual() || tool.has("mcp_server_name")) {
                tools.add(tool); // a tool of Anthropic's own
            } else {
                unsupported.accept("tools[" + i + "]");
            }
        }
        if (tools.isEmpty()) {
            return;
        }
        wire.set("tools", tools);
        ObjectNode choice = choice(request.path("tool_choice"), forced, unsupported);
        boolean oneAtATime = request.path("parallel_tool_calls").isBoolean()
                && !request.path("parallel_tool_calls").booleanValue();
        if (oneAtATime && choice == null) {
            choice = type("auto");
        }
        if (oneAtATime && !choice.path("type").asText().equals("none")) {
            choice.put("disable_parallel_tool_use", true);
        }
        if (choice != null) {
            wire.set("tool_choice", choice);
        }
    }

    private static ObjectNode function(ObjectNode tool) {
        JsonNode function = tool.get("function");
        ObjectNode wire = Json.object();
        wire.set("name", function.path("name"));
        if (function.path("description").isTextual()) {
            wire.set("description", function.get("description"));
        }
        ObjectNode schema =
                function.path("parameters") instanceof ObjectNode parameters ? parameters.deepCopy() : Json.object();
        if (!schema.has("type")) {
            schema.put("type", "object");
        }
        wire.set("input_schema", schema);
        if (function.path("strict").booleanValue()) {
            wire.put("strict", true);
        }
        if (function.has("cache_control")) {
            wire.set("cache_control", function.get("cache_control"));
        }
        ObjectNode more = tool.deepCopy(); // what Anthropic's clients say of a tool beyond OpenAI's words
        wire.setAll(more.remove(List.of("type", "function", "extra_content")));
        return wire;
    }

    private static ObjectNode choice(JsonNode choice, boolean forced, Consumer<String> unsupported) {
        String type =
                choice.isTextual() ? choice.textValue() : choice.path("type").asText("");
        switch (type) {
            case "":
                return null;
            case "auto", "none":
                return type(type);
            case "required", "function":
                if (!forced) {
                    break;
                }
                return type.equals("required")
                        ? type("any")
                        : type("tool")
                                .put(
                                        "name",
                                        choice.path("function").path("name").asText());
            default:
                break;
        }
        unsupported.accept("tool_choice");
        return null;
    }

    private static ObjectNode type(String type) {
        return Json.object().put("type", type);
    }

    /** The schema with every object closed that does not say whether it is: Anthropic wants them closed. */
    static JsonNode closed(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        close(copy);
        return copy;
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("type").asText().equals("object")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        for (String named : new String[] {"properties", "$defs", "definitions"}) {
            schema.path(named).forEach(AnthropicTools::close);
        }
        for (String list : new String[] {"anyOf", "allOf", "oneOf"}) {
            schema.path(list).forEach(AnthropicTools::close);
        }
        if (schema.path("items").isObject()) {
            close(schema.get("items"));
        }
    }
}
