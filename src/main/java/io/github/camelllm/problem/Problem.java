package io.github.camelllm.problem;

import java.time.Duration;
import java.util.Optional;

/**
 * A call that fails, told in a way that can be shown to the client.
 *
 * <p>{@link #getMessage()} goes to clients word for word: whoever builds a problem keeps keys, prompts, class names and
 * upstream addresses out of it. What operators need beyond that goes into {@link #detail()}, which is logged and never
 * sent. Problems are part of normal traffic, so one without a cause carries no stack trace.
 */
public final class Problem extends RuntimeException {

    private final ErrorCode code;
    private final String param;
    private final Duration retryAfter;
    private final String detail;
    private final UpstreamFailure upstream;

    private Problem(
            ErrorCode code,
            String message,
            String param,
            Duration retryAfter,
            String detail,
            UpstreamFailure upstream,
            Throwable cause) {
        super(message, cause, true, cause != null);
        this.upstream = upstream;
        this.code = code;
        this.param = param;
        this.retryAfter = retryAfter;
        this.detail = detail;
    }

    /**
     * A problem that a route throws: {@code throwException: { exceptionType: io.github.camelllm.problem.Problem, message:
     * "user_rate_limited: Come back tomorrow." }}.
     *
     * @param codeAndMessage a code of {@link ErrorCode} or an HTTP status, a colon, and what the client is told; without the
     *     first two it is an internal error
     */
    public Problem(String codeAndMessage) {
        this(codeIn(codeAndMessage), messageIn(codeAndMessage), null, null, null, null, null);
    }

    private static ErrorCode codeIn(String text) {
        String head = text.substring(0, Math.max(0, text.indexOf(':'))).strip();
        if (head.matches("[45][0-9][0-9]")) {
            return ErrorCode.ofStatus(Integer.parseInt(head));
        }
        for (ErrorCode code : ErrorCode.values()) {
            if (code.code().equals(head)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL_ERROR;
    }

    private static String messageIn(String text) {
        int colon = text.indexOf(':');
        String head = text.substring(0, Math.max(0, colon)).strip();
        boolean coded = head.matches("[45][0-9][0-9]")
                || codeIn(text) != ErrorCode.INTERNAL_ERROR
                || head.equals("internal_error");
        return coded ? text.substring(colon + 1).strip() : text;
    }

    /**
     * @param code what went wrong
     * @param message for the client: one or two sentences that say what is wrong and what to do
     */
    public static Problem of(ErrorCode code, String message) {
        return new Problem(code, message, null, null, null, null, null);
    }

    /**
     * A refusal of one field of the request.
     *
     * @param param the field, as a client would write it ({@code messages[0].role})
     */
    public static Problem invalid(String param, String message) {
        return new Problem(ErrorCode.INVALID_REQUEST, message, param, null, null, null, null);
    }

    /** The refusal of a call that comes, or is still under way, when the gateway stops. */
    public static Problem shuttingDown() {
        return of(ErrorCode.SHUTTING_DOWN, "The gateway is shutting down; try again.");
    }

    /** The refusal of a call that comes before all routes are up. */
    public static Problem starting() {
        return of(ErrorCode.STARTING, "The gateway is starting; try again.").withRetryAfter(Duration.ofSeconds(1));
    }

    /** The same problem, naming the request field it is about; null takes the name away. */
    public Problem withParam(String newParam) {
        return new Problem(code, getMessage(), newParam, retryAfter, detail, upstream, getCause());
    }

    /** The same problem, telling the client when to come back; null says nothing. */
    public Problem withRetryAfter(Duration newRetryAfter) {
        return new Problem(code, getMessage(), param, newRetryAfter, detail, upstream, getCause());
    }

    /** The same problem with what only operators may read; null takes it away. */
    public Problem withDetail(String newDetail) {
        return new Problem(code, getMessage(), param, retryAfter, newDetail, upstream, getCause());
    }

    /** The same problem with the exception behind it; null takes it away. */
    public Problem withCause(Throwable newCause) {
        return new Problem(code, getMessage(), param, retryAfter, detail, upstream, newCause);
    }

    /** The same problem, saying how an upstream brought it about; null says that none did. */
    public Problem withUpstream(UpstreamFailure newUpstream) {
        return new Problem(code, getMessage(), param, retryAfter, detail, newUpstream, getCause());
    }

    /** What went wrong; never null. */
    public ErrorCode code() {
        return code;
    }

    /** The HTTP status of {@link #code()}. */
    public int status() {
        return code.status();
    }

    /** The request field the problem is about. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /** How long the client should wait before it tries again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** What operators may read and clients may not. */
    public Optional<String> detail() {
        return Optional.ofNullable(detail);
    }

    /** How an upstream brought the problem about; empty when none did. */
    public Optional<UpstreamFailure> upstream() {
        return Optional.ofNullable(upstream);
    }

    /**
     * The problem behind a throwable: the first {@code Problem} in its chain of causes, or what a step of Camel has said by its
     * exception (see {@link CamelFailures}); else an internal error that keeps the throwable as its cause and says nothing of it to
     * the client.
     */
    public static Problem from(Throwable throwable) {
        Problem problem = own(throwable);
        if (problem == null) {
            problem = CamelFailures.problemOf(throwable);
        }
        return problem == null ? unforeseen(throwable) : problem;
    }

    private static Problem own(Throwable throwable) {
        for (Throwable t = throwable; t != null; t = t.getCause()) {
            if (t instanceof Problem problem) {
                return problem;
            }
            if (t.getCause() == t) {
                break;
            }
        }
        return null;
    }

    private static Problem unforeseen(Throwable throwable) {
        return of(ErrorCode.INTERNAL_ERROR, "The gateway failed to handle this request; its log has the request id.")
                .withDetail(String.valueOf(throwable))
                .withCause(throwable);
    }

    /**
     * The same for what went wrong while a model was asked: what nobody foresaw is a failure of that attempt ({@link
     * UpstreamFailure#UNEXPECTED}), which another model may make good, and no internal error.
     *
     * @param model the model that was asked, for the client
     */
    public static Problem ofAttempt(String model, Throwable throwable) {
        Problem problem = own(throwable);
        return problem == null
                ? of(
                                ErrorCode.UPSTREAM_ERROR,
                                "No answer of '" + model + "' could be had; the gateway's log has the request id.")
                        .withUpstream(UpstreamFailure.UNEXPECTED)
                        .withDetail("unexpected: " + throwable)
                        .withCause(throwable)
                : problem;
    }

    @Override
    public String toString() {
        return code.code() + ": " + getMessage() + (detail == null ? "" : " [" + detail + "]");
    }
}
