package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.time.Instant;
import java.util.Set;
import java.util.function.UnaryOperator;
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
    private static final int MAX_PARAM = 200;
    private static final Pattern SECRETS = Pattern.compile("(?i)https?://\\S+"
            + "|\\bBearer\\s+\\S+"
            + "|\\b(?:sk|pk|gsk)[-_][a-z0-9_*-]{4,}"
            + "|\\b(?:key|org|proj|xai|hf)[-_](?=[a-z_-]*[0-9*])[a-z0-9_*-]{4,}"
            + "|\\bAIza[a-z0-9_-]{10,}"
            + "|\\bAQ\\.[a-z0-9_-]{10,}"
            + "|\\beyJ[a-z0-9_-]{8,}[a-z0-9_.-]*"
            + "|\\b[0-9a-f]{32,}\\b"
            + "|\\b(?:[a-z0-9-]+\\.)+[a-z0-9-]+:\\d{2,5}\\b"
            + "|\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?\\b"
            + "|(?<=\\b(?:key|token)[ :=]{1,3}['\"]?)(?=[a-z0-9_.-]*\\d)[a-z0-9_-]{8,}[a-z0-9_.…*-]*");
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.\\[\\]$-]*");
    /** Words for a server's own developers, in a message or in its place. */
    private static final Pattern INTERNAL = Pattern.compile("Traceback|(?m)^\\s*(?:at [\\w.$]+\\(|File \")"
            + "|\\b(?:[a-z_]\\w*\\.){2,}[A-Z]\\w*(?:Exception|Error)\\b|\\w+Exception:");

    private static final Set<String> TOO_LONG = Set.of("context_length_exceeded", "string_above_max_length");
    private static final Pattern TOO_LONG_IN_WORDS = Pattern.compile(
            "(?i)maximum context length|prompt is too long|input is too long|exceeds? the (?:available )?context"
                    + "|exceeds? the (?:model's )?context|exceed context limit|input token count|context window|too many (?:input )?tokens");
    private static final Set<String> AGAINST_POLICY =
            Set.of("content_policy_violation", "content_filter", "moderation_blocked", "ResponsibleAIPolicyViolation");

    private ErrorAnswers() {}

    /**
     * The problem that an answer with an error status stands for.
     *
     * @param model the model asked
     * @param status the upstream's status, not 2xx
     * @param body its body; may be empty or no JSON
     * @param header gives a header of the answer by its name, null where it has none of that name
     * @param now the wall clock, for a {@code Retry-After} that is a date
     */
    static Problem of(String model, int status, byte[] body, UnaryOperator<String> header, Instant now) {
        JsonNode error = ErrorObjects.of(body);
        UpstreamFailure failure = failureOf(status, error);
        return of(model, status, failure, error)
                .withUpstream(failure)
                .withRetryAfter(RetryAfter.of(header, error, status, now))
                .withDetail("upstream answered " + status + ": " + reason(error, "(no reason given)"));
    }

    /**
     * The problem that an error object stands for in the place of the rest of an answer. What it says of the prompt counts as it
     * does with a status.
     *
     * @param whatHappened for the caller, where it is not the prompt
     * @param otherwise the detail where the error gives no reason
     */
    static Problem inBand(String model, String whatHappened, JsonNode error, String otherwise) {
        UpstreamFailure failure = failureOfRefusal(UpstreamFailure.IN_BAND_ERROR, error);
        return switch (failure) {
            case CONTEXT_LENGTH, CONTENT_POLICY -> inBand(model, 0, failure, error, otherwise);
            default -> Refusals.inBandError(model, whatHappened, reason(error, otherwise));
        };
    }

    /** The same in the place of a whole answer: an overload counts as it does with a status, too. */
    static Problem inPlace(String model, String whatHappened, JsonNode error, String otherwise) {
        int status = Overload.statusOf(error);
        UpstreamFailure failure = status == 0 ? UpstreamFailure.IN_BAND_ERROR : failureOf(status, error);
        return status == 0
                ? inBand(model, whatHappened, error, otherwise)
                : inBand(model, status, failure, error, otherwise)
                        .withRetryAfter(RetryAfter.of(name -> null, error, status, Instant.EPOCH));
    }

    private static Problem inBand(String model, int status, UpstreamFailure failure, JsonNode error, String otherwise) {
        return of(model, status, failure, error)
                .withUpstream(failure)
                .withDetail("an error with a success status: " + reason(error, otherwise));
    }

    /** Whether operators must act: the gateway's own key, bill or model name is refused. */
    static boolean isAlarm(Problem problem) {
        return switch (problem.upstream().orElse(UpstreamFailure.STATUS_OTHER)) {
            case STATUS_401, STATUS_402, STATUS_403, STATUS_404 -> true;
            default -> false;
        };
    }

    /** What a status stands for, or what its body says that it stands for. */
    private static UpstreamFailure failureOf(int status, JsonNode error) {
        UpstreamFailure failure = UpstreamFailure.ofStatus(status);
        return switch (failure) {
            case STATUS_400, STATUS_413 -> failureOfRefusal(failure, error);
            case STATUS_403 -> isAgainstPolicy(error) ? UpstreamFailure.CONTENT_POLICY : failure;
            case STATUS_429 -> isBill(error) ? UpstreamFailure.STATUS_402 : failure;
            default -> failure;
        };
    }

    private static UpstreamFailure failureOfRefusal(UpstreamFailure failure, JsonNode error) {
        if (TOO_LONG.contains(error.path("code").asText(""))
                || TOO_LONG_IN_WORDS.matcher(error.path("message").asText("")).find()) {
            return UpstreamFailure.CONTEXT_LENGTH;
        }
        if (isAgainstPolicy(error)) {
            return UpstreamFailure.CONTENT_POLICY;
        }
        if (error.toString().contains("API_KEY_INVALID")) { // Gemini
            return UpstreamFailure.STATUS_401;
        }
        if (failure == UpstreamFailure.STATUS_400
                && error.path("status").asText("").equals("FAILED_PRECONDITION")) { // Gemini: the bill, or the place
            return UpstreamFailure.STATUS_403;
        }
        return error.path("message").asText("").contains("credit balance is too low") // Anthropic
                ? UpstreamFailure.STATUS_402
                : failure;
    }

    private static boolean isAgainstPolicy(JsonNode error) {
        return AGAINST_POLICY.contains(error.path("code").asText(""))
                || AGAINST_POLICY.contains(error.path("innererror").path("code").asText(""))
                || error.path("metadata").path("reasons").isArray(); // OpenRouter
    }

    private static Problem of(String model, int status, UpstreamFailure failure, JsonNode error) {
        return switch (failure) {
            case STATUS_400 -> refused(ErrorCode.INVALID_REQUEST, error);
            case CONTEXT_LENGTH -> refused(ErrorCode.CONTEXT_LENGTH_EXCEEDED, error);
            case CONTENT_POLICY -> refused(ErrorCode.CONTENT_POLICY_VIOLATION, error);
            case STATUS_401, STATUS_403 -> Refusals.upstream(model, "refuses to serve this gateway", null);
            case STATUS_402 ->
                status == 402
                        ? Refusals.upstream(model, "refuses to serve this gateway", null)
                        : Problem.of(
                                ErrorCode.NO_MODEL_AVAILABLE, "The model '" + model + "' is not available for now.");
            case STATUS_404 -> Refusals.upstream(model, "does not know the model that the gateway asks for", null);
            case STATUS_408, STATUS_504 -> Refusals.timeout(model, "ran out of time", null);
            case STATUS_413 ->
                Problem.of(
                        ErrorCode.REQUEST_TOO_LARGE,
                        reason(error, "The request is larger than the provider of '" + model + "' accepts."));
            case STATUS_429 ->
                Problem.of(
                        ErrorCode.GLOBAL_RATE_LIMITED,
                        "The provider of '" + model + "' limits the rate of this gateway; try again later.");
            default -> Refusals.upstream(model, "failed (status " + status + ")", null);
        };
    }

    private static Problem refused(ErrorCode code, JsonNode error) {
        String none = "The provider refused the request and gave no reason.";
        boolean internal = INTERNAL.matcher(error.path("message").asText("")).find();
        return Problem.of(code, internal ? none : reason(error, none)).withParam(field(error.path("param")));
    }

    private static String field(JsonNode param) {
        String name = param.asText("");
        return param.isTextual()
                        && name.length() <= MAX_PARAM
                        && FIELD.matcher(name).matches()
                ? name
                : null;
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

    /** A name that a provider gave a thing, if it looks like one. */
    static String word(String name) {
        return name.length() <= MAX_PARAM && FIELD.matcher(name).matches() ? name : "(no name)";
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
}
