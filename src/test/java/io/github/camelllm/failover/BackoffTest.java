package io.github.camelllm.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** The waits, at both ends of chance. */
class BackoffTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final LongUnaryOperator LEAST = bound -> 0;
    private static final LongUnaryOperator MOST = bound -> bound - 1;

    private static Duration told(LongUnaryOperator random, Duration time, Duration left) {
        return new Backoff(FailoverSettings.DEFAULT, random)
                .told(time, Duration.ZERO, left)
                .orElse(null);
    }

    private static Problem problem(Duration retryAfter) {
        return Problem.of(ErrorCode.UPSTREAM_ERROR, "no").withRetryAfter(retryAfter);
    }

    @Test
    void waitsNeverLessThanTheProviderSaysAndAFifthMoreAtMost() {
        Duration ten = Duration.ofSeconds(10);
        assertThat(told(LEAST, ten, LONG)).isEqualTo(ten);
        assertThat(told(MOST, ten, LONG)).isEqualTo(Duration.ofSeconds(12));
        assertThat(told(MOST, Duration.ofMillis(1), LONG)).isEqualTo(Duration.ofMillis(201));
    }

    @Test
    void endsBeforeTheCallDoes() {
        Duration second = Duration.ofSeconds(1);
        assertThat(told(MOST, second, second.plusMillis(10))).isLessThan(second.plusMillis(10));
        assertThat(told(LEAST, second, second)).isNull();
        assertThat(told(MOST, Duration.ZERO, Duration.ofNanos(1))).isZero();
    }

    @Test
    void countsWhatHasBeenWaitedBefore() {
        Backoff backoff = new Backoff(FailoverSettings.DEFAULT, LEAST);
        assertThat(backoff.told(Duration.ofSeconds(4), Duration.ofSeconds(6), LONG))
                .isPresent();
        assertThat(backoff.told(Duration.ofSeconds(4), Duration.ofSeconds(7), LONG))
                .isEmpty();
    }

    @Test
    void isTheSameForARetry() {
        Backoff backoff = new Backoff(FailoverSettings.DEFAULT, MOST);
        assertThat(backoff.before(problem(Duration.ofSeconds(5)), 0, LONG)).contains(Duration.ofSeconds(6));
        assertThat(backoff.before(problem(Duration.ofSeconds(11)), 0, LONG)).isEmpty();
    }

    @Test
    void doublesWhereTheProviderSaysNothing() {
        Backoff backoff = new Backoff(FailoverSettings.DEFAULT, MOST);
        assertThat(backoff.before(problem(null), 0, LONG)).contains(Duration.ofMillis(200));
        assertThat(backoff.before(problem(null), 2, LONG)).contains(Duration.ofMillis(800));
        assertThat(backoff.before(problem(null), 9, LONG)).contains(Duration.ofSeconds(5));
        assertThat(backoff.before(problem(null), 0, Duration.ofMillis(200))).isEmpty();
    }
}
