package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import java.time.Duration;
import java.util.Set;

/**
 * How long a model is waited for before it is taken for silent, by what it was asked.
 *
 * <p>A stream shows its first token after that much time, or is silent. A plain answer comes as a whole, so it has the time
 * in which its tokens are made besides: those that the request allows, or as many as are expected where it does not say.
 * A long prompt has the time in which it is read. A model that reasons before it answers has more, plain and streamed.
 *
 * @param firstByte the longest wait for a plain answer, or for the head of any
 * @param firstToken the wait for a stream's first content
 * @param reasoning the same where the model reasons first
 * @param reasons whether the model reasons though nobody asks for it
 * @param tokensPerSecond how fast a slow model writes
 * @param promptTokensPerSecond how fast a slow model reads
 * @param expectedTokens how long a plain answer may get whose request has no {@code max_tokens}
 */
record AnswerTime(
        Duration firstByte,
        Duration firstToken,
        Duration reasoning,
        boolean reasons,
        int tokensPerSecond,
        int promptTokensPerSecond,
        int expectedTokens) {

    private static final Set<String> HARDLY = Set.of("", "none", "minimal");

    AnswerTime {
        positive("firstByteTimeout", firstByte);
        positive("firstTokenTimeout", firstToken);
        positive("reasoningTimeout", reasoning);
        positive("tokensPerSecond", tokensPerSecond);
        positive("promptTokensPerSecond", promptTokensPerSecond);
        positive("expectedTokens", expectedTokens);
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be positive");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value.toMillis() + " ms; it must be positive");
        }
    }

    /** How long the head of the answer is waited for; with it comes a plain answer. */
    Duration head(Call call) {
        Duration most = firstByte;
        if (!call.isStream()) {
            Duration writing = Duration.ofMillis(tokens(call) * 1000 / tokensPerSecond);
            most = least(firstToken.plus(reading(call)).plus(writing), firstByte);
        }
        return most.plus(more(call));
    }

    /** How long the first content of a stream is waited for. */
    Duration content(Call call) {
        Duration most = firstByte.compareTo(firstToken) > 0 ? firstByte : firstToken;
        return least(firstToken.plus(reading(call)), most).plus(more(call));
    }

    private Duration reading(Call call) {
        return Duration.ofSeconds(call.promptEstimate() / promptTokensPerSecond);
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration more(Call call) {
        boolean asked = reasons || asksToReason(call.getRequest().tree());
        return asked && reasoning.compareTo(firstToken) > 0 ? reasoning.minus(firstToken) : Duration.ZERO;
    }

    private long tokens(Call call) {
        JsonNode request = call.getRequest().tree();
        long most = Math.max(
                request.path("max_completion_tokens").asLong(0),
                request.path("max_tokens").asLong(0));
        return most < 1 ? expectedTokens : Math.min(most, Integer.MAX_VALUE);
    }

    /** Whether a request wants a model to reason before it answers, in the words of any dialect. */
    static boolean asksToReason(JsonNode request) {
        JsonNode template = request.path("chat_template_kwargs");
        return isEffort(request.path("reasoning_effort"))
                || isEffort(request.at("/output_config/effort"))
                || isReasoning(request.path("reasoning"))
                || isReasoning(request.path("thinking"))
                || isReasoning(request.at("/extra_body/google/thinking_config"))
                || request.path("enable_thinking").asBoolean(false)
                || template.path("enable_thinking").asBoolean(false)
                || template.path("thinking").asBoolean(false);
    }

    private static boolean isEffort(JsonNode effort) {
        return effort.isTextual() && !HARDLY.contains(effort.textValue());
    }

    private static boolean isReasoning(JsonNode object) {
        return object.isObject()
                && !object.isEmpty()
                && !object.path("type").asText().equals("disabled")
                && object.path("enabled").asBoolean(true)
                && object.path("thinking_budget").asInt(1) != 0
                && (!object.has("effort") || isEffort(object.path("effort")));
    }
}
