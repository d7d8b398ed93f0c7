package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.BlockOrder;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.util.Set;

/** An answer of Anthropic's Messages API as a chat completion. */
final class AnthropicAnswer {

    /** What is translated of a message, or of the delta at its end. */
    static final Set<String> TRANSLATED =
            Set.of("id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage");

    /** The same of its usage. */
    private static final Set<String> COUNTED =
            Set.of("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens");

    private static final Set<String> TOOL_USE = Set.of("type", "id", "name", "input");

    private AnthropicAnswer() {}

    /**
     * Translates a whole answer, and notes its usage and finish reason on the call.
     *
     * @throws Problem when it is none
     */
    static ObjectNode completion(Call call, ObjectNode answer) {
        if (answer.path("type").asText().equals("error") || answer.path("error").isObject()) {
            throw ErrorAnswers.inPlace(
                    call.getModel(),
                    "sent something that is no answer",
                    ErrorObjects.of(answer),
                    "an error object with status 200");
        }
        JsonNode blocks = blocks(answer.path("content"));
        if (!blocks.isArray()) {
            throw Refusals.badAnswer(call.getModel(), "no content in it");
        }
        ObjectNode message = message(call, blocks);
        Usage usage = believed(call, answer.path("usage"), OpenAi.textTokens(message));
        boolean calls = message.has("tool_calls");
        String stopReason = stopReason(call, answer, calls, blocks.isEmpty(), usage);
        if (saysNothing(stopReason, calls, blocks.isEmpty(), usage)) {
            throw Refusals.badAnswer(call.getModel(), "no content in spite of stop_reason " + known(stopReason));
        }
        call.finishReason(finishReason(stopReason));
        call.used(usage != null ? usage : Usage.estimate(call.promptEstimate(), OpenAi.textTokens(message)));

        ObjectNode completion = head(call, answer, "chat.completion");
        ObjectNode choice = completion.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        finish(choice, stopReason, answer);
        if (usage != null) {
            completion.set("usage", usageNode(usage, answer.path("usage")));
        }
        return completion;
    }

    /** Content that is a text is one block of it. */
    private static JsonNode blocks(JsonNode content) {
        if (!content.isTextual()) {
            return content;
        }
        ArrayNode blocks = Json.MAPPER.createArrayNode();
        blocks.addObject().put("type", "text").set("text", content);
        return blocks;
    }

    /** A message that has come whole has ended, though it may not say why. */
    private static String stopReason(Call call, JsonNode answer, boolean calls, boolean empty, Usage usage) {
        String reason = answer.path("stop_reason").textValue();
        if (reason != null) {
            return reason;
        }
        if (empty) {
            throw Refusals.badAnswer(call.getModel(), "no content and no stop_reason in it");
        }
        return calls ? "tool_use" : OpenAiAnswer.isCut(call, usage) ? "max_tokens" : "end_turn";
    }

    /** The usage of a whole answer as far as it can be true; null when it reports none. */
    private static Usage believed(Call call, JsonNode reported, long said) {
        Usage usage = usage(reported, null);
        boolean outputTold = ReportedUsage.count(reported.path("output_tokens")) >= 0;
        return usage == null
                ? null
                : ReportedUsage.believed(call, usage, outputTold ? said : Math.max(said, 1), outputTold);
    }

    /** Whether an answer lacks what its stop reason promises. Claude may well end its turn with nothing to say. */
    static boolean saysNothing(String stopReason, boolean calls, boolean empty, Usage usage) {
        return stopReason.equals("tool_use") && !calls
                || stopReason.equals("end_turn") && empty && (usage == null || usage.outputTokens() == 0);
    }

    /** The fields that completions and chunks begin with; of a message as far as it tells. */
    static ObjectNode head(Call call, JsonNode message, String object) {
        return Json.object()
                .put("id", message.path("id").asText("chatcmpl-" + call.getId()))
                .put("object", object)
                .put("created", call.ticker().now().getEpochSecond())
                .put("model", message.path("model").asText(call.getModel()));
    }

