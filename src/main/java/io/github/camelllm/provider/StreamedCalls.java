package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.ToolCallIndexes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The tool calls of one streamed choice, told apart however a server marks their pieces, and settled so that each piece has
 * the index of its call, the first piece of a call its id and name, and arguments are text.
 */
final class StreamedCalls {

    private final Call call;
    private final List<ToolCall> calls = new ArrayList<>();
    private final Set<Integer> indexes = new HashSet<>();

    /** A call: {@code wire} is the index by which the server names it, {@code index} that by which the client knows it. */
    private static final class ToolCall {
        private int wire;
        private int index;
        private String id;
        /** Whether the id was made here, because the call began without: one that comes later says nothing new. */
        private boolean ownId;

        private String name;
        private boolean custom;
        private boolean argued;
        private boolean emptyObject;
        /** What has come of the arguments before the name. */
        private final StringBuilder held = new StringBuilder();
    }

    StreamedCalls(Call call) {
        this.call = call;
    }

    /** Whether any has begun. */
    boolean isEmpty() {
        return calls.isEmpty();
    }

    /**
     * Settles the pieces of a delta.
     *
     * @return whether anything was changed
     */
    boolean settle(ObjectNode delta) {
        boolean changed = false;
        if (delta.path("tool_calls").isObject()) {
            JsonNode one = delta.get("tool_calls");
            delta.putArray("tool_calls").add(one);
            changed = true;
        }
        if (!(delta.path("tool_calls") instanceof ArrayNode pieces)) {
            return changed;
        }
        for (Iterator<JsonNode> all = pieces.iterator(); all.hasNext(); ) {
            if (all.next() instanceof ObjectNode piece) {
                changed |= ChoiceParts.settleId(piece);
                ToolCall toolCall = find(piece);
                changed |= settle(piece, toolCall);
                if (toolCall.name == null) { // a client could not begin it
                    all.remove();
                    changed = true;
                }
            }
        }
        if (changed && pieces.isEmpty()) {
            delta.remove("tool_calls");
        }
        return changed;
    }

    private ToolCall find(ObjectNode piece) {
        String id = ChoiceParts.isText(piece.path("id")) ? piece.get("id").textValue() : null;
        boolean named = ChoiceParts.isText(piece.path("function").path("name"))
                || piece.path("custom").has("name");
        int wire = piece.path("index").asInt(-1);
        for (int i = calls.size() - 1; id != null && i >= 0; i--) {
            if (id.equals(calls.get(i).id)) {
                return calls.get(i);
            }
        }
        for (int i = calls.size() - 1; i >= 0; i--) {
            ToolCall other = calls.get(i);
            boolean strangers = id != null && other.id != null && !other.ownId;
            // at one place, another id begins another call if a name comes with it: some servers make up one for every
            // piece
            boolean samePlace = wire >= 0 && wire == other.wire && !(strangers && named) && !begins(piece, other, true);
            boolean next = wire < 0 && i == calls.size() - 1 && !strangers && !begins(piece, other, false);
            if (samePlace || next) {
                other.id = other.id == null ? id : other.id;
                return other;
            }
        }
        ToolCall begun = new ToolCall();
        begun.wire = wire;
        begun.id = id;
        begun.index = wire >= 0 && !indexes.contains(wire) ? wire : next();
        indexes.add(begun.index);
        calls.add(begun);
        return begun;
    }

    /**
     * Whether a name begins a call after one that has its name and arguments; without an index one without arguments will do
     * if the name is another, and with arguments if it is the same.
     */
    private static boolean begins(JsonNode piece, ToolCall last, boolean placed) {
        JsonNode name = piece.path("function").path("name");
        if (!ChoiceParts.isText(name) || last.name == null) {
            return false;
        }
        boolean other = !name.textValue().equals(last.name);
        return placed ? other && last.argued : other || last.argued;
    }

    private int next() {
        int next = calls.size();
        while (indexes.contains(next)) {
            next++;
        }
        return next;
    }

