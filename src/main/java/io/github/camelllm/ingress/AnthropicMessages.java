package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.BlockOrder;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Anthropic's messages and system prompt as OpenAI's messages. One message with tool results becomes a tool message for
 * each, then a user message of the rest.
 */
final class AnthropicMessages {

    private static final String ROLES = "one of user, assistant";
    private static final String CONTENT = "a string or an array of content blocks";

    private static final Set<String> MESSAGE = Set.of("role", "content");

    private AnthropicMessages() {}

    static ArrayNode read(Place request) {
        ArrayNode result = Json.MAPPER.createArrayNode();
        if (request.has("system")) {
            ArrayNode system = blocks(request, "system", AnthropicBlocks::text);
            if (!system.isEmpty()) {
                add(result, "system", AnthropicBlocks.simplest(system, "\n"));
            }
        }
        JsonNode messages = request.object().path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw messages.isArray()
                    ? Place.refuse("messages", "an empty array", "a non-empty array of messages")
                    : Place.wrong("messages", messages, "a non-empty array of messages");
        }
        for (int i = 0; i < messages.size(); i++) {
            Place message = Place.of(messages.get(i), "messages[" + i + "]", "an object with role and content");
            int before = result.size();
            switch (message.string("role", ROLES)) {
                case "user" -> user(message, result);
                case "assistant" -> assistant(message, result);
                case "system" ->
                    add(
                            result,
                            "system",
                            AnthropicBlocks.simplest(blocks(message, "content", AnthropicBlocks::text), "\n"));
                default -> throw message.unknown("role", ROLES);
            }
            if (result.size() > before) {
                NativeFields.keep(
                        AnthropicWords.NATIVE_MESSAGE, NativeFields.beyond(MESSAGE, message.object()), (ObjectNode)
                                result.get(result.size() - 1));
            }
        }
        return result;
    }

    /** What becomes of one content block. */
    private interface Reader {
        ObjectNode part(Place block);
    }

    /** The parts of a field that is a string or blocks; a reader that has put its block elsewhere returns null. */
    private static ArrayNode blocks(Place owner, String field, Reader reader) {
        JsonNode content = owner.object().path(field);
        ArrayNode parts = Json.MAPPER.createArrayNode();
        if (content.isTextual()) {
            parts.addObject().put("type", "text").set("text", content);
            return parts;
        }
        if (!content.isArray()) {
            throw Place.wrong(owner.at(field), content, CONTENT);
        }
        for (int i = 0; i < content.size(); i++) {
            ObjectNode part = reader.part(
                    Place.of(content.get(i), owner.at(field) + "[" + i + "]", "a content block with a type"));
            if (part != null) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static ObjectNode add(ArrayNode messages, String role, JsonNode content) {
        ObjectNode message = messages.addObject().put("role", role);
        message.set("content", content);
        return message;
    }

    private static void user(Place message, ArrayNode result) {
        boolean[] answersTools = {false};
        ArrayNode rest = blocks(message, "content", block -> {
            if (!block.string("type", "the type of the block, as a string").equals("tool_result")) {
                return AnthropicBlocks.user(block);
            }
            answersTools[0] = true;
            toolResult(block, result);
            return null;
        });
        if (!rest.isEmpty() || !answersTools[0]) {
            add(result, "user", AnthropicBlocks.userContent(rest));
        }
    }

    private static void toolResult(Place block, ArrayNode result) {
        ObjectNode message = result.addObject()
                .put("role", "tool")
                .put(
                        "tool_call_id",
                        block.string("tool_use_id", "the id of the tool_use block that it answers, as a string"));
        ArrayNode parts = block.has("content") ? blocks(block, "content", AnthropicBlocks::user) : none();
        boolean texts = true;
        for (JsonNode part : parts) {
            texts &= part.path("type").asText("").equals("text");
        }
        message.set("content", texts ? AnthropicBlocks.simplest(parts, "\n") : parts);
        JsonNode failed = block.get("is_error");
        if (failed != null && !failed.isBoolean()) {
            throw Place.wrong(block.at("is_error"), failed, "true or false");
        }
        if (failed != null && failed.booleanValue()) {
            message.put("is_error", true);
        }
        AnthropicBlocks.keepOfToolResult(block, message);
    }

    private static ArrayNode none() {
        return Json.MAPPER.createArrayNode();
    }

    private static void assistant(Place message, ArrayNode result) {
        ArrayNode others = none();
        ArrayNode calls = none();
        ArrayNode texts = blocks(message, "content", block -> {
            switch (block.string("type", "the type of the block, as a string")) {
                case "text" -> {
                    return AnthropicBlocks.text(block);
                }
                case "tool_use" -> calls.add(toolCall(block));
                default -> others.add(block.object()); // what was thought, or Anthropic's own tools at work
            }
            return null;
        });
        boolean silent = texts.isEmpty() && !calls.isEmpty();
        ObjectNode assistant =
                add(result, "assistant", silent ? Json.MAPPER.nullNode() : AnthropicBlocks.simplest(texts, ""));
        if (!calls.isEmpty()) {
            assistant.set("tool_calls", calls);
        }
        if (!others.isEmpty()) {
            assistant.set("thinking_blocks", others);
        }
        if (message.object().path("content").isArray()) {
            BlockOrder.note(message.object().get("content"), assistant);
        }
    }

    private static ObjectNode toolCall(Place block) {
        ObjectNode call = Json.object()
                .put("id", block.string("id", "the id of the tool call, as a string"))
                .put("type", "function");
        ObjectNode input =
                block.child("input", "the tool's input, as an object").object();
        call.putObject("function")
                .put("name", block.string("name", "the name of the tool, as a string"))
                .put("arguments", new String(Json.write(input), StandardCharsets.UTF_8));
        return AnthropicBlocks.keepOfToolUse(block, call);
    }
}
