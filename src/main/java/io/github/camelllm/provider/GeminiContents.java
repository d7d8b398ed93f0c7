package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The messages of a request as Gemini's {@code systemInstruction} and {@code contents}. */
final class GeminiContents {

    /** Stands for the signature of a call that no Gemini model made: Google's documentation names it for that. */
    private static final String NO_SIGNATURE = "skip_thought_signature_validator";

    private static final Set<String> MESSAGE_FIELDS = Set.of(
            "role",
            "content",
            "name",
            "refusal",
            "tool_calls",
            "tool_call_id",
            "reasoning_content",
            "reasoning",
            "reasoning_details",
            "annotations",
            "thinking_blocks",
            "cache_control",
            "extra_content");
    private static final Set<String> CALL_FIELDS =
            Set.of("id", "type", "index", "function", "extra_content", "cache_control");

    private final Call call;
    private final Consumer<String> unsupported;
    private final boolean signatures;
    private final GeminiParts parts;
    private final ArrayNode contents = Json.MAPPER.createArrayNode();
    private final ArrayNode instruction = Json.MAPPER.createArrayNode();
    private final ArrayNode late = Json.MAPPER.createArrayNode();
    private final Map<String, String> functions = new HashMap<>();

    /**
     * @param unsupported told each field that has no counterpart; returns when it is to be left out
     * @param signatures whether a function call without the signature of its thought would be refused
     */
    GeminiContents(Call call, Consumer<String> unsupported, boolean signatures) {
        this.call = call;
        this.unsupported = unsupported;
        this.signatures = signatures;
        this.parts = new GeminiParts(call, unsupported);
    }

    /** Sets {@code systemInstruction} and {@code contents}. */
    void write(JsonNode messages, ObjectNode wire) {
        for (int i = 0; i < messages.size(); i++) {
            message("messages[" + i + "]", messages.get(i));
        }
        sayLate();
        if (contents.isEmpty() && !instruction.isEmpty()) { // Gemini answers nothing but contents
            contents.addObject().put("role", "user").set("parts", instruction);
        } else if (!instruction.isEmpty()) {
            wire.putObject("systemInstruction").set("parts", instruction);
        }
        wire.set("contents", contents);
    }

    private void message(String where, JsonNode message) {
        refuseOthers(where, message, MESSAGE_FIELDS, unsupported);
        for (String hint : new String[] {"name", "cache_control", "thinking_blocks"}) {
            warn(call, message, hint);
        }
        if (!message.path("role").asText("").equals("assistant")
                || signature(message).isMissingNode()) {
            warn(call, message, "extra_content");
        }
        switch (message.path("role").asText("")) {
            case "system", "developer" -> {
                if (contents.isEmpty()) {
                    parts.write(where + ".content", message.path("content"), instruction);
                } else {
                    call.warn("system messages in mid-conversation said as texts of the user to " + call.getModel());
                    parts.write(where + ".content", message.path("content"), late);
                }
            }
            case "user" -> {
                sayLate();
                parts.write(where + ".content", message.path("content"), partsOf("user"));
            }
            case "assistant" -> assistant(where, message);
            case "tool" -> result(where, message, partsOf("user"));
            default -> unsupported.accept(where + ".role");
        }
    }

    /** Gemini has no place for instructions but the front, where they would hold for turns before them. */
    private void sayLate() {
        for (JsonNode part : late) {
            ObjectNode marked = part.deepCopy();
            if (part.path("text").isTextual()) {
                marked.put("text", "<system>\n" + part.get("text").textValue() + "\n</system>");
            }
            partsOf("user").add(marked);
        }
        late.removeAll();
    }

    private void assistant(String where, JsonNode message) {
        sayLate();
        ArrayNode model = partsOf("model");
        int before = model.size();
        parts.write(where + ".content", message.path("content"), model);
        sign(message, before, model);
        if (message.path("refusal").isTextual()) {
            model.addObject().set("text", message.path("refusal"));
        }
        JsonNode calls = message.path("tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            toolCall(where + ".tool_calls[" + i + "]", calls.get(i), i == 0, model);
        }
        if (model.isEmpty()) {
            model.addObject().put("text", "");
        }
    }

    private static JsonNode signature(JsonNode said) {
        return said.path("extra_content").path("google").path("thought_signature");
    }

