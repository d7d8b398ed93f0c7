package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.nio.charset.StandardCharsets;

/** Reads and settles single fields of answers that should be text: ids, arguments of tool calls, finish reasons. */
final class ChoiceParts {

    private ChoiceParts() {}

    /** Whether a field holds text, and more than blanks. */
    static boolean isText(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank();
    }

    /**
     * Turns an id that is a number into text.
     *
     * @return whether it was one
     */
    static boolean settleId(ObjectNode holder) {
        boolean number = holder.path("id").isNumber();
        if (number) {
            holder.put("id", holder.get("id").asText());
        }
        return number;
    }

    /**
     * Turns arguments that are a JSON value into its text; null stays.
     *
     * @return whether they were one
     */
    static boolean settleArguments(JsonNode function) {
        JsonNode arguments = function.path("arguments");
        if (arguments.isMissingNode() || arguments.isNull() || arguments.isTextual()) {
            return false;
        }
        ((ObjectNode) function).put("arguments", new String(Json.write(arguments), StandardCharsets.UTF_8));
        return true;
    }

    /** Why a choice ended; null where it does not say, be it by null, by an empty text or by the word. */
    static String reason(JsonNode choice) {
        String reason = choice.path("finish_reason").textValue();
        return reason == null || reason.isBlank() || reason.equals("null") ? null : reason;
    }
}
