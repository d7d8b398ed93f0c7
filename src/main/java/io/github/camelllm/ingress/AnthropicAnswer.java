package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.BlockOrder;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** A chat completion as a message of Anthropic's API: its first choice. */
final class AnthropicAnswer {

    /** What Anthropic's models stop for beyond OpenAI's reasons. */
    private static final Set<String> OWN_REASONS = Set.of("pause_turn", "model_context_window_exceeded");

    private AnthropicAnswer() {}

    /**
     * @param completion the completion, which stays as it is
     * @param known what the call used, for a completion that does not say; null when that is not known either
     */
    static ObjectNode message(ObjectNode completion, Usage known) {
        JsonNode choice = completion.path("choices").path(0);
        ObjectNode message = head(completion.path("id").asText(""), completion.path("model"));
        JsonNode said = choice.path("message");
        ArrayNode others = Json.MAPPER.createArrayNode();
        ArrayNode texts = Json.MAPPER.createArrayNode();
        ArrayNode toolUses = Json.MAPPER.createArrayNode();
        thinking(said, others);
        text(said.path("content"), texts);
        text(said.path("refusal"), texts);
        boolean cut = choice.path("finish_reason").asText("").equals("length");
        for (JsonNode call : said.path("tool_calls")) {
            JsonNode function = call.path("function");
            String id = call.path("id").asText("");
            String own = "toolu_" + completion.path("id").asText("") + "_" + toolUses.size();
            ObjectNode use = toolUse(
                    toolUses.addObject(),
                    id.isEmpty() ? own : id,
                    function.path("name").asText(""));
            use.set("input", input(function.path("arguments").asText(""), cut));
            NativeFields.putBack(call.path(AnthropicWords.NATIVE_FIELDS), use);
        }
        message.set("content", BlockOrder.weave(said.path(BlockOrder.FIELD), others, texts, toolUses));
        stop(message, choice, said.path("tool_calls").isEmpty());
        message.set("usage", usage(completion.path("usage"), known));
        return message;
    }

    /** What a message begins with, up to its content. */
    static ObjectNode head(String id, JsonNode model) {
        return Json.object()
                .put("id", id.startsWith("msg_") ? id : "msg_" + id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model.asText(""));
    }

    static ObjectNode toolUse(ObjectNode block, String id, String name) {
        return block.put("type", "tool_use").put("id", id).put("name", name);
    }

    private static void thinking(JsonNode said, ArrayNode content) {
        JsonNode blocks = said.path("thinking_blocks");
        if (blocks.isArray() && !blocks.isEmpty()) {
            content.addAll((ArrayNode) blocks);
            return;
        }
        String reasoning = reasoning(said);
        if (!reasoning.isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", reasoning)
                    .put("signature", "");
        }
    }

    /** The reasoning of a message or delta, by either of its names; empty when there is none. */
    static String reasoning(JsonNode said) {
        String text = said.path("reasoning_content").textValue();
        return text != null ? text : said.path("reasoning").asText("");
    }

    private static void text(JsonNode text, ArrayNode content) {
        if (text.isTextual() && !text.textValue().isEmpty()) {
            content.addObject().put("type", "text").set("text", text);
        }
    }

    /** Arguments that are no object are not passed off as some, unless the token limit explains them. */
    private static JsonNode input(String arguments, boolean cut) {
        if (arguments.isBlank()) {
            return Json.object();
        }
        try {
            JsonNode input = Json.read(arguments.getBytes(StandardCharsets.UTF_8));
            if (input.isObject()) {
                return input;
            }
        } catch (IOException e) {
            if (!cut) {
                throw badInput().withDetail("arguments of " + arguments.length() + " characters");
            }
        }
        if (cut) {
            return Json.object();
        }
        throw badInput();
    }

    private static Problem badInput() {
        return Problem.of(ErrorCode.UPSTREAM_ERROR, "The model called a tool with an input that is no JSON object.");
    }

    /** Sets why the message ended; the stop sequence too where a server tells it (vLLM's {@code stop_reason}). */
    static void stop(ObjectNode message, JsonNode choice, boolean noTools) {
        String finish = choice.path("finish_reason").asText("stop");
        JsonNode sequence =
                choice.path("stop_sequence").isTextual() ? choice.path("stop_sequence") : choice.path("stop_reason");
        boolean bySequence = finish.equals("stop") && sequence.isTextual();
        String own = choice.path("native_finish_reason").asText("");
        message.put(
                "stop_reason",
                bySequence ? "stop_sequence" : OWN_REASONS.contains(own) ? own : stopReason(finish, noTools));
        message.put("stop_sequence", bySequence ? sequence.textValue() : null);
        addOthers(choice.path(AnthropicWords.NATIVE_FIELDS), message);
    }

    private static String stopReason(String finish, boolean noTools) {
        return switch (finish) {
            case "length" -> "max_tokens";
            case "tool_calls", "function_call" -> "tool_use";
            case "content_filter" -> "refusal";
            default -> noTools ? "end_turn" : "tool_use"; // some servers say stop after a forced call
        };
    }

    /** OpenAI counts cached tokens among the prompt's, Anthropic beside them. */
    static ObjectNode usage(JsonNode reported, Usage known) {
        Usage usage = known != null ? known : Usage.NONE;
        if (reported.path("prompt_tokens").isNumber()) {
            JsonNode details = reported.path("prompt_tokens_details");
            usage = Usage.reported(
                            count(reported.path("prompt_tokens")),
                            count(reported.path("completion_tokens")),
                            count(details.path("cached_tokens")),
                            count(reported.path("completion_tokens_details").path("reasoning_tokens")))
                    .withCacheWrites(count(
                            details.has("cache_write_tokens")
                                    ? details.path("cache_write_tokens")
                                    : details.path("cache_creation_tokens")));
        }
        long written = usage.cacheWriteTokens();
        ObjectNode counts = Json.object()
                .put("input_tokens", Math.max(0, usage.inputTokens() - usage.cachedInputTokens() - written))
                .put("cache_creation_input_tokens", written)
                .put("cache_read_input_tokens", usage.cachedInputTokens())
                .put("output_tokens", usage.outputTokens());
        addOthers(reported.path(AnthropicWords.NATIVE_USAGE), counts);
        if (usage.reasoningTokens() > 0 && !counts.has("output_tokens_details")) {
            counts.putObject("output_tokens_details").put("thinking_tokens", usage.reasoningTokens());
        }
        return counts;
    }

    /** What Anthropic's model said beyond OpenAI's words; of what stands there already nothing changes. */
    static void addOthers(JsonNode others, ObjectNode to) {
        others.properties().forEach(field -> {
            if (!to.has(field.getKey())) {
                to.set(field.getKey(), field.getValue());
            }
        });
    }

    private static long count(JsonNode node) {
        return Math.max(0, node.asLong(0));
    }
}
