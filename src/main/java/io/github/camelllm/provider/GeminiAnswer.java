package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;

/** An answer of {@code generateContent} as a chat completion. */
final class GeminiAnswer {

    private final Call call;
    private final JsonNode answer;
    private long outputEstimate;

    GeminiAnswer(Call call, JsonNode answer) {
        this.call = call;
        this.answer = answer;
    }

    /**
     * The chat completion; notes the finish reason on the call.
     *
     * @throws Problem when the answer is none
     */
    ObjectNode translate() {
        JsonNode candidates = answer.path("candidates");
        if (!candidates.isArray() || candidates.isEmpty()) {
            throw none();
        }
        ObjectNode completion = head(call, answer, "chat.completion");
        ArrayNode choices = completion.putArray("choices");
        for (JsonNode candidate : candidates) {
            choices.add(choice(candidate, choices.size()));
        }
        call.finishReason(choices.path(0).path("finish_reason").textValue());
        Usage usage = usage();
        if (usage != null) {
            completion.set("usage", usageNode(usage));
        }
        return completion;
    }

    private ObjectNode choice(JsonNode candidate, int position) {
        GeminiCandidate said = new GeminiCandidate(call);
        ObjectNode choice = Json.object().put("index", candidate.path("index").asInt(position));
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.putNull("content");
        said.say(candidate, message, false);
        String reason = candidate.path("finishReason").asText("");
        if (reason.isEmpty()) {
            throw Refusals.badAnswer(call.getModel(), "a candidate without finish reason");
        }
        choice.set("logprobs", logprobs(candidate));
        choice.put("finish_reason", said.finish(reason));
        if (message.path("content").isNull() && !message.has("tool_calls")) {
            message.put("content", "");
        }
        outputEstimate += OpenAi.textTokens(message);
        return choice;
    }

    private Problem none() {
        JsonNode error = ErrorAnswers.errorOf(answer);
        if (!error.isMissingNode()) {
            return ErrorAnswers.inBand(
                    call.getModel(), "sent something that is no answer", error, "an error object with status 200");
        }
        Problem blocked = blocked(call, answer);
        return blocked != null ? blocked : Refusals.badAnswer(call.getModel(), "no candidates in it");
    }

    /** The problem of a prompt that the provider will not answer, with its reason; null when it does not say so. */
    static Problem blocked(Call call, JsonNode answer) {
        JsonNode feedback = answer.path("promptFeedback");
        String reason = feedback.path("blockReason").asText("");
        if (reason.isEmpty()) {
            return null;
        }
        Usage usage = usageOf(answer.path("usageMetadata"));
        if (usage != null) {
            call.used(usage);
        }
        String message = ErrorAnswers.reason(
                Json.object().put("message", feedback.path("blockReasonMessage").asText("")), "");
        return Problem.of(
                        ErrorCode.CONTENT_POLICY_VIOLATION,
                        "The provider of '" + call.getModel() + "' blocked the prompt: " + ErrorAnswers.word(reason)
                                + (message.isEmpty() ? "." : ". " + message))
                .withUpstream(UpstreamFailure.CONTENT_POLICY)
                .withDetail("blockReason " + ErrorAnswers.word(reason));
    }

    /** What every completion and chunk says of itself. */
    static ObjectNode head(Call call, JsonNode answer, String object) {
        String id = answer.path("responseId").asText("");
        return Json.object()
                .put("id", "chatcmpl-" + (id.isEmpty() ? call.getId() : id))
                .put("object", object)
                .put("created", call.ticker().now().getEpochSecond())
                .put("model", answer.path("modelVersion").asText(call.getModel()));
    }

    /** The usage that the answer reports; null when it reports none. */
    Usage usage() {
        return usageOf(answer.path("usageMetadata"));
    }

    /** Tokens of what was said, for an answer that reports none. */
    long outputEstimate() {
        return outputEstimate;
    }

    /** The usage of an answer, or of the stream so far; null when there is none. Thoughts are no part of the candidates. */
    static Usage usageOf(JsonNode metadata) {
        if (!metadata.path("promptTokenCount").isNumber()) {
            return null;
        }
        long thoughts = count(metadata, "thoughtsTokenCount");
        return Usage.reported(
                count(metadata, "promptTokenCount") + count(metadata, "toolUsePromptTokenCount"),
                count(metadata, "candidatesTokenCount") + thoughts,
                count(metadata, "cachedContentTokenCount"),
                thoughts);
    }

    private static long count(JsonNode metadata, String field) {
        return Math.min(Integer.MAX_VALUE, Math.max(0, metadata.path(field).asLong(0)));
    }

    /** Usage in OpenAI's words. */
    static ObjectNode usageNode(Usage usage) {
        ObjectNode node = Completion.usage(usage);
        node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInputTokens());
        node.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        return node;
    }

    /** The probabilities of a candidate's tokens in OpenAI's words; null when it has none. */
    static JsonNode logprobs(JsonNode candidate) {
        JsonNode chosen = candidate.path("logprobsResult").path("chosenCandidates");
        if (!chosen.isArray()) {
            return null;
        }
        JsonNode top = candidate.path("logprobsResult").path("topCandidates");
        ObjectNode logprobs = Json.object();
        ArrayNode content = logprobs.putArray("content");
        for (int i = 0; i < chosen.size(); i++) {
            ObjectNode token = content.addObject();
            token(chosen.get(i), token);
            ArrayNode others = token.putArray("top_logprobs");
            for (JsonNode other : top.path(i).path("candidates")) {
                token(other, others.addObject());
            }
        }
        return logprobs;
    }

    private static void token(JsonNode from, ObjectNode to) {
        to.put("token", from.path("token").asText(""));
        to.set("logprob", from.path("logProbability"));
        to.putNull("bytes");
    }
}
