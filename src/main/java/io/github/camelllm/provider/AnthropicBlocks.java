package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The content blocks of a streamed answer, each piece as the delta of a chat completion chunk. */
final class AnthropicBlocks {

    private static final Set<String> TEXT = Set.of("type", "text", "citations");
    private static final Set<String> THINKING = Set.of("type", "thinking", "signature");

    private final Call call;
    private final Map<Integer, Block> open = new HashMap<>();
    private String lastType = "";
    private int begun;
    private int calls;

    /** One block; {@code text} gathers its thinking, or the input of {@code own} that is no client's to run; {@code tool} is the index of its tool call. */
    private static final class Block {
        private String type;
        private int tool;
        private boolean arguments;
        private final StringBuilder text = new StringBuilder();
        private String signature;
        private JsonNode own;
    }

    AnthropicBlocks(Call call) {
        this.call = call;
    }

    /** How many blocks have begun. */
    int begun() {
        return begun;
    }

    /** How many of them are tool calls. */
    int calls() {
        return calls;
    }

    /** The delta of a {@code content_block_start}; null when there is nothing to say. */
    ObjectNode start(JsonNode event) {
        JsonNode given = event.path("content_block");
        Block block = block(event);
        block.type = given.path("type").asText();
        String before = lastType;
        lastType = block.type;
        switch (block.type) {
            case "tool_use" -> {
                block.tool = calls++;
                JsonNode input = given.path("input");
                block.arguments = !input.isEmpty();
                ObjectNode toolCall = AnthropicAnswer.toolCall(
                                given.path("id").asText(),
                                given.path("name").asText(),
                                block.arguments ? input.toString() : "")
                        .put("index", block.tool);
                return toolCall(AnthropicAnswer.keepNative(call, given, toolCall));
            }
            case "redacted_thinking" -> {
                return thought(given);
            }
            case "thinking" -> {
                return begun(THINKING, given, thinking(block, given.path("thinking")), before);
            }
            case "text" -> {
                ObjectNode text = content(given.path("text"));
                if (given.path("citations").isArray()) {
                    text = (text == null ? Json.object() : text).set("citations", given.get("citations"));
                }
                return begun(TEXT, given, text, before);
            }
            default -> { // a tool of the provider's own
                block.own = given.deepCopy();
                return null;
            }
        }
    }

    /** The same of a {@code content_block_delta}. */
    ObjectNode delta(JsonNode event) {
        JsonNode delta = event.path("delta");
        Block block = block(event);
        switch (delta.path("type").asText()) {
            case "text_delta" -> {
                return content(delta.path("text"));
            }
            case "thinking_delta" -> {
                return thinking(block, delta.path("thinking"));
            }
            case "citations_delta" -> {
                ObjectNode cited = Json.object();
                cited.putArray("citations").add(delta.path("citation"));
                return cited;
            }
            case "signature_delta" -> {
                block.signature = delta.path("signature").asText();
                return null;
            }
            case "input_json_delta" -> {
                JsonNode piece = delta.path("partial_json");
                return arguments(block, piece.isContainerNode() ? piece.toString() : piece.asText(""));
            }
            default -> {
                if (block.own instanceof ObjectNode own) {
                    add(delta, own);
                } else if (call.getRequest().translated() && delta.isObject()) {
                    return Json.object().set(AnthropicWords.NATIVE_DELTA, delta);
                }
                return null;
            }
        }
    }

    /** Says that a block begins, where its client would not see it otherwise: there is one before it, or it says more. */
    private ObjectNode begun(Set<String> known, JsonNode given, ObjectNode delta, String before) {
        ObjectNode others = NativeFields.beyond(known, given);
        boolean again = before.equals(given.path("type").asText())
                && !given.path("citations").isArray();
        if (!call.getRequest().translated() || others.isEmpty() && !again) {
            return delta;
        }
        ObjectNode block = Json.object().set("type", given.path("type"));
        block.setAll(others);
        return (delta == null ? Json.object() : delta).set(AnthropicWords.NATIVE_BLOCK, block);
    }

    /** Adds a piece of an unknown type to a block of an unknown type: texts and arrays grow, anything else is replaced. */
    private static void add(JsonNode delta, ObjectNode own) {
        delta.properties().forEach(field -> {
            JsonNode there = own.path(field.getKey());
            JsonNode more = field.getValue();
            if (field.getKey().equals("type")) {
                return; // the delta's
            }
            if (there.isTextual() && more.isTextual()) {
                own.put(field.getKey(), there.textValue() + more.textValue());
            } else if (there instanceof ArrayNode list && more instanceof ArrayNode items) {
                list.addAll(items);
            } else {
                own.set(field.getKey(), more);
            }
        });
    }

    /** The same of a {@code content_block_stop}. */
    ObjectNode stop(JsonNode event) {
        Block block = open.remove(event.path("index").asInt(0));
        if (block == null) {
            return null;
        }
        if ("tool_use".equals(block.type) && !block.arguments) {
            return arguments(block, "{}"); // a call without arguments streams none, which is no JSON
        }
        if (block.own instanceof ObjectNode own) {
            return thought(own(block, own));
        }
        return block.signature == null
                ? null
                : thought(Json.object()
                        .put("type", "thinking")
                        .put("thinking", block.text.toString())
                        .put("signature", block.signature));
    }

    private ObjectNode own(Block block, ObjectNode own) {
        if (!block.text.isEmpty()) {
            try {
                own.set("input", Json.read(block.text.toString().getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw Refusals.badAnswer(call.getModel(), "a " + block.type + " whose input is no JSON");
            }
        }
        return own;
    }

    private Block block(JsonNode event) {
        return open.computeIfAbsent(event.path("index").asInt(0), index -> {
            begun++;
            return new Block();
        });
    }

    private ObjectNode arguments(Block block, String piece) {
        if (block.type == null) {
            throw Refusals.brokenOff(
                    call.getModel(), "sent a part of a tool call alone", "its content_block_start is missing");
        }
        if (block.own != null) {
            block.text.append(piece);
        }
        if (!block.type.equals("tool_use") || piece.isEmpty()) {
            return null;
        }
        block.arguments = true;
        ObjectNode toolCall = Json.object().put("index", block.tool);
        toolCall.putObject("function").put("arguments", piece);
        return toolCall(toolCall);
    }

    private static ObjectNode toolCall(ObjectNode toolCall) {
        ObjectNode delta = Json.object();
        delta.putArray("tool_calls").add(toolCall);
        return delta;
    }

    private static ObjectNode thought(JsonNode thought) {
        ObjectNode delta = Json.object();
        delta.putArray("thinking_blocks").add(thought);
        return delta;
    }

    private static ObjectNode thinking(Block block, JsonNode text) {
        block.text.append(text.asText(""));
        return said("reasoning_content", text);
    }

    private static ObjectNode content(JsonNode text) {
        return said("content", text);
    }

    private static ObjectNode said(String field, JsonNode text) {
        return text.asText("").isEmpty() ? null : Json.object().put(field, text.asText());
    }
}
