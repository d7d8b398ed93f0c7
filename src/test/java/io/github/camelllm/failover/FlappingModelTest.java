package io.github.camelllm.failover;

import static io.github.camelllm.failover.ChainOfModels.says;
import static io.github.camelllm.failover.FailoverTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.ModelHealth.Breaker;
import io.github.camelllm.failover.ChainOfModels.Outcome;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that goes and comes back again and again, for a minute of fake time, with ten callers a second. */
class FlappingModelTest {

    private static final String ASK = "{'model':'auto','messages':[{'role':'user','content':'hi'}]}";
    private static final Duration OPEN = Duration.ofSeconds(2);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int HALF_OPEN = 3;

    private final ChainOfModels chain = new ChainOfModels();
    private final CircuitBreaker breaker = CircuitBreaker.of(
            "flapping",
            CircuitBreakerConfig.custom()
                    .slidingWindowSize(10)
                    .minimumNumberOfCalls(5)
                    .waitDurationInOpenState(OPEN)
                    .permittedNumberOfCallsInHalfOpenState(HALF_OPEN)
                    .currentTimestampFunction(clock -> chain.ticker.nanos(), TimeUnit.NANOSECONDS)
                    .build());
    private Instant opened = Instant.MIN;
    private int hits;
    private int answers;

    @AfterEach
    void stop() {
        chain.close();
    }

    /** Each phase is ill first; a call that fails takes the model that long. */
    @ParameterizedTest
    @CsvSource({
        "500, 50, STATUS_503",
        "2000, 50, STATUS_503",
        "5000, 50, STATUS_503",
        "5000, 50, RESET",
        "5000, 400, FIRST_BYTE_TIMEOUT"
    })
    void harmsNoCallerAndIsLeftInPeace(long phaseMillis, long failsAfterMillis, UpstreamFailure how) throws Exception {
        breaker.getEventPublisher().onStateTransition(change -> opened = chain.ticker.now());
        chain.model("flapping", Abilities.ALL, this::state, call -> {
                    if (!breaker.tryAcquirePermission()) {
                        throw failure(UpstreamFailure.CIRCUIT_OPEN);
                    }
                    return flapping(call, phaseMillis, failsAfterMillis, how);
                })
                .model("steady", says("hello"));
        Instant end = chain.ticker.now().plus(MINUTE);
        int calls = 0;
        while (chain.ticker.now().isBefore(end)) {
            Instant begun = chain.ticker.now();
            Outcome outcome = chain.send(ASK);
            calls++;
            assertThat(outcome.problem()).isNull();
            assertThat(outcome.text()).isEqualTo("hello");
            assertThat(Duration.between(begun, chain.ticker.now()))
                    .as("the longest wait: two failures and a backoff")
                    .isLessThanOrEqualTo(Duration.ofMillis(2 * failsAfterMillis + 200));
            chain.ticker.advance(Duration.ofMillis(100));
        }
        long mostOpenings = MINUTE.dividedBy(OPEN) + 1;
        assertThat(hits)
                .as("calls that reached it while it was ill, of %d", calls)
                .isPositive()
                .isLessThanOrEqualTo((int) (mostOpenings * 5))
                .isLessThan(calls / 2);
        assertThat(answers).as("calls that it answered while it was well").isGreaterThan(calls / 10);
    }

    private Object flapping(Call call, long phaseMillis, long failsAfterMillis, UpstreamFailure how) throws Exception {
        boolean ill = chain.ticker.nanos() / 1_000_000 / phaseMillis % 2 == 0;
        if (ill) {
            hits++;
            chain.ticker.advance(Duration.ofMillis(failsAfterMillis));
            breaker.onError(failsAfterMillis, TimeUnit.MILLISECONDS, new IllegalStateException());
            throw failure(how);
        }
        breaker.onSuccess(1, TimeUnit.MILLISECONDS);
        answers++;
        return says("hello").answer(call);
    }

    /** Half opens it in time, as {@code automaticTransitionFromOpenToHalfOpenEnabled} does in a route. */
    private Breaker state() {
        if (breaker.getState() == State.OPEN && !chain.ticker.now().isBefore(opened.plus(OPEN))) {
            breaker.transitionToHalfOpenState();
        }
        return switch (breaker.getState()) {
            case OPEN -> Breaker.OPEN;
            case HALF_OPEN -> Breaker.HALF_OPEN;
            default -> Breaker.CLOSED;
        };
    }
}
