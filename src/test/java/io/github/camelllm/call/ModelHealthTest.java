package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.ModelHealth.Breaker;
import io.github.camelllm.call.ModelHealth.Settings;
import io.github.camelllm.call.ModelHealth.State;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How a model's health is judged. */
class ModelHealthTest {

    private final ManualTicker ticker = new ManualTicker();
    private final AtomicReference<Breaker> breaker = new AtomicReference<>(Breaker.CLOSED);
    private final List<String> told = new ArrayList<>();
    private final ModelHealth health = new ModelHealth(
            ticker,
            new Settings(25, Duration.ofSeconds(2), Duration.ofMinutes(1)),
            breaker::get,
            (from, to, why) -> told.add(from + ">" + to + ": " + why));

    private void answers(int times, Duration waited) {
        for (int i = 0; i < times; i++) {
            health.answered(waited.toNanos());
        }
    }

    @Test
    void isHealthyWhileNothingIsKnown() {
        assertThat(health.state()).isEqualTo(State.HEALTHY);
        assertThat(health.latencyNanos()).isEqualTo(-1);
        assertThat(health.failureShare()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void isUnhealthyWhileItsBreakerIsOpen() {
        breaker.set(Breaker.OPEN);
        assertThat(health.state()).isEqualTo(State.UNHEALTHY);
        breaker.set(Breaker.HALF_OPEN);
        assertThat(health.state()).isEqualTo(State.DEGRADED);
        breaker.set(Breaker.CLOSED);
        assertThat(health.state()).isEqualTo(State.HEALTHY);
        assertThat(told)
                .containsExactly(
                        "HEALTHY>UNHEALTHY: its circuit breaker is open",
                        "UNHEALTHY>DEGRADED: its circuit breaker is half open",
                        "DEGRADED>HEALTHY: its calls go well");
    }

    @Test
    void isDegradedWhileItsProviderWantsToBeLeftAlone() {
        health.rest()
                .after(
                        Problem.of(ErrorCode.GLOBAL_RATE_LIMITED, "no")
                                .withUpstream(UpstreamFailure.STATUS_429)
                                .withRetryAfter(Duration.ofSeconds(7)),
                        Duration.ofMinutes(1));
        assertThat(health.state()).isEqualTo(State.DEGRADED);
        breaker.set(Breaker.OPEN);
        assertThat(health.state()).isEqualTo(State.UNHEALTHY);
        breaker.set(Breaker.CLOSED);
        ticker.advance(Duration.ofSeconds(7));
        assertThat(health.state()).isEqualTo(State.HEALTHY);
        assertThat(told.get(0)).isEqualTo("HEALTHY>DEGRADED: its provider wants to be left alone for 7 s");
    }

    @Test
    void isDegradedWhileAQuarterFails() {
        answers(3, Duration.ofMillis(100));
        health.failed();
        assertThat(health.state()).isEqualTo(State.HEALTHY); // four calls say too little
        health.failed();

        assertThat(health.state()).isEqualTo(State.DEGRADED);
        assertThat(told).containsExactly("HEALTHY>DEGRADED: 40 % of its calls fail");

        ticker.advance(Duration.ofSeconds(61));
        assertThat(health.state()).isEqualTo(State.HEALTHY);
    }

    @Test
    void isDegradedWhileHalfOfItsCallsWaitTooLong() {
        answers(2, Duration.ofMillis(100));
        answers(3, Duration.ofSeconds(3));

        assertThat(health.state()).isEqualTo(State.DEGRADED);
        assertThat(health.latencyNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void remembersTheLastHundredCalls() {
        for (int i = 0; i < 100; i++) {
            health.failed();
        }
        answers(100, Duration.ofMillis(1));

        assertThat(health.failureShare()).isZero();
        assertThat(health.count()).isEqualTo(100);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> new Settings(0, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .hasMessage("degradedFailurePercent is 0; 1 to 100 is allowed");
        assertThatThrownBy(() -> new Settings(10, Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessage("degradedLatency is 0 ms; it must be positive");
    }
}
