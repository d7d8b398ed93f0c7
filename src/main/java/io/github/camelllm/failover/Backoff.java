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
     * The wait: what the provider asks for and a random time beyond it, else exponential with full jitter (a random time up to
     * a bound that doubles), so that callers who failed together do not come back together.
     *
     * @param problem why the last try failed
     * @param retry 0 for the first retry
     * @param left the time that the call has left
     * @return empty when the provider asks for more than is waited for, or the wait would outlast the call
     */
    Optional<Duration> before(Problem problem, int retry, Duration left) {
        if (problem.retryAfter().isPresent()) {
            return told(problem.retryAfter().get(), Duration.ZERO, left);
        }
        long bound =
                Math.min(settings.longestBackoff().toNanos(), settings.backoff().toNanos() << Math.min(retry, 20));
        Duration wait = Duration.ofNanos(random.applyAsLong(Math.max(1, bound) + 1));
        return wait.compareTo(left) < 0 ? Optional.of(wait) : Optional.empty();
    }

    /**
     * The wait until a provider takes calls again: never less than it says, and a random time beyond it, up to a fifth or the
     * first backoff, whichever is longer.
     *
     * @param time what is left of the time that the provider has said
     * @param before what the call has waited for the same reason
     * @param left the time that the call has left
     * @return empty when all this is more than is waited for, or would outlast the call
     */
    Optional<Duration> told(Duration time, Duration before, Duration left) {
        if (time.plus(before).compareTo(settings.longestRetryAfter()) > 0 || time.compareTo(left) >= 0) {
            return Optional.empty();
        }
        long bound = Math.max(settings.backoff().toNanos(), time.toNanos() / 5);
        long most = Math.min(bound, left.minus(time).toNanos() - 1);
        return Optional.of(time.plusNanos(random.applyAsLong(most + 1)));
    }
}
