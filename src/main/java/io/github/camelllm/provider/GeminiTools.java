package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The tools that a request offers, and which of them it wants called, in Gemini's words. */
final class GeminiTools {

    private static final Set<String> TOOL_FIELDS = Set.of("type", "function", "cache_control");
    private static final Set<String> FUNCTION_FIELDS = Set.of("name", "description", "parameters", "strict");

    private final Call call;
    private final Consumer<String> unsupported;

    GeminiTools(Call call, Consumer<String> unsupported) {
        this.call = call;
        this.unsupported = unsupported;
    }

    /** Sets {@code tools} and {@code toolConfig} where the request has them. */
    void write(JsonNode request, ObjectNode wire) {
        ArrayNode declarations = Json.MAPPER.createArrayNode();
        JsonNode tools = request.path("tools");
        for (int i = 0; i < tools.size(); i++) {
            tool("tools[" + i + "]", tools.get(i), declarations);
        }
        if (!declarations.isEmpty()) {
            wire.putArray("tools").addObject().set("functionDeclarations", declarations);
        }
        choice(request.path("tool_choice"), wire);
    }

    private void tool(String where, JsonNode tool, ArrayNode declarations) {
        JsonNode function = tool.path("function");
        if (!tool.path("type").asText("function").equals("function") || !function.isObject()) {
            unsupported.accept(where + ".type");
            return;
        }
        GeminiContents.refuseOthers(where, tool, TOOL_FIELDS, unsupported);
        GeminiContents.refuseOthers(where + ".function", function, FUNCTION_FIELDS, unsupported);
        GeminiContents.warn(call, tool, "cache_control");
        if (function.path("strict").asBoolean()) {
            call.warn("strict of tools left out for " + call.getModel());
        }
        ObjectNode declaration = declarations.addObject();
        declaration.set("name", function.path("name"));
        if (function.path("description").isTextual()) {
            declaration.set("description", function.path("description"));
        }
        JsonNode parameters = function.path("parameters");
        if (parameters.isObject() && !saysNothing(parameters)) {
            declaration.set("parametersJsonSchema", parameters);
        }
    }

    /** The schema of a function without parameters, which Gemini wants left out. */
    private static boolean saysNothing(JsonNode schema) {
        return schema.isEmpty()
                || schema.path("type").asText("").equals("object")
                        && schema.path("properties").isEmpty()
                        && !schema.has("$ref")
                        && !schema.has("anyOf")
                        && !schema.has("oneOf")
                        && !schema.has("allOf")
                        && !schema.has("patternProperties")
                        && !schema.path("additionalProperties").asBoolean()
                        && !schema.path("additionalProperties").isObject();
    }

    private void choice(JsonNode choice, ObjectNode wire) {
        if (choice.isMissingNode() || choice.isNull()) {
            return;
        }
        switch (choice.isTextual() ? choice.textValue() : choice.path("type").asText("")) {
            case "auto" -> mode(wire, "AUTO", List.of());
            case "none" -> mode(wire, "NONE", List.of());
            case "required" -> mode(wire, "ANY", List.of());
            case "function" ->
                mode(wire, "ANY", List.of(choice.path("function").path("name").asText()));
            case "allowed_tools" -> allowed(choice.path("allowed_tools"), wire);
            default -> unsupported.accept("tool_choice");
        }
    }

    private void allowed(JsonNode allowed, ObjectNode wire) {
        if (!allowed.path("mode").asText("").equals("required")) {
            unsupported.accept("tool_choice"); // Gemini takes names together with ANY alone
            return;
        }
        List<String> names = new ArrayList<>();
        for (JsonNode tool : allowed.path("tools")) {
            names.add(tool.path("function").path("name").asText());
        }
        mode(wire, "ANY", names);
    }

    private static void mode(ObjectNode wire, String mode, List<String> names) {
        ObjectNode calling =
                wire.putObject("toolConfig").putObject("functionCallingConfig").put("mode", mode);
        if (!names.isEmpty()) {
            ArrayNode list = calling.putArray("allowedFunctionNames");
            names.forEach(list::add);
        }
    }
}