    private boolean settle(ObjectNode piece, ToolCall toolCall) {
        boolean changed = false;
        if (!piece.path("index").isInt() || piece.get("index").intValue() != toolCall.index) {
            piece.put("index", toolCall.index);
            changed = true;
        }
        toolCall.custom |= piece.path("custom").isObject();
        if (toolCall.custom) {
            toolCall.name =
                    toolCall.name == null ? piece.path("custom").path("name").asText("") : toolCall.name;
            return changed;
        }
        if (!piece.path("function").isObject()) {
            piece.putObject("function").put("arguments", "");
            changed = true;
        }
        ObjectNode function = (ObjectNode) piece.get("function");
        if (function.path("arguments").isObject() && function.path("arguments").isEmpty()) {
            toolCall.emptyObject = true; // or the text is still to come
            function.put("arguments", "");
            changed = true;
        }
        changed |= ChoiceParts.settleArguments(function);
        toolCall.argued |= !function.path("arguments").asText("").isEmpty();
        return changed | name(piece, function, toolCall);
    }

    private boolean name(ObjectNode piece, ObjectNode function, ToolCall toolCall) {
        String given =
                ChoiceParts.isText(function.path("name")) ? function.get("name").textValue() : null;
        if (toolCall.name != null) {
            return isRepeated(piece, "id", toolCall.id) | isRepeated(function, "name", toolCall.name);
        }
        if (given == null) {
            toolCall.held.append(function.path("arguments").asText(""));
            return false;
        }
        toolCall.name = given;
        boolean changed = false;
        if (toolCall.id == null) {
            toolCall.id = ToolCallIndexes.newId();
            toolCall.ownId = true;
        }
        if (!toolCall.id.equals(piece.path("id").textValue())) {
            piece.put("id", toolCall.id);
            changed = true;
        }
        if (!ChoiceParts.isText(piece.path("type"))) {
            piece.put("type", "function");
            changed = true;
        }
        if (!toolCall.held.isEmpty()) {
            function.put("arguments", toolCall.held + function.path("arguments").asText(""));
            toolCall.held.setLength(0);
            changed = true;
        }
        return changed;
    }

    /** Clients put pieces of a text together, so what has been told is not to be told again. */
    private static boolean isRepeated(ObjectNode holder, String field, String known) {
        boolean again = ChoiceParts.isText(holder.path(field))
                && (field.equals("id") || holder.get(field).textValue().equals(known));
        if (again) {
            holder.remove(field);
        }
        return again;
    }

    /**
     * What must be said before the choice ends: the name of a call that never got one, where only one tool was offered, and
     * the arguments of one that has none but an empty object.
     *
     * @return the delta; null where there is nothing to say
     * @throws io.github.camelllm.problem.Problem when nobody can tell which tool is called
     */
    ObjectNode rest() {
        ArrayNode pieces = Json.MAPPER.createArrayNode();
        for (ToolCall toolCall : calls) {
            ObjectNode piece = Json.object().put("index", toolCall.index);
            if (toolCall.name == null) {
                toolCall.name = onlyTool();
                String id = toolCall.id == null ? ToolCallIndexes.newId() : toolCall.id;
                piece.put("id", id).put("type", "function");
                piece.putObject("function").put("name", toolCall.name).put("arguments", toolCall.held.toString());
                pieces.add(piece);
            }
            if (toolCall.emptyObject && !toolCall.argued) {
                toolCall.argued = true;
                if (piece.has("function")) {
                    ((ObjectNode) piece.get("function")).put("arguments", "{}");
                } else {
                    piece.putObject("function").put("arguments", "{}");
                    pieces.add(piece);
                }
            }
        }
        return pieces.isEmpty() ? null : Json.object().set("tool_calls", pieces);
    }

    private String onlyTool() {
        JsonNode tools = call.getRequest().tree().path("tools");
        String name = tools.path(0).path("function").path("name").asText("");
        if (tools.size() != 1 || name.isEmpty()) {
            throw Refusals.brokenOff(call.getModel(), "called a tool without its name", "a tool call has no name");
        }
        return name;
    }
}
