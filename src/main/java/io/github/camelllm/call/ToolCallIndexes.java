package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Gives the tool calls of an answer what clients tell them apart by: in a stream an {@code index} for each call, counted from 0
 * in the order in which they begin, on each of its pieces; in any answer an id of its own.
 *
 * <p>Servers leave the index out, count from 1, or use one index for several calls; send the id with each piece, another one
 * with each piece, late or never. {@link ToolCallPieces} says which call a piece belongs to. An id, a name and a type are said
 * once, for clients join what is said twice. One object belongs to one stream, and to one thread.
 */
public final class ToolCallIndexes {

    private final Map<Integer, ToolCallPieces> choices = new HashMap<>();

    /** The same event where every piece says already what it should, else another one. */
    public StreamEvent number(StreamEvent event) {
        ObjectNode other = null;
        JsonNode list = event.json().path("choices");
        for (int i = 0; i < list.size(); i++) {
            JsonNode choice = list.get(i);
            int number = choice.path("index").asInt(0);
            JsonNode pieces = choice.path("delta").path("tool_calls");
            for (int p = 0; pieces.isArray() && p < pieces.size(); p++) {
                ToolCallPieces calls = choices.computeIfAbsent(number, n -> new ToolCallPieces());
                ObjectNode numbered = calls.numbered(pieces.get(p), p, pieces.size());
                if (numbered != null) {
                    other = other == null ? event.json().deepCopy() : other;
                    ((ArrayNode) other.path("choices").get(i).path("delta").get("tool_calls")).set(p, numbered);
                }
            }
            if (choice.path("finish_reason").isTextual() && choices.containsKey(number)) {
                ArrayNode ids = choices.get(number).missingIds();
                if (!ids.isEmpty()) {
                    other = other == null ? event.json().deepCopy() : other;
                    ObjectNode at = (ObjectNode) other.path("choices").get(i);
                    ObjectNode delta = at.path("delta") instanceof ObjectNode there ? there : at.putObject("delta");
                    ids.forEach(delta.withArrayProperty("tool_calls")::add);
                }
            }
        }
        return other == null ? event : new StreamEvent(other);
    }

    /** Gives each call of a whole answer an id of its own that has none, or that of a call before it. */
    public static void complete(Answer answer) {
        for (JsonNode choice : answer.tree().path("choices")) {
            Set<String> ids = new HashSet<>();
            for (JsonNode call : choice.path("message").path("tool_calls")) {
                String id = call.path("id").asText("");
                if (call instanceof ObjectNode object && (id.isEmpty() || !ids.add(id))) {
                    answer.edit();
                    String own = id.isEmpty() ? newId() : id + "_" + ids.size();
                    ids.add(own);
                    object.put("id", own);
                }
            }
        }
    }

    /** An id for a tool call that came without. */
    public static String newId() {
        return "call_" + UUID.randomUUID().toString().replace("-", "");
    }
}
