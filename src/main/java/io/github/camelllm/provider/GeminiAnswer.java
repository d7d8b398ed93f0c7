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
    private Usage usage;

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
        usage = usageOf(call, answer.path("usageMetadata"), outputEstimate);
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
        String reason = GeminiCandidate.reason(candidate);
        if (reason.isEmpty()) {
            reason = unsaid(message);
        }
        choice.set("logprobs", logprobs(candidate));
        choice.put("finish_reason", said.finish(reason));
        if (message.path("content").isNull() && !message.has("tool_calls")) {
            message.put("content", "");
        }
        outputEstimate += OpenAi.textTokens(message);
        return choice;
    }

    /** The reason of a candidate that gives none: the answer has come whole, so one that says something has ended. */
    private String unsaid(ObjectNode message) {
        long said = OpenAi.textTokens(message);
        if (said == 0 && !message.has("tool_calls") && !message.has("images")) {
            throw Refusals.badAnswer(call.getModel(), "a candidate without content or finish reason");
        }
        return OpenAiAnswer.isCut(call, usageOf(call, answer.path("usageMetadata"), said)) ? "MAX_TOKENS" : "STOP";
    }

    private Problem none() {
        JsonNode error = ErrorObjects.of(answer);
        if (!error.isMissingNode()) {
            return ErrorAnswers.inPlace(
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
        Usage usage = usageOf(call, answer.path("usageMetadata"), 0);
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

    /** The usage that the answer reports; null when it reports none, or has not been translated. */
    Usage usage() {
        return usage;
    }

    /** Tokens of what was said, for an answer that reports none. */
    long outputEstimate() {
        return outputEstimate;
    }

    /**
     * The usage of an answer, or of the stream so far; null when there is none. Thoughts are no part of the candidates.
     *
     * @param said the gateway's estimate of the answer so far
     */
    static Usage usageOf(Call call, JsonNode metadata, long said) {
        long prompt = ReportedUsage.count(metadata.path("promptTokenCount"));
        long byTools = ReportedUsage.part(metadata.path("toolUsePromptTokenCount"));
        long thoughts = ReportedUsage.part(metadata.path("thoughtsTokenCount"));
        long input = prompt == ReportedUsage.UNKNOWN ? prompt : prompt + byTools;
        return ReportedUsage.of(
                call,
                input,
                output(metadata, input, thoughts, said),
                ReportedUsage.count(metadata.path("cachedContentTokenCount")),
                thoughts,
                said);
    }

    /** A count that is zero is left out, and so is one that is not known yet. */
    private static long output(JsonNode metadata, long input, long thoughts, long said) {
        JsonNode candidates = metadata.path("candidatesTokenCount");
        if (!candidates.isMissingNode()) {
            long count = ReportedUsage.count(candidates);
            return count == ReportedUsage.UNKNOWN ? count : count + thoughts;
        }
        if (input == ReportedUsage.UNKNOWN) {
            return input;
        }
        long total = ReportedUsage.count(metadata.path("totalTokenCount"));
        return total - input > thoughts ? total - input : said == 0 ? thoughts : ReportedUsage.UNKNOWN;
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
