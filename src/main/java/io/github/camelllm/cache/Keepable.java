package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Whether an answer may be given again. Says yes to what it knows to be whole and to be told right in every dialect, as a
 * stream too; anything else it has not heard of is not kept.
 */
final class Keepable {

    private static final Set<String> CHOICE = Set.of("index", "message", "finish_reason");
    private static final Set<String> MESSAGE =
            Set.of("role", "content", "tool_calls", "reasoning_content", "reasoning");

    private Keepable() {}

    /** Whether the answer to the call may be kept. */
    static boolean test(Call call, ObjectNode answer, CacheRules rules) {
        if (call.getDegraded() != null
                || call.getRecovery() != null
                || call.cancellation().cancelled()) {
            return false;
        }
        if (answer.has("error")) {
            return false;
        }
        if (call.getOperation() == Operation.EMBEDDINGS) {
            return answer.path("data").isArray() && !answer.path("data").isEmpty();
        }
        for (JsonNode choice : answer.path("choices")) {
            if (!isWhole(choice, rules)) {
                return false;
            }
        }
        return !answer.path("choices").isEmpty();
    }

    private static boolean isWhole(JsonNode choice, CacheRules rules) {
        JsonNode message = choice.path("message");
        return has(choice, CHOICE)
                && has(message, MESSAGE)
                && switch (choice.path("finish_reason").asText("")) {
                    case "stop" ->
                        message.path("tool_calls").isEmpty()
                                && message.path("content").isTextual();
                    case "tool_calls" -> reads(message.path("tool_calls"), rules);
                    default -> false;
                };
    }

    /** Whether nothing stands in it but these; empty members do not count. */
    private static boolean has(JsonNode object, Set<String> known) {
        for (Iterator<Map.Entry<String, JsonNode>> fields = object.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode value = field.getValue();
            boolean empty = value.isNull() || value.isContainerNode() && value.isEmpty();
            if (!empty && !known.contains(field.getKey())) {
                return false;
            }
        }
        return true;
    }

    private static boolean reads(JsonNode toolCalls, CacheRules rules) {
        for (JsonNode call : toolCalls) {
            if (!rules.readingTools()
                    .contains(call.path("function").path("name").asText(""))) {
                return false;
            }
        }
        return !toolCalls.isEmpty();
    }
}
