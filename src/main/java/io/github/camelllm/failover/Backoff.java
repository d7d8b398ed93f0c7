package io.github.camelllm.failover;

import io.github.camelllm.problem.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/** How long to wait before the same model is asked again. */
final class Backoff {

    private final FailoverSettings settings;
    private final LongUnaryOperator random;

    /** @param random a number from 0 to below its argument */
    Backoff(FailoverSettings settings, LongUnaryOperator random) {
        this.settings = settings;
        this.random = random;
    }

    /**
     * The wait: what the provider asks for, else exponential with full jitter (a random time up to a bound that doubles), so
     * that callers who failed together do not come back together.
     *
     * @param problem why the last try failed
     * @param retry 0 for the first retry
     * @param left the time that the call has left
     * @return empty when the provider asks for more than is waited for, or the wait would outlast the call
     */
    Optional<Duration> before(Problem problem, int retry, Duration left) {
        Duration wait;
        if (problem.retryAfter().isPresent()) {
            wait = problem.retryAfter().get();
            if (wait.compareTo(settings.longestRetryAfter()) > 0) {
                return Optional.empty();
            }
        } else {
            long bound = Math.min(
                    settings.longestBackoff().toNanos(), settings.backoff().toNanos() << Math.min(retry, 20));
            wait = Duration.ofNanos(random.applyAsLong(Math.max(1, bound) + 1));
        }
        return wait.compareTo(left) < 0 ? Optional.of(wait) : Optional.empty();
    }
}
