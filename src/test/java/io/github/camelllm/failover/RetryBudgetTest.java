package io.github.camelllm.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What keeps retries few and far between. */
class RetryBudgetTest {

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void allowsAFewRetriesToAQuietGateway() {
        RetryBudget budget = new RetryBudget(ticker, 20);
        budget.asked("m");

        for (int i = 0; i < RetryBudget.FREE; i++) {
            assertThat(budget.retry("m")).isTrue();
        }
        assertThat(budget.retry("m")).isFalse();
        assertThat(budget.retry("another")).isTrue();
    }

    @Test
    void allowsAShareOfTheCallsToABusyOne() {
        RetryBudget budget = new RetryBudget(ticker, 20);
        for (int i = 0; i < 100; i++) {
            budget.asked("m");
        }
        int retries = 0;
        while (budget.retry("m")) {
            retries++;
        }
        assertThat(retries).isEqualTo(20);
    }

    @Test
    void forgetsWhatIsLongPast() {
        RetryBudget budget = new RetryBudget(ticker, 20);
        while (budget.retry("m")) {
            ticker.advance(Duration.ofMillis(1));
        }
        ticker.advance(Duration.ofSeconds(11));

        assertThat(budget.retry("m")).isTrue();
    }

    @Test
    void forgetsNoCallBeforeItsRetry() {
        RetryBudget budget = new RetryBudget(ticker, 100);
        for (int i = 0; i < 100; i++) {
            budget.asked("m");
            assertThat(budget.retry("m")).as("the retry of call %d", i).isTrue();
            ticker.advance(Duration.ofMillis(170));
        }
    }

    @Test
    void allowsNoRetryWhereNoneIsWanted() {
        assertThat(new RetryBudget(ticker, 0).retry("m")).isFalse();
    }

    @Test
    void givesNoMoreThanItHasToManyThreads() throws Exception {
        RetryBudget budget = new RetryBudget(ticker, 20);
        for (int i = 0; i < 100; i++) {
            budget.asked("m");
        }
        AtomicInteger given = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        for (int i = 0; i < 200; i++) {
            threads.execute(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                if (budget.retry("m")) {
                    given.incrementAndGet();
                }
            });
        }
        go.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();

        assertThat(given).hasValue(20);
    }

    @Test
    void doublesTheBoundOfTheRandomWait() {
        Backoff backoff = new Backoff(FailoverSettings.DEFAULT, bound -> bound - 1);
        Problem problem = Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        Duration left = Duration.ofMinutes(1);

        assertThat(backoff.before(problem, 0, left)).contains(Duration.ofMillis(200));
        assertThat(backoff.before(problem, 1, left)).contains(Duration.ofMillis(400));
        assertThat(backoff.before(problem, 10, left)).contains(Duration.ofSeconds(5));
        assertThat(backoff.before(problem, 1000, left)).contains(Duration.ofSeconds(5));
        assertThat(backoff.before(problem, 0, Duration.ofMillis(200))).isEqualTo(Optional.empty());
        assertThat(new Backoff(FailoverSettings.DEFAULT, bound -> 0).before(problem, 3, left))
                .contains(Duration.ZERO);
    }
}
