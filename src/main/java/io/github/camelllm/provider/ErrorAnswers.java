package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an upstream's error answer means for the caller of the gateway.
 *
 * <p>A refusal that the caller brought about (its request is wrong, too long, against the rules) is passed on with the
 * provider's reason, cleaned. A refusal that is between the gateway and the provider (a key, a bill, a model that is
 * gone) is an upstream error to the caller and an alarm to the operator.
 */
final class ErrorAnswers {

    private static final int MAX_REASON = 500;
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    private static final int MAX_PARAM = 200;
    private static final Pattern SECRETS = Pattern.compile("(?i)https?://\\S+"
            + "|\\bBearer\\s+\\S+"
            + "|\\b(?:sk|pk|gsk)[-_][a-z0-9_*-]{4,}"
            + "|\\b(?:key|org|proj|xai|hf)[-_](?=[a-z_-]*[0-9*])[a-z0-9_*-]{4,}"
            + "|\\bAIza[a-z0-9_-]{10,}"
            + "|\\beyJ[a-z0-9_-]{8,}[a-z0-9_.-]*"
            + "|\\b[0-9a-f]{32,}\\b");
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.\\[\\]$-]*");
    private static final Set<String> TOO_LONG = Set.of("context_length_exceeded", "string_above_max_length");
    private static final Set<String> AGAINST_POLICY =
            Set.of("content_policy_violation", "content_filter", "moderation_blocked", "ResponsibleAIPolicyViolation");

    private ErrorAnswers() {}

    /**
     * The problem that an answer with an error status stands for.
     *
     * @param model the model asked
     * @param status the upstream's status, not 2xx
     * @param body its body; may be empty or no JSON
     * @param retryAfter its {@code Retry-After}; null when it sent none
     * @param now the wall clock, for a {@code Retry-After} that is a date
     */
    static Problem of(String model, int status, byte[] body, String retryAfter, Instant now) {
        JsonNode error = errorOf(body);
        return of(model, status, error)
                .withRetryAfter(after(retryAfter, now))
                .withDetail("upstream answered " + status + ": " + reason(error, "(no reason given)"));
    }

    /** Whether the circuit breaker should count a failure with that status against the model. */
    static boolean countsAgainstBreaker(int status) {
        return status == 408 || status >= 500;
    }

    /** Whether operators must act: the gateway's own key, bill or model name is refused. */
    static boolean isAlarm(int status, byte[] body) {
        return status == 401 || status == 402 || status == 403 || status == 404 || isBill(errorOf(body));
    }

    private static Problem of(String model, int status, JsonNode error) {
        return switch (status) {
            case 400, 422 -> refused(error);
            case 401, 402, 403 -> Refusals.upstream(model, "refuses to serve this gateway", null);
            case 404 -> Refusals.upstream(model, "does not know the model that the gateway asks for", null);
            case 408, 504 -> Refusals.timeout(model, "ran out of time", null);
            case 413 ->
                Problem.of(
                        ErrorCode.REQUEST_TOO_LARGE,
                        reason(error, "The request is larger than the provider of '" + model + "' accepts."));
            case 429 ->
                isBill(error)
                        ? Problem.of(
                                ErrorCode.NO_MODEL_AVAILABLE, "The model '" + model + "' is not available for now.")
                        : Problem.of(
                                ErrorCode.GLOBAL_RATE_LIMITED,
                                "The provider of '" + model + "' limits the rate of this gateway; try again later.");
            default -> Refusals.upstream(model, "failed (status " + status + ")", null);
        };
    }

    private static Problem refused(JsonNode error) {
        String code = error.path("code").asText("");
        String message = reason(error, "The provider refused the request and gave no reason.");
        ErrorCode errorCode = ErrorCode.INVALID_REQUEST;
        if (TOO_LONG.contains(code) || message.contains("maximum context length")) {
            errorCode = ErrorCode.CONTEXT_LENGTH_EXCEEDED;
        } else if (AGAINST_POLICY.contains(code)
                || AGAINST_POLICY.contains(error.path("innererror").path("code").asText(""))) {
            errorCode = ErrorCode.CONTENT_POLICY_VIOLATION;
        }
        return Problem.of(errorCode, message).withParam(field(error.path("param")));
    }

    private static String field(JsonNode param) {
        String name = param.asText("");
        return param.isTextual()
                        && name.length() <= MAX_PARAM
                        && FIELD.matcher(name).matches()
                ? name
                : null;
    }

    /** The {@code error} object of an answer, or what stands for it; missing when there is none. */
    static JsonNode errorOf(byte[] body) {
        try {
            return errorOf(Json.read(body));
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** The same of an answer, or an event of a stream, that has been parsed. */
    static JsonNode errorOf(JsonNode json) {
        JsonNode error = json.path("error");
        if (error.isTextual()) { // Ollama
            return Json.object().set("message", error);
        }
        return error.isMissingNode() && json.path("message").isTextual() ? json : error; // vLLM
    }

    /** The provider's words, without addresses, keys or what cannot be seen, cut to a bearable length. */
    static String reason(JsonNode error, String otherwise) {
        String message = error.path("message").asText("");
        String readable = NOT_PRINTABLE
                .matcher(SECRETS.matcher(message).replaceAll("[removed]"))
                .replaceAll(" ")
                .strip();
        return readable.isEmpty() ? otherwise : cut(readable);
    }

    private static String cut(String text) {
        if (text.length() <= MAX_REASON) {
            return text;
        }
        boolean inPair = Character.isHighSurrogate(text.charAt(MAX_REASON - 1));
        return text.substring(0, inPair ? MAX_REASON - 1 : MAX_REASON) + "…";
    }

    private static boolean isBill(JsonNode error) {
        return error.path("code").asText("").equals("insufficient_quota")
                || error.path("type").asText("").equals("insufficient_quota");
    }

    /** RFC 9110, section 10.2.3: seconds or a date. What is neither, past or absurdly far says nothing. */
    private static Duration after(String retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        Duration after;
        try {
            after = retryAfter.strip().matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(retryAfter.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeException e) {
            return null;
        }
        return after.isNegative() || after.compareTo(LONGEST_RETRY_AFTER) > 0 ? null : after;
    }
}
