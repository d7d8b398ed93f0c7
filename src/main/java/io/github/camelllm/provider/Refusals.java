package io.github.camelllm.provider;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MessageConstraintException;

/** What it means for the caller when an upstream cannot be reached, falls silent, or is not asked at all. */
final class Refusals {

    /** A polite moment to wait where nobody said how long. */
    static final Duration SOON = Duration.ofSeconds(1);

    private Refusals() {}

    /** Whether the circuit breaker let the call not through. */
    static boolean isCircuitOpen(Throwable e) {
        return find(e, CallNotPermittedException.class) != null;
    }

    /** Whether the throttle let the call not through. */
    static boolean isThrottled(Throwable e) {
        return find(e, ThrottlerRejectedExecutionException.class) != null;
    }

    /**
     * The problem behind an exception of the HTTP client before an answer has begun.
     *
     * @param model the model asked, for the client
     * @param e what the HTTP client threw
     */
    static Problem ofTransport(String model, Throwable e) {
        Problem known = find(e, Problem.class);
        if (known != null) {
            return known;
        }
        if (find(e, ConnectionRequestTimeoutException.class) != null) {
            return Problem.of(
                            ErrorCode.TOO_MANY_IN_FLIGHT,
                            "The model '" + model + "' has as many connections in use as it is allowed; try again.")
                    .withRetryAfter(SOON)
                    .withUpstream(UpstreamFailure.BUSY)
                    .withDetail("no connection of the pool came free; raise maxInFlight or the pool");
        }
        if (find(e, TooLargeException.class) != null || find(e, MessageConstraintException.class) != null) {
            return upstream(model, "sent more than an answer may be", e).withUpstream(UpstreamFailure.TOO_LARGE);
        }
        if (find(e, Error.class) != null) {
            return Problem.ofAttempt(model, e);
        }
        if (find(e, ConnectTimeoutException.class) != null) {
            return timeout(model, "did not accept a connection in time", e)
                    .withUpstream(UpstreamFailure.CONNECT_TIMEOUT);
        }
        if (isSilence(e)) {
            return timeout(model, "fell silent", e).withUpstream(UpstreamFailure.FIRST_BYTE_TIMEOUT);
        }
        if (find(e, UnknownHostException.class) != null || find(e, ConnectException.class) != null) {
            return upstream(model, "cannot be reached", e).withUpstream(UpstreamFailure.CONNECT_REFUSED);
        }
        if (find(e, SSLException.class) != null) {
            return upstream(model, "cannot be reached securely", e).withUpstream(UpstreamFailure.INSECURE);
        }
        if (find(e, IOException.class) != null || find(e, org.apache.hc.core5.http.HttpException.class) != null) {
            return upstream(model, "broke off the connection", e).withUpstream(UpstreamFailure.RESET);
        }
        return Problem.ofAttempt(model, e);
    }

    /** The problem behind an exception while an answer that has begun is read. */
    static Problem ofReading(String model, Throwable e) {
        Problem problem = ofTransport(model, e);
        return switch (problem.upstream().orElse(UpstreamFailure.STATUS_OTHER)) {
            case FIRST_BYTE_TIMEOUT -> problem.withUpstream(UpstreamFailure.STALLED);
            case RESET -> problem.withUpstream(UpstreamFailure.BROKEN_OFF);
            default -> problem;
        };
    }

    private static boolean isSilence(Throwable e) {
        return find(e, SocketTimeoutException.class) != null || find(e, InterruptedIOException.class) != null;
    }

    /** An answer that is none: 502. */
    static Problem badAnswer(String model, String detail) {
        return upstream(model, "sent something that is no answer", null)
                .withUpstream(UpstreamFailure.BAD_ANSWER)
                .withDetail(detail);
    }

    /** An error object in the place of an answer, or of the rest of one: 502. */
    static Problem inBandError(String model, String whatHappened, String detail) {
        return upstream(model, whatHappened, null)
                .withUpstream(UpstreamFailure.IN_BAND_ERROR)
                .withDetail(detail);
    }

    /** A stream that ends before its answer does: 502. */
    static Problem brokenOff(String model, String whatHappened, String detail) {
        return upstream(model, whatHappened, null)
                .withUpstream(UpstreamFailure.BROKEN_OFF)
                .withDetail(detail);
    }

    /** A timeout of the upstream: 504. */
    static Problem timeout(String model, String whatHappened, Throwable cause) {
        return Problem.of(ErrorCode.UPSTREAM_TIMEOUT, "The provider of '" + model + "' " + whatHappened + ".")
                .withDetail(cause == null ? null : cause.toString());
    }

    /** The provider does not know the version of the model that the client asks for by a dated id: 404. */
    static Problem unknownVersion(Call call) {
        return Problem.of(
                        ErrorCode.MODEL_NOT_FOUND,
                        "The provider of '" + call.getModel() + "' does not know its version '"
                                + call.versionOf(call.getModel()) + "'.")
                .withParam("model")
                .withUpstream(UpstreamFailure.CANNOT);
    }

    /** A failure of the upstream: 502. */
    static Problem upstream(String model, String whatHappened, Throwable cause) {
        return Problem.of(ErrorCode.UPSTREAM_ERROR, "The provider of '" + model + "' " + whatHappened + ".")
                .withDetail(cause == null ? null : cause.toString());
    }

    private static <T extends Throwable> T find(Throwable e, Class<T> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }
}
