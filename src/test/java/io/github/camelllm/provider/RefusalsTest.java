package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalsTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new UnknownHostException("h"), ErrorCode.UPSTREAM_ERROR, "cannot be reached"),
                Arguments.of(new ConnectException("refused"), ErrorCode.UPSTREAM_ERROR, "cannot be reached"),
                Arguments.of(new HttpHostConnectException("refused"), ErrorCode.UPSTREAM_ERROR, "cannot be reached"),
                Arguments.of(
                        new ConnectTimeoutException("slow"),
                        ErrorCode.UPSTREAM_TIMEOUT,
                        "did not accept a connection in time"),
                Arguments.of(new SocketTimeoutException("Read timed out"), ErrorCode.UPSTREAM_TIMEOUT, "fell silent"),
                Arguments.of(new InterruptedIOException("x"), ErrorCode.UPSTREAM_TIMEOUT, "fell silent"),
                Arguments.of(
                        new SSLHandshakeException("bad certificate"),
                        ErrorCode.UPSTREAM_ERROR,
                        "cannot be reached securely"),
                Arguments.of(new NoHttpResponseException("no"), ErrorCode.UPSTREAM_ERROR, "broke off the connection"),
                Arguments.of(
                        new ConnectionClosedException("early"), ErrorCode.UPSTREAM_ERROR, "broke off the connection"),
                Arguments.of(
                        new TruncatedChunkException("early"), ErrorCode.UPSTREAM_ERROR, "broke off the connection"),
                Arguments.of(new SocketException("reset"), ErrorCode.UPSTREAM_ERROR, "broke off the connection"),
                Arguments.of(new ProtocolException("?"), ErrorCode.UPSTREAM_ERROR, "broke off the connection"),
                Arguments.of(new IOException("?"), ErrorCode.UPSTREAM_ERROR, "broke off the connection"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void meansForTheCaller(Exception failure, ErrorCode code, String whatHappened) {
        Problem problem = Refusals.ofTransport("m", new RuntimeCamelException(failure));

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem).hasMessage("The provider of 'm' " + whatHappened + ".");
        assertThat(problem.detail().orElseThrow()).contains(failure.getClass().getName());
    }

    @Test
    void anExhaustedPoolIsTheGatewaysOwnBound() {
        Problem problem = Refusals.ofTransport("m", new ConnectionRequestTimeoutException("pool"));

        assertThat(problem.code()).isEqualTo(ErrorCode.TOO_MANY_IN_FLIGHT);
        assertThat(problem.retryAfter()).isPresent();
    }

    @Test
    void aProblemStaysWhatItIs() {
        Problem problem = Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "no");

        assertThat(Refusals.ofTransport("m", new RuntimeCamelException(problem)))
                .isSameAs(problem);
    }

    @Test
    void whatNobodyForesawIsAFailedAttempt() {
        for (Throwable unforeseen :
                new Throwable[] {new IllegalStateException("pool shut down"), new StackOverflowError()}) {
            Problem problem = Refusals.ofTransport("m", unforeseen);

            assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
            assertThat(problem.upstream()).contains(UpstreamFailure.UNEXPECTED);
            assertThat(problem.getMessage()).doesNotContain("pool");
        }
    }

    @Test
    void knowsARefusalOfBreakerAndThrottleHoweverWrapped() {
        CircuitBreaker breaker = CircuitBreaker.ofDefaults("b");
        breaker.transitionToOpenState();
        Exception open = CallNotPermittedException.createCallNotPermittedException(breaker);
        Exception throttled = new ThrottlerRejectedExecutionException("full");

        assertThat(Refusals.isCircuitOpen(new RuntimeCamelException(open))).isTrue();
        assertThat(Refusals.isCircuitOpen(throttled)).isFalse();
        assertThat(Refusals.isThrottled(new RuntimeCamelException(throttled))).isTrue();
        assertThat(Refusals.isThrottled(open)).isFalse();
    }
}
