package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long a model is left alone at its provider's word, and who goes first afterwards. */
class RestTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTicker ticker = new ManualTicker();
    private final Rest rest = new Rest(ticker);

    private static Problem told(ErrorCode code, UpstreamFailure failure, Duration retryAfter) {
        return Problem.of(code, "no").withUpstream(failure).withRetryAfter(retryAfter);
    }

    private static Problem limited(int seconds) {
        return told(ErrorCode.GLOBAL_RATE_LIMITED, UpstreamFailure.STATUS_429, Duration.ofSeconds(seconds));
    }

    private void pass(long millis) {
        ticker.advance(Duration.ofMillis(millis));
    }

    @Test
    void lastsAsLongAsTheProviderSays() {
        rest.after(limited(7), MINUTE);

        assertThat(rest.lasts()).isTrue();
        assertThat(rest.admits()).isFalse();
        assertThat(rest.left()).isEqualTo(Duration.ofSeconds(7));
        pass(6_001);
        assertThat(rest.seconds()).isEqualTo(1);
        pass(998);
        assertThat(rest.admits()).isFalse();
        pass(1);
        assertThat(rest.lasts()).isFalse();
        assertThat(rest.left()).isZero();
        assertThat(rest.admits()).isTrue();
    }

    @Test
    void isCutButTheCallerIsToldWhatTheProviderSaid() {
        rest.after(limited(3600), MINUTE);

        assertThat(rest.left()).isEqualTo(MINUTE);
        pass(10_500);
        Problem problem = rest.problem("m");
        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(3590));
        assertThat(problem.code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(problem.upstream()).contains(UpstreamFailure.RESTING);
    }

    @Test
    void isNotARateLimitWhereTheProviderIsOverloaded() {
        rest.after(told(ErrorCode.UPSTREAM_ERROR, UpstreamFailure.STATUS_503, MINUTE), MINUTE);

        assertThat(rest.problem("m").code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
    }

    @Test
    void isNeverMadeShorter() {
        rest.after(limited(30), MINUTE);
        rest.after(limited(2), MINUTE);
        assertThat(rest.left()).isEqualTo(Duration.ofSeconds(30));

        rest.after(limited(40), MINUTE);
        assertThat(rest.left()).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void isNoneWhereItIsSwitchedOffOrNothingIsSaid() {
        rest.after(limited(30), Duration.ZERO);
        rest.after(limited(0), MINUTE);
        rest.after(Problem.of(ErrorCode.GLOBAL_RATE_LIMITED, "no").withUpstream(UpstreamFailure.STATUS_429), MINUTE);
        rest.after(Problem.of(ErrorCode.TOO_MANY_IN_FLIGHT, "no").withRetryAfter(MINUTE), MINUTE);

        assertThat(rest.lasts()).isFalse();
        assertThat(rest.admits()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(UpstreamFailure.class)
    void comesOfFailuresThatSpeakOfTheProviderAndNotOfTheRequest(UpstreamFailure failure) {
        rest.after(told(ErrorCode.UPSTREAM_ERROR, failure, MINUTE), MINUTE);

        assertThat(rest.lasts()).isEqualTo(failure.rests());
    }

    @Test
    void letsAFewCallsASecondThroughFirst() {
        rest.after(limited(1), MINUTE);
        pass(1_200);
        for (int i = 0; i < Rest.FIRST; i++) {
            assertThat(rest.left()).isZero();
            assertThat(rest.admits()).isTrue();
        }
        assertThat(rest.admits()).isFalse();
        assertThat(rest.lasts()).as("at the provider's word").isFalse();
        Duration left = rest.left();
        assertThat(left).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
        ticker.advance(left);
        assertThat(rest.admits()).isTrue();
    }

    @Test
    void letsAllThroughOnceOneHasGoneWell() {
        rest.after(limited(1), MINUTE);
        rest.wentWell(); // begun before
        assertThat(rest.lasts()).isTrue();
        pass(1_000);
        assertThat(rest.admits()).isTrue();
        rest.wentWell();

        for (int i = 0; i < 100; i++) {
            assertThat(rest.admits()).isTrue();
        }
    }

    @Test
    void beginsAnewWhenTheFirstIsToldToWait() {
        rest.after(limited(1), MINUTE);
        pass(1_000);
        assertThat(rest.admits()).isTrue();
        rest.after(limited(5), MINUTE);

        assertThat(rest.admits()).isFalse();
        assertThat(rest.left()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void isForgottenThoughNothingIsHeardOfTheFirst() {
        rest.after(limited(1), MINUTE);
        pass(11_001);

        for (int i = 0; i < 100; i++) {
            assertThat(rest.admits()).isTrue();
        }
    }
}
