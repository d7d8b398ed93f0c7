package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the events of a stream together to the answer that it would have been. Gives up, and remembers nothing more, at the
 * first thing that it does not know how to put together. Its listener is one thread at a time.
 */
final class Collected {

    private static final Set<String> TOOL_CALL =
            Set.of("index", "id", "type", "function", AnthropicWords.NATIVE_FIELDS);

    private final long mostCharacters;
    private final Map<Integer, Choice> choices = new TreeMap<>();
    private ObjectNode head;
    private JsonNode usage;
    private long characters;
    private boolean failed;

    /** One choice so far. */
    private static final class Choice {
        private final Map<String, StringBuilder> texts = new TreeMap<>();
        private final Map<Integer, ObjectNode> toolCalls = new TreeMap<>();
        private final Map<Integer, StringBuilder> arguments = new TreeMap<>();
        private String finishReason;
    }

    /** @param mostCharacters of texts and arguments, beyond which it gives up */
    Collected(long mostCharacters) {
        this.mostCharacters = mostCharacters;
    }

    /** The next event. Never throws: a stream must not break by being cached. */
    void add(StreamEvent event) {
        if (failed) {
            return;
        }
        try {
            failed = !event.json().isObject() || !isAdded((ObjectNode) event.json()) || characters > mostCharacters;
        } catch (RuntimeException e) {
            failed = true;
        }
        if (failed) {
            choices.clear();
        }
    }

    private boolean isAdded(ObjectNode chunk) {
        if (head == null) {
            head = Json.object();
        }
        for (Iterator<Map.Entry<String, JsonNode>> fields = chunk.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            switch (field.getKey()) {
                case "choices" -> {
                    for (JsonNode choice : field.getValue()) {
                        if (!isAdded(choice)) {
                            return false;
                        }
                    }
                }
                case "usage" -> usage = field.getValue().isObject() ? field.getValue() : usage;
                case "id", "model", "created" -> head.putIfAbsent(field.getKey(), field.getValue());
                case "system_fingerprint", "service_tier" -> head.set(field.getKey(), field.getValue());
                case "object", "obfuscation" -> {
                    // says what the chunk is, or nothing
                }
                case "error" -> {
                    return false;
                }
                default -> head.set(field.getKey(), field.getValue());
            }
        }
        return true;
    }

    private boolean isAdded(JsonNode piece) {
        Choice choice = choices.computeIfAbsent(piece.path("index").asInt(0), index -> new Choice());
        for (Iterator<Map.Entry<String, JsonNode>> fields = piece.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode value = field.getValue();
            boolean empty = value.isNull() || value.isContainerNode() && value.isEmpty();
            switch (field.getKey()) {
                case "index", "delta" -> {
                    // the delta is read below
                }
                case "finish_reason" -> choice.finishReason = empty ? choice.finishReason : value.asText();
                default -> {
                    if (!empty) {
                        return false;
                    }
                }
            }
        }
        for (Iterator<Map.Entry<String, JsonNode>> fields = piece.path("delta").fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (!isAdded(choice, field.getKey(), field.getValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean isAdded(Choice choice, String field, JsonNode value) {
        if (value.isNull() || value.isContainerNode() && value.isEmpty()) {
            return true;
        }
        switch (field) {
            case "role" -> {
                return "assistant".equals(value.textValue());
            }
            case "content", "refusal", "reasoning_content", "reasoning" -> {
                if (value.isTextual()) {
                    characters += value.textValue().length();
                    choice.texts
                            .computeIfAbsent(field, name -> new StringBuilder())
                            .append(value.textValue());
                }
                return value.isTextual();
            }
            case "tool_calls" -> {
                for (JsonNode piece : value) {
                    if (!isAddedToolCall(choice, piece)) {
                        return false;
                    }
                }
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private boolean isAddedToolCall(Choice choice, JsonNode piece) {
        for (Iterator<String> names = piece.fieldNames(); names.hasNext(); ) {
            if (!TOOL_CALL.contains(names.next())) {
                return false;
            }
        }
        int index = piece.path("index").asInt(0);
        ObjectNode call = choice.toolCalls.computeIfAbsent(index, number -> {
            ObjectNode begun = Json.object().put("id", "").put("type", "function");
            begun.putObject("function").put("name", "").put("arguments", "");
            return begun;
        });
        JsonNode function = piece.path("function");
        if (piece.path("id").isTextual() && !piece.path("id").textValue().isEmpty()) {
            call.set("id", piece.path("id"));
        }
        if (function.path("name").isTextual()
                && !function.path("name").textValue().isEmpty()) {
            ((ObjectNode) call.path("function")).set("name", function.path("name"));
        }
        if (piece.has(AnthropicWords.NATIVE_FIELDS)) {
            call.set(AnthropicWords.NATIVE_FIELDS, piece.get(AnthropicWords.NATIVE_FIELDS));
        }
        String arguments = function.path("arguments").asText("");
        characters += arguments.length();
        choice.arguments.computeIfAbsent(index, number -> new StringBuilder()).append(arguments);
        return true;
    }

    /** The answer; empty when it cannot be told from the events. */
    Optional<ObjectNode> answer(Call call) {
        if (failed || head == null || choices.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode answer = Json.object();
        answer.set("id", head.remove("id"));
        answer.put("object", "chat.completion");
        answer.setAll(head);
        ArrayNode list = answer.putArray("choices");
        for (Map.Entry<Integer, Choice> entry : choices.entrySet()) {
            ObjectNode choice = list.addObject().put("index", entry.getKey());
            choice.set("message", message(entry.getValue()));
            choice.put("finish_reason", entry.getValue().finishReason);
        }
        if (usage != null) {
            answer.set("usage", usage);
        } else if (call.getUsage() != null) {
            answer.set("usage", Completion.usage(call.getUsage()));
        }
        return Optional.of(answer);
    }

    private static ObjectNode message(Choice choice) {
        ObjectNode message = Json.object().put("role", "assistant");
        message.putNull("content");
        choice.texts.forEach((field, text) -> message.put(field, text.toString()));
        if (!choice.toolCalls.isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            choice.toolCalls.forEach((index, call) -> {
                ((ObjectNode) call.path("function"))
                        .put("arguments", choice.arguments.get(index).toString());
                calls.add(call);
            });
        }
        return message;
    }
}
