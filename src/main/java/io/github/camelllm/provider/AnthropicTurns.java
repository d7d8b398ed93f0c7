package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;

/**
 * The turns of a conversation as the Messages API takes them: instructions from before the first turn in {@code system},
 * neighbours of the same role made one.
 *
 * <p>A later instruction stands where the API takes it nearest to its place: as a {@code system} turn directly behind a turn
 * of the user that an answer follows, or that is the last. There may be no other between two answers, and none at all with
 * models that know no such turns: then it is a text of the user's turn, marked as {@code <system>}. Before the results of tools
 * nothing may stand, so it waits until they are over.
 */
final class AnthropicTurns {

    private final boolean systemTurns;
    private final ArrayNode system = Json.MAPPER.createArrayNode();
    private final ArrayNode messages = Json.MAPPER.createArrayNode();
    private final ArrayNode late = Json.MAPPER.createArrayNode();
    private final ObjectNode lateFields = Json.object();

    /** @param systemTurns whether the model takes instructions between the turns of a conversation */
    AnthropicTurns(boolean systemTurns) {
        this.systemTurns = systemTurns;
    }

    /** Adds an instruction that holds for the whole conversation, behind those there are. */
    void instruct(String text) {
        system.addObject().put("type", "text").put("text", text);
    }

    /** Adds the blocks of an instruction, with fields of its message that are to be kept. */
    void system(ArrayNode blocks, JsonNode fields) {
        if (messages.isEmpty()) {
            system.addAll(blocks);
        } else {
            late.addAll(blocks);
            NativeFields.putBack(fields, lateFields);
        }
    }

    /** The same of the user's. */
    void user(ArrayNode blocks, boolean toolResults, JsonNode fields) {
        if (!systemTurns && !toolResults) {
            mark();
        }
        append("user", blocks, fields);
    }

    /** The same of the assistant's. */
    void assistant(ArrayNode blocks, JsonNode fields) {
        settle();
        append("assistant", blocks, fields);
    }

    private void append(String role, ArrayNode blocks, JsonNode fields) {
        JsonNode last = messages.path(messages.size() - 1);
        ObjectNode message;
        if (last.path("role").asText().equals(role)) {
            message = (ObjectNode) last;
            ((ArrayNode) message.get("content")).addAll(blocks);
        } else {
            message = messages.addObject().put("role", role);
            message.set("content", blocks);
        }
        NativeFields.putBack(fields, message);
    }

    /** Instructions that wait get their place before an answer, or at the end. */
    private void settle() {
        boolean behindUser =
                messages.path(messages.size() - 1).path("role").asText().equals("user");
        if (systemTurns && behindUser && !late.isEmpty()) {
            append("system", late.deepCopy(), lateFields.deepCopy());
            late.removeAll();
            lateFields.removeAll();
        } else {
            mark();
        }
    }

    private void mark() {
        if (late.isEmpty()) {
            return;
        }
        ArrayNode marked = Json.MAPPER.createArrayNode();
        for (JsonNode block : late) {
            ObjectNode copy = block.deepCopy();
            if (copy.path("text").isTextual()) {
                copy.put("text", "<system>\n" + copy.get("text").textValue() + "\n</system>");
            }
            marked.add(copy);
        }
        append("user", marked, lateFields.deepCopy());
        late.removeAll();
        lateFields.removeAll();
    }

    /** Writes {@code system} and {@code messages}. */
    void writeTo(ObjectNode wire) {
        settle();
        if (messages.isEmpty() && !system.isEmpty()) { // the API answers nothing but messages
            messages.addObject().put("role", "user").set("content", system);
        } else if (system.size() == 1
                && system.get(0).size() == 2
                && system.get(0).has("text")) {
            wire.set("system", system.get(0).get("text"));
        } else if (!system.isEmpty()) {
            wire.set("system", system);
        }
        trimPrefill();
        wire.set("messages", messages);
    }

    /** Anthropic refuses a beginning of an answer that ends in white space. */
    private void trimPrefill() {
        JsonNode last = messages.path(messages.size() - 1);
        JsonNode content = last.path("content");
        JsonNode block = content.path(content.size() - 1);
        if (last.path("role").asText().equals("assistant") && block.path("text").isTextual()) {
            ((ObjectNode) block).put("text", block.get("text").textValue().stripTrailing());
        }
    }
}
