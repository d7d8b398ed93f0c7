package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.ToolCallIndexes;
import io.github.camelllm.call.Usage;
import java.util.Iterator;

/**
 * A whole chat completion as servers send it that speak OpenAI's dialect with an accent, made what OpenAI's would be before
 * any step sees it. One that needs nothing is not touched, so that its bytes go on as they are.
 */
final class OpenAiAnswer {

    private final Call call;
    private final ObjectNode completion;
    private boolean changed;
    private boolean nameless;
    private Usage usage;

    private OpenAiAnswer(Call call, ObjectNode completion) {
        this.call = call;
        this.completion = completion;
    }

    /** Settles a completion whose {@code choices} are an array. */
    static OpenAiAnswer settled(Call call, ObjectNode completion) {
        OpenAiAnswer answer = new OpenAiAnswer(call, completion);
        answer.settle();
        return answer;
    }

    /** Whether anything was changed. */
    boolean isChanged() {
        return changed;
    }

    /** What it has used, by its own report or by estimate. */
    Usage usage() {
        return usage;
    }

    private void settle() {
        changed = ChoiceParts.settleId(completion);
        JsonNode choices = completion.path("choices");
        long said = 0;
        int position = 0;
        for (JsonNode choice : choices) {
            if (choice instanceof ObjectNode one && one.path("message") instanceof ObjectNode message) {
                index(one, position);
                message(message);
                said += OpenAi.textTokens(message);
            }
            position++;
        }
        usage = ReportedUsage.ofOpenAi(call, completion.path("usage"), said);
        changed |= ReportedUsage.settle(completion, usage);
        if (usage == null) {
            usage = Usage.estimate(call.promptEstimate(), said);
        }
        for (JsonNode choice : choices) {
            if (choice instanceof ObjectNode one && one.path("message") instanceof ObjectNode message) {
                finish(one, message);
            }
        }
    }

    private void index(ObjectNode choice, int position) {
        if (!choice.path("index").isNumber()) {
            choice.put("index", choice.path("index").asInt(position));
            changed = true;
        }
    }

    private void message(ObjectNode message) {
        if (!ChoiceParts.isText(message.path("role"))) {
            message.put("role", "assistant");
            changed = true;
        }
        changed |= ChoiceParts.settleArguments(message.path("function_call"));
        if (message.path("tool_calls").isObject()) {
            JsonNode one = message.get("tool_calls");
            message.putArray("tool_calls").add(one);
            changed = true;
        }
        if (message.path("tool_calls") instanceof ArrayNode calls) {
            toolCalls(calls);
            if (calls.isEmpty() && changed) {
                message.remove("tool_calls");
            }
        }
        changed |= ContentParts.settle(message, false);
    }

    private void toolCalls(ArrayNode calls) {
        for (Iterator<JsonNode> all = calls.iterator(); all.hasNext(); ) {
            JsonNode one = all.next();
            boolean custom = one.path("custom").isObject();
            if (!custom && !ChoiceParts.isText(one.path("function").path("name"))) {
                call.warn("a tool call of " + call.getModel() + " that names no tool was left out");
                all.remove();
                nameless = true;
                changed = true;
            } else {
                toolCall((ObjectNode) one, custom);
            }
        }
    }

    private void toolCall(ObjectNode toolCall, boolean custom) {
        changed |= ChoiceParts.settleId(toolCall);
        if (!ChoiceParts.isText(toolCall.path("id"))) {
            toolCall.put("id", ToolCallIndexes.newId());
            changed = true;
        }
        if (!ChoiceParts.isText(toolCall.path("type"))) {
            toolCall.put("type", custom ? "custom" : "function");
            changed = true;
        }
        if (!custom) {
            ObjectNode function = (ObjectNode) toolCall.get("function");
            changed |= ChoiceParts.settleArguments(function);
            if (!function.path("arguments").isTextual()) {
                function.put("arguments", "{}");
                changed = true;
            }
        }
    }

    /** The body has come whole and is well-formed, so an answer that does not say why it ended has ended. */
    private void finish(ObjectNode choice, ObjectNode message) {
        boolean calls = !message.path("tool_calls").isEmpty();
        String reason = ChoiceParts.reason(choice);
        boolean nothing = isNothing(message);
        if (nothing && nameless) {
            throw Refusals.badAnswer(call.getModel(), "tool calls that name no tool, and nothing else");
        }
        if (nothing || reason != null && !(nameless && !calls && reason.equals("tool_calls"))) {
            return; // it says so, or it is judged by what it lacks
        }
        choice.put("finish_reason", calls ? "tool_calls" : isCut(call, usage) ? "length" : "stop");
        changed = true;
    }

    private static boolean isNothing(JsonNode message) {
        return OpenAi.textTokens(message) == 0
                && message.path("tool_calls").isEmpty()
                && message.path("function_call").isEmpty()
                && message.path("images").isEmpty()
                && message.path("audio").isEmpty();
    }

    /** Whether an answer that does not say why it ended is as long as the client has allowed. */
    static boolean isCut(Call call, Usage usage) {
        JsonNode request = call.getRequest().tree();
        long bound = Math.max(
                ReportedUsage.part(request.path("max_completion_tokens")),
                ReportedUsage.part(request.path("max_tokens")));
        return bound > 0 && usage != null && !usage.estimated() && usage.outputTokens() >= bound;
    }
}