    /** The last of the message's texts gets the signature of the thought behind it, or one without words does. */
    private static void sign(JsonNode message, int before, ArrayNode model) {
        if (!signature(message).isTextual()) {
            return;
        }
        for (int i = model.size() - 1; i >= before; i--) {
            if (model.get(i) instanceof ObjectNode part && part.has("text")) {
                part.set("thoughtSignature", signature(message));
                return;
            }
        }
        model.addObject().put("text", "").set("thoughtSignature", signature(message));
    }

    private void toolCall(String where, JsonNode toolCall, boolean first, ArrayNode model) {
        if (!toolCall.path("function").isObject()) {
            unsupported.accept(where + ".type");
            return;
        }
        refuseOthers(where, toolCall, CALL_FIELDS, unsupported);
        String id = toolCall.path("id").asText("");
        String name = toolCall.path("function").path("name").asText("");
        functions.put(id, name);
        ObjectNode part = model.addObject();
        ObjectNode functionCall = part.putObject("functionCall");
        if (!id.isEmpty()) {
            functionCall.put("id", id);
        }
        functionCall
                .put("name", name)
                .set("args", arguments(where, toolCall.path("function").path("arguments")));
        JsonNode signature = signature(toolCall);
        if (signature.isTextual()) {
            part.set("thoughtSignature", signature);
        } else if (signatures && first) {
            part.put("thoughtSignature", NO_SIGNATURE);
        }
    }

    private ObjectNode arguments(String where, JsonNode arguments) {
        String text = arguments.asText("");
        if (text.isBlank()) {
            return Json.object();
        }
        if (read(text) instanceof ObjectNode object) {
            return object;
        }
        String param = where + ".function.arguments";
        throw Problem.invalid(
                        param,
                        param + " is no JSON object, and the provider of '" + call.getModel() + "' takes nothing else.")
                .withUpstream(UpstreamFailure.CANNOT);
    }

    private void result(String where, JsonNode message, ArrayNode user) {
        String id = message.path("tool_call_id").asText("");
        String name = functions.get(id);
        if (name == null) {
            String param = where + ".tool_call_id";
            throw Problem.invalid(param, param + " names no tool call of the messages before it.");
        }
        ArrayNode content = Json.MAPPER.createArrayNode();
        parts.write(where + ".content", message.path("content"), content);
        ObjectNode response = user.addObject().putObject("functionResponse");
        response.put("id", id).put("name", name).set("response", wrapped(content));
        content.forEach(
                part -> { // what is no text follows its result
                    if (!part.has("text")) {
                        user.add(part);
                    }
                });
    }

    private static ObjectNode wrapped(ArrayNode content) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(part.path("text").asText(""));
        }
        JsonNode json = read(text.toString());
        if (json instanceof ObjectNode object) {
            return object;
        }
        ObjectNode wrapped = Json.object();
        return json == null ? wrapped.put("result", text.toString()) : wrapped.set("result", json);
    }

    /** Null when the text is no JSON. */
    private static JsonNode read(String text) {
        try {
            JsonNode json = Json.read(text.getBytes(StandardCharsets.UTF_8));
            return json.isMissingNode() ? null : json;
        } catch (IOException e) {
            return null;
        }
    }

    /** The parts of the last content if it is that role's, else of a new one. */
    private ArrayNode partsOf(String role) {
        JsonNode last = contents.path(contents.size() - 1);
        return last.path("role").asText("").equals(role)
                ? (ArrayNode) last.path("parts")
                : contents.addObject().put("role", role).putArray("parts");
    }

    /** Notes in the call's record that the field is left out, if the node has it. */
    static void warn(Call call, JsonNode node, String field) {
        if (node.has(field) && !node.get(field).isNull()) {
            call.tell(field + " left out for " + call.getModel());
        }
    }

    /** Has every field refused that says something and is none of those. */
    static void refuseOthers(String where, JsonNode node, Set<String> known, Consumer<String> unsupported) {
        node.properties().forEach(field -> {
            JsonNode value = field.getValue();
            boolean says = !value.isNull() && (!value.isContainerNode() || !value.isEmpty());
            if (says && !known.contains(field.getKey())) {
                unsupported.accept(where + "." + field.getKey());
            }
        });
    }
}
