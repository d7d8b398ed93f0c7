package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The chunks of a stream as servers send them that speak OpenAI's dialect with an accent, each made what OpenAI's would be
 * before any step sees it; and what is known by them of the choices. A chunk that needs nothing is not touched.
 */
final class OpenAiChunks {

    private static final int MAX_CHOICES = 1024;

    private final Call call;
    private final TreeMap<Integer, Choice> choices = new TreeMap<>();

    /** What is known of a choice. */
    static final class Choice {
        final StreamedCalls calls;
        /** Whether it has said anything of the answer. */
        boolean spoke;
        /** The last finish reason that it gave; null while it has given none. */
        String reason;
        /** Whether the client is told it, by an event on its way. */
        boolean told;

        Choice(Call call) {
            calls = new StreamedCalls(call);
        }
    }

    OpenAiChunks(Call call) {
        this.call = call;
    }

    /**
     * Settles what a chunk says of itself and each of its choices.
     *
     * @param each is shown each choice as it is then
     * @return whether anything was changed
     */
    boolean settle(ObjectNode chunk, BiConsumer<Choice, ObjectNode> each) {
        boolean changed = ChoiceParts.settleId(chunk);
        if (chunk.path("choices").isNull()) {
            chunk.putArray("choices");
            changed = true;
        }
        int position = 0;
        for (JsonNode one : chunk.path("choices")) {
            if (one instanceof ObjectNode choice) {
                if (!choice.path("index").isNumber()) {
                    boolean missing = choice.path("index").isMissingNode()
                            || choice.path("index").isNull();
                    choice.put(
                            "index", missing ? position : choice.path("index").asInt(0));
                    changed = true;
                }
                Choice known = choice(choice);
                changed |= settle(choice, known);
                each.accept(known, choice);
            }
            position++;
        }
        return changed;
    }

    private boolean settle(ObjectNode choice, Choice known) {
        boolean changed = false;
        if (choice.path("delta") instanceof ObjectNode delta) {
            changed = ChoiceParts.settleArguments(delta.path("function_call"));
            changed |= known.calls.settle(delta);
            changed |= ContentParts.settle(delta, true);
        }
        JsonNode reason = choice.path("finish_reason");
        if (!reason.isMissingNode() && !reason.isNull() && ChoiceParts.reason(choice) == null) {
            choice.putNull("finish_reason");
            changed = true;
        }
        return changed;
    }

    /** What is known of the choice that a chunk's is a part of. */
    Choice choice(JsonNode choice) {
        int index = Math.floorMod(choice.path("index").asInt(0), MAX_CHOICES);
        return choices.computeIfAbsent(index, i -> new Choice(call));
    }

    /** All that have begun, by their index. */
    TreeMap<Integer, Choice> all() {
        return choices;
    }

    /** Whether a choice in a chunk says something of the answer. */
    static boolean speaks(JsonNode choice) {
        JsonNode delta = choice.path("delta");
        return OpenAi.textTokens(delta) > 0
                || isFull(delta, "tool_calls")
                || isFull(delta, "images")
                || isFull(delta, "audio");
    }

    private static boolean isFull(JsonNode delta, String field) {
        return delta.path(field) instanceof ArrayNode array
                ? !array.isEmpty()
                : delta.path(field).isObject();
    }
}
