package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tool calls of one choice of a stream, and which of them a piece belongs to.
 *
 * <p>An id that is known decides, then the index, then the place among several pieces of one event, else the call that came
 * last is meant. At a place that is taken another call begins when the piece names a function and the call there has a name
 * already, or when the piece has another id and the arguments there are whole. Another id alone begins none: some servers
 * make one up for each piece.
 */
final class ToolCallPieces {

    private final List<Known> calls = new ArrayList<>();
    private final Map<Object, Known> byPlace = new HashMap<>();
    private final Map<String, Known> byId = new HashMap<>();
    private Known last;

    /** A call as far as it has come. */
    private static final class Known {
        private final int index;
        private final PartialJson arguments = new PartialJson();
        private String id = "";
        private String name = "";
        private String nextId = "";

        Known(int index) {
            this.index = index;
        }
    }

    /** What a piece says. */
    private record Said(String id, String name, String arguments) {
        static Said of(JsonNode piece) {
            JsonNode function = piece.path("custom").isObject() ? piece.path("custom") : piece.path("function");
            JsonNode arguments = function.has("input") ? function.path("input") : function.path("arguments");
            return new Said(piece.path("id").asText(""), function.path("name").asText(""), arguments.asText(""));
        }

        boolean names() {
            return !name.isBlank();
        }
    }

    /**
     * The piece with its call's index and without what has been said before; null when it is so already.
     *
     * @param position of the piece among those of the event
     * @param size how many the event has
     */
    ObjectNode numbered(JsonNode piece, int position, int size) {
        if (!(piece instanceof ObjectNode given)) {
            return null;
        }
        Said said = Said.of(piece);
        Object place = place(piece.path("index"), position, size);
        Known call = find(said, place);
        boolean begins = call == null;
        if (begins) {
            call = begin(said);
        }
        if (place != null) {
            byPlace.put(place, call);
        }
        last = call;
        String id = begins ? call.id : "";
        if (!begins && call.id.isEmpty() && !said.id().isEmpty()) {
            call.id = said.id();
            byId.put(call.id, call);
            id = call.id;
        }
        boolean named = !begins && call.name.isEmpty() && said.names();
        if (begins || named) {
            call.name = said.name();
        }
        call.arguments.append(said.arguments());
        return written(given, said, call.index, id, begins, begins || named);
    }

    private static Object place(JsonNode index, int position, int size) {
        if (index.isIntegralNumber() && index.canConvertToInt() && index.intValue() >= 0) {
            return index.intValue();
        }
        if (index.isTextual() && index.textValue().matches("\\d{1,6}")) {
            return Integer.valueOf(index.textValue());
        }
        return size > 1 ? "position " + position : null;
    }

    /** Null when another call begins. */
    private Known find(Said said, Object place) {
        Known at = place == null ? last : byPlace.get(place);
        Known same = said.id().isEmpty() ? null : byId.get(said.id());
        if (same != null) {
            boolean again = said.names()
                    && (same == at || place == null
                            ? same.arguments.isWhole() && !said.arguments().isBlank()
                            : at == null);
            return again ? null : same;
        }
        return at == null || isAnother(said, at) ? null : at;
    }

    private static boolean isAnother(Said said, Known at) {
        boolean otherId = !said.id().isEmpty() && !at.id.isEmpty();
        if (said.names() && !at.name.isEmpty()) {
            return otherId
                    || !said.name().equals(at.name)
                    || at.arguments.isWhole() && !said.arguments().isBlank();
        }
        if (!otherId) {
            return false;
        }
        if (said.names() || at.name.isEmpty() && at.arguments.isBlank()) {
            return true;
        }
        if (at.arguments.isWhole() && said.arguments().isBlank()) {
            at.nextId = said.id(); // of the call whose name is still to come, if any is
            return false;
        }
        return at.arguments.isWhole();
    }

    private Known begin(Said said) {
        Known call = new Known(calls.size());
        String id = said.id().isEmpty() && last != null ? last.nextId : said.id();
        call.id = id.isEmpty() || !byId.containsKey(id) ? id : id + "_" + call.index;
        if (!call.id.isEmpty()) {
            byId.put(call.id, call);
        }
        calls.add(call);
        return call;
    }

    private static ObjectNode written(
            ObjectNode piece, Said said, int index, String id, boolean begins, boolean tellsName) {
        boolean typeMissing = begins
                && !piece.path("type").isTextual()
                && piece.path("function").isObject();
        boolean nameAgain = said.names() && !tellsName;
        boolean indexed = piece.path("index").isInt() && piece.path("index").intValue() == index;
        if (indexed && id.equals(said.id()) && !nameAgain && !typeMissing) {
            return null;
        }
        ObjectNode other = Json.object().put("index", index);
        piece.properties().forEach(field -> other.putIfAbsent(field.getKey(), field.getValue()));
        if (id.isEmpty()) {
            other.remove("id");
        } else {
            other.put("id", id);
        }
        if (typeMissing) {
            other.put("type", "function");
        }
        if (nameAgain) {
            String kind = other.path("custom").isObject() ? "custom" : "function";
            ObjectNode unnamed = other.get(kind).deepCopy();
            unnamed.remove("name");
            other.set(kind, unnamed);
        }
        return other;
    }

    /** A piece with an id for each call that never got one; they have one then. */
    ArrayNode missingIds() {
        ArrayNode pieces = Json.MAPPER.createArrayNode();
        for (Known call : calls) {
            if (call.id.isEmpty()) {
                call.id = ToolCallIndexes.newId();
                byId.put(call.id, call);
                pieces.addObject().put("index", call.index).put("id", call.id);
            }
        }
        return pieces;
    }
}
