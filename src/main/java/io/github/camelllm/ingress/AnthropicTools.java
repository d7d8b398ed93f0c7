package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;

/**
 * Anthropic's tools as OpenAI's functions. What a tool says beyond name, description, schema and {@code strict} (its
 * {@code cache_control}) stands on the tool, beside {@code function}. A tool of Anthropic's own stays as it is.
 */
final class AnthropicTools {

    private AnthropicTools() {}

    static void read(Place request, ObjectNode tree) {
        JsonNode tools = request.optionalArray("tools", "an array of tools");
        if (tools != null && !tools.isEmpty()) {
            ArrayNode functions = tree.putArray("tools");
            for (int i = 0; i < tools.size(); i++) {
                functions.add(tool(Place.of(tools.get(i), "tools[" + i + "]", "an object with name and input_schema")));
            }
        }
        if (request.has("tool_choice")) {
            choice(request.child("tool_choice", "an object with a type"), tree);
        }
    }

    private static ObjectNode tool(Place tool) {
        if (tool.has("type")
                && !tool.string("type", "the type of the tool, as a string").equals("custom")) {
            return tool.object(); // it runs at Anthropic, or its models know it
        }
        ObjectNode result = Json.object().put("type", "function");
        ObjectNode function = result.putObject("function");
        function.put("name", tool.string("name", "the name of the tool, as a string"));
        ObjectNode schema =
                tool.child("input_schema", "a JSON schema, as an object").object();
        tool.object().properties().forEach(field -> {
            switch (field.getKey()) {
                case "type", "name" -> {
                    // said above
                }
                case "input_schema" -> function.set("parameters", schema);
                case "description", "strict" -> function.set(field.getKey(), field.getValue());
                default -> result.set(field.getKey(), field.getValue());
            }
        });
        return result;
    }

    private static void choice(Place choice, ObjectNode tree) {
        String expected = "one of auto, any, tool, none";
        switch (choice.string("type", expected)) {
            case "auto" -> tree.put("tool_choice", "auto");
            case "any" -> tree.put("tool_choice", "required");
            case "none" -> tree.put("tool_choice", "none");
            case "tool" ->
                tree.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", choice.string("name", "the name of a tool, as a string"));
            default -> throw choice.unknown("type", expected);
        }
        JsonNode disabled = choice.get("disable_parallel_tool_use");
        if (disabled != null && !disabled.isBoolean()) {
            throw Place.wrong(choice.at("disable_parallel_tool_use"), disabled, "true or false");
        }
        if (disabled != null && disabled.booleanValue()) {
            tree.put("parallel_tool_calls", false);
        }
    }
}
