package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.TokenEstimate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the simulator says to a request: text, JSON for a required schema, or a call of a required tool.
 *
 * @param text what it says; null when it calls a tool
 * @param tool the tool it calls; null when it says something
 * @param arguments the tool's arguments, as JSON text; null likewise
 */
record SimulatedReply(String text, String tool, String arguments) {

    private static final String PREAMBLE =
            "This is the simulator of camel-llm-gateway, not a language model. You said: ";
    private static final int MAX_ECHO = 2000;

    static SimulatedReply to(ObjectNode request) {
        JsonNode tool = requiredTool(request);
        if (tool != null) {
            JsonNode arguments = SchemaSample.of(tool.path("parameters"));
            return new SimulatedReply(null, tool.path("name").asText(), text(arguments));
        }
        JsonNode format = request.path("response_format");
        return switch (format.path("type").asText("")) {
            case "json_schema" ->
                new SimulatedReply(
                        text(SchemaSample.of(format.path("json_schema").path("schema"))), null, null);
            case "json_object" -> new SimulatedReply(text(Json.object().put("simulated", true)), null, null);
            default -> new SimulatedReply(PREAMBLE + lastUserText(request), null, null);
        };
    }

    String finishReason() {
        return tool == null ? "stop" : "tool_calls";
    }

    long tokens() {
        return TokenEstimate.ofText(tool == null ? text : tool + arguments);
    }

    ObjectNode message() {
        ObjectNode message = Json.object().put("role", "assistant").put("content", text);
        message.putNull("refusal");
        if (tool != null) {
            message.putArray("tool_calls").add(toolCall(arguments));
        }
        return message;
    }

    /** The pieces of the message, a word or so each; the first names the role. */
    List<ObjectNode> deltas() {
        List<ObjectNode> deltas = new ArrayList<>();
        if (tool != null) {
            ObjectNode opening = Json.object().put("role", "assistant").putNull("content");
            opening.putArray("tool_calls").add(toolCall("").put("index", 0));
            deltas.add(opening);
            for (String piece : pieces(arguments)) {
                ObjectNode delta = Json.object();
                ObjectNode call = delta.putArray("tool_calls").addObject().put("index", 0);
                call.putObject("function").put("arguments", piece);
                deltas.add(delta);
            }
            return deltas;
        }
        deltas.add(Json.object().put("role", "assistant").put("content", ""));
        for (String piece : pieces(text)) {
            deltas.add(Json.object().put("content", piece));
        }
        return deltas;
    }

    private ObjectNode toolCall(String withArguments) {
        ObjectNode call = Json.object().put("id", "call_simulated").put("type", "function");
        call.putObject("function").put("name", tool).put("arguments", withArguments);
        return call;
    }

    private static String text(JsonNode json) {
        return new String(Json.write(json), StandardCharsets.UTF_8);
    }

    private static JsonNode requiredTool(ObjectNode request) {
        JsonNode choice = request.path("tool_choice");
        JsonNode tools = request.path("tools");
        if (choice.isObject()) {
            String name = choice.path("function").path("name").asText();
            for (JsonNode tool : tools) {
                if (tool.path("function").path("name").asText().equals(name)) {
                    return tool.path("function");
                }
            }
            return null;
        }
        boolean required = choice.asText("").equals("required") && !tools.isEmpty();
        return required ? tools.path(0).path("function") : null;
    }

    private static String lastUserText(ObjectNode request) {
        JsonNode messages = request.path("messages");
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.path(i).path("role").asText().equals("user")) {
                String said = textOf(messages.path(i).path("content"));
                return said.length() > MAX_ECHO ? cut(said) : said;
            }
        }
        return "nothing";
    }

    private static String cut(String text) {
        int end = Character.isHighSurrogate(text.charAt(MAX_ECHO - 1)) ? MAX_ECHO - 1 : MAX_ECHO;
        return text.substring(0, end) + "…";
    }

    private static String textOf(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            String type = part.path("type").asText();
            text.append(text.isEmpty() ? "" : " ")
                    .append(type.equals("text") ? part.path("text").asText() : "[" + type + "]");
        }
        return text.toString();
    }

    /** Words with the space that follows them. */
    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ' ') {
                pieces.add(text.substring(start, i + 1));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            pieces.add(text.substring(start));
        }
        return pieces;
    }

    /** A value that satisfies the types, required properties and enumerations of a JSON schema. */
    static final class SchemaSample {
        private static final int MAX_DEPTH = 16;
        private static final int MAX_VALUES = 1000;

        private final JsonNode root;
        private int values;

        private SchemaSample(JsonNode root) {
            this.root = root;
        }

        static JsonNode of(JsonNode schema) {
            return new SchemaSample(schema).of(schema, 0);
        }

        /** Bounded in depth and number: a schema that refers to itself from many properties would never come to an end. */
        private JsonNode of(JsonNode schema, int depth) {
            JsonNodeFactory json = JsonNodeFactory.instance;
            if (++values > MAX_VALUES || depth > MAX_DEPTH) {
                return json.nullNode();
            }
            if (schema.has("$ref")) {
                return of(target(schema.path("$ref").asText()), depth + 1);
            }
            if (schema.has("const")) {
                return schema.path("const");
            }
            if (schema.path("enum").size() > 0) {
                return schema.path("enum").path(0);
            }
            for (String either : List.of("anyOf", "oneOf", "allOf")) {
                if (schema.path(either).size() > 0) {
                    return of(schema.path(either).path(0), depth + 1);
                }
            }
            JsonNode type = schema.path("type");
            return switch (type.isArray() ? type.path(0).asText() : type.asText("object")) {
                case "string" -> json.textNode("simulated");
                case "integer" -> json.numberNode(schema.path("minimum").asLong(1));
                case "number" -> json.numberNode(schema.path("minimum").asDouble(1.5));
                case "boolean" -> json.booleanNode(true);
                case "null" -> json.nullNode();
                case "array" -> json.arrayNode().add(of(schema.path("items"), depth + 1));
                default -> {
                    ObjectNode object = json.objectNode();
                    for (var property : schema.path("properties").properties()) {
                        if (values >= MAX_VALUES) {
                            break;
                        }
                        object.set(property.getKey(), of(property.getValue(), depth + 1));
                    }
                    yield object;
                }
            };
        }

        private JsonNode target(String ref) {
            String pointer = ref.startsWith("#") ? ref.substring(1) : ref;
            if (pointer.isEmpty()) {
                return root;
            }
            return pointer.startsWith("/") ? root.at(pointer) : MissingNode.getInstance();
        }
    }
}