    private static ObjectNode message(Call call, JsonNode blocks) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        ArrayNode thoughts = Json.MAPPER.createArrayNode();
        ArrayNode calls = Json.MAPPER.createArrayNode();
        for (JsonNode block : blocks) {
            switch (block.path("type").asText()) {
                case "text" -> text.append(string(call, block, "text"));
                case "thinking" -> {
                    reasoning.append(string(call, block, "thinking"));
                    thoughts.add(block);
                }
                case "tool_use" -> {
                    ObjectNode toolCall = toolCall(
                            string(call, block, "id"), string(call, block, "name"), input(call, block.path("input")));
                    calls.add(keepNative(call, block, toolCall));
                }
                default -> thoughts.add(block); // redacted, or the provider's own tools at work
            }
        }
        ObjectNode message = Json.object().put("role", "assistant");
        if (text.isEmpty() && !calls.isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", text.toString());
        }
        message.putNull("refusal");
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning.toString());
        }
        if (!thoughts.isEmpty()) {
            message.set("thinking_blocks", thoughts);
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        BlockOrder.note(blocks, message);
        return message;
    }

    /** Keeps with a tool call what its block says beyond OpenAI's words, for a client that knows it. */
    static ObjectNode keepNative(Call call, JsonNode block, ObjectNode toolCall) {
        if (call.getRequest().translated()) {
            NativeFields.keep(AnthropicWords.NATIVE_FIELDS, NativeFields.beyond(TOOL_USE, block), toolCall);
        }
        return toolCall;
    }

    /** The text of a tool's input, which may be the text already; one without is called with nothing. */
    private static String input(Call call, JsonNode input) {
        if (input.isNull() || input.isTextual() && input.textValue().isBlank()) {
            return "{}";
        }
        if (!input.isObject() && !input.isTextual()) {
            throw Refusals.badAnswer(call.getModel(), "a tool_use without input");
        }
        return input.isTextual() ? input.textValue() : input.toString();
    }

    static ObjectNode toolCall(String id, String name, String arguments) {
        ObjectNode toolCall = Json.object().put("id", id).put("type", "function");
        toolCall.putObject("function").put("name", name).put("arguments", arguments);
        return toolCall;
    }

    private static String string(Call call, JsonNode block, String field) {
        String value = block.path(field).textValue();
        if (value == null) {
            throw Refusals.badAnswer(call.getModel(), "a " + block.path("type").asText() + " without " + field);
        }
        return value;
    }

    /**
     * Says why a choice ended, and in fields of its own what OpenAI has no word for.
     *
     * @param end the message, or the delta at its end
     */
    static void finish(ObjectNode choice, String stopReason, JsonNode end) {
        JsonNode stopSequence = end.path("stop_sequence");
        choice.put("finish_reason", finishReason(stopReason));
        keepOthers(end, TRANSLATED, choice, AnthropicWords.NATIVE_FIELDS);
        if (stopReason.equals("pause_turn") || stopReason.equals("model_context_window_exceeded")) {
            choice.put("native_finish_reason", stopReason);
        } else if (stopReason.equals("stop_sequence") && stopSequence.isTextual()) {
            choice.set("stop_sequence", stopSequence);
        }
    }

    /** A stop reason in OpenAI's words. An answer that was to go on is one that was cut. */
    static String finishReason(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded", "pause_turn" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> "stop";
        };
    }

    private static String known(String stopReason) {
        return stopReason.equals("tool_use") || stopReason.equals("end_turn") ? stopReason : "other";
    }

    /**
     * The usage that an answer or an event reports. What is read from the cache or written to it is not part of {@code
     * input_tokens} at Anthropic, but is part of the prompt.
     *
     * @param before what an earlier event reported, for what this one leaves out; null when there was none
     * @return null when none of both reports any
     */
    static Usage usage(JsonNode usage, Usage before) {
        boolean input = ReportedUsage.count(usage.path("input_tokens")) >= 0;
        boolean output = ReportedUsage.count(usage.path("output_tokens")) >= 0;
        if (before == null && !input || !input && !output) {
            return before;
        }
        Usage known = before == null ? Usage.NONE : before;
        long read = either(usage.path("cache_read_input_tokens"), known.cachedInputTokens());
        JsonNode creation = usage.path("cache_creation");
        long longer = ReportedUsage.part(creation.path("ephemeral_1h_input_tokens"));
        long apart = ReportedUsage.part(creation.path("ephemeral_5m_input_tokens")) + longer;
        long told = ReportedUsage.part(usage.path("cache_creation_input_tokens"));
        long written = told > 0 ? told : apart > 0 ? apart : known.cacheWriteTokens();
        long fresh = known.inputTokens() - known.cachedInputTokens() - known.cacheWriteTokens();
        long out = either(usage.path("output_tokens"), known.outputTokens());
        long thought = either(usage.path("output_tokens_details").path("thinking_tokens"), known.reasoningTokens());
        return Usage.reported(
                        either(usage.path("input_tokens"), Math.max(0, fresh)) + read + written,
                        out,
                        read,
                        Math.min(thought, out))
                .withCacheWrites(written, Math.min(written, longer > 0 ? longer : known.longCacheWriteTokens()));
    }

    /** What is reported, but for a zero: that takes nothing back of what was counted before. */
    private static long either(JsonNode reported, long before) {
        long count = ReportedUsage.part(reported);
        return count > 0 ? count : before;
    }

    static ObjectNode usageNode(Usage usage, JsonNode reported) {
        ObjectNode node = Completion.usage(usage);
        ObjectNode details = node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInputTokens());
        long written = usage.cacheWriteTokens();
        if (written > 0) {
            details.put("cache_creation_tokens", written).put("cache_write_tokens", written);
        }
        if (usage.reasoningTokens() > 0) {
            node.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        }
        keepOthers(reported, COUNTED, node, AnthropicWords.NATIVE_USAGE);
        return node;
    }

    /** Keeps what only a client of Anthropic's dialect can be told, under one name. */
    static void keepOthers(JsonNode from, Set<String> known, ObjectNode to, String name) {
        ObjectNode others = Json.object();
        from.properties().forEach(field -> {
            if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
                others.set(field.getKey(), field.getValue());
            }
        });
        if (!others.isEmpty()) {
            to.set(name, others);
        }
    }
}
