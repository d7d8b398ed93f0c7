package io.github.camelllm.provider;

import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.resilience4j.ResilienceProcessor;

/**
 * The circuit breaker of a model's route, wherever in the route it stands: its state, and a door for failures that come
 * after its block is done, as those of a stream do.
 */
final class RouteBreaker {

    private static final long MOST_TIMES = 10;
    private static final Unjudged UNJUDGED = new Unjudged(Problem.of(ErrorCode.CLIENT_GONE, "to ask with"));

    private final Route route;
    private volatile Runnable onChange = () -> {};
    private volatile CircuitBreaker found;
    private volatile long changedNanos = System.nanoTime();

    RouteBreaker(Route route) {
        this.route = route;
    }

    /** Runs the action at each change of the breaker's state, on the thread that brings it about. */
    void onChange(Runnable action) {
        onChange = action;
    }

    /** Closed too while the route is starting, and where there is no breaker in it. */
    ModelHealth.Breaker state() {
        CircuitBreaker breaker = find();
        if (breaker == null) {
            return ModelHealth.Breaker.CLOSED;
        }
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> ModelHealth.Breaker.OPEN;
            case HALF_OPEN -> ModelHealth.Breaker.HALF_OPEN;
            default -> ModelHealth.Breaker.CLOSED;
        };
    }

    /** Whether the breaker takes {@link Unjudged} for neither a success nor a failure. */
    boolean canLeaveUnjudged() {
        CircuitBreaker breaker = find();
        return breaker != null
                && breaker.getCircuitBreakerConfig()
                        .getIgnoreExceptionPredicate()
                        .test(UNJUDGED);
    }

    /** How long the breaker will stay open, at least a second. */
    Duration comesBackIn() {
        CircuitBreaker breaker = find();
        if (breaker == null) {
            return Refusals.SOON;
        }
        long open = breaker.getCircuitBreakerConfig()
                .getWaitIntervalFunctionInOpenState()
                .apply(1);
        long left = open - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - changedNanos);
        return Duration.ofMillis(Math.max(Refusals.SOON.toMillis(), left));
    }

    /**
     * Counts a failure that the breaker has taken for a success. So that it opens at the same share of failures as if it had
     * not, the failure counts {@code 1/(1 - threshold)} times, twice at 50 percent: of calls of which the share {@code f}
     * fails, it then sees {@code kf/(1 + kf)}, which reaches the threshold where {@code f} does.
     *
     * @param trial whether the call was let through to see if the model is back; if so it is not, unless enough other calls
     *     have told since
     */
    void failed(long nanos, Throwable failure, boolean trial) {
        CircuitBreaker breaker = find();
        if (breaker == null) {
            return;
        }
        boolean early = trial && !isJudged(breaker);
        double threshold = breaker.getCircuitBreakerConfig().getFailureRateThreshold() / 100;
        long times = threshold >= 1 ? MOST_TIMES : Math.min(MOST_TIMES, Math.round(1 / (1 - threshold)));
        for (int i = 0; i < times; i++) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        }
        if (early) {
            reopen();
        }
    }

    /** Whether so many calls have come since the breaker closed that it judges by them, and a trial of then is one of many. */
    private static boolean isJudged(CircuitBreaker breaker) {
        return breaker.getState() == CircuitBreaker.State.CLOSED
                && breaker.getMetrics().getNumberOfBufferedCalls()
                        >= breaker.getCircuitBreakerConfig().getMinimumNumberOfCalls();
    }

    /** Opens the breaker again after a failed trial, however the others have gone: a model is back when all go well. */
    void reopen() {
        CircuitBreaker breaker = find();
        if (breaker != null && breaker.getState() != CircuitBreaker.State.OPEN) {
            breaker.transitionToOpenState();
        }
    }

    private CircuitBreaker find() {
        CircuitBreaker known = found;
        if (known == null) {
            for (Processor processor : route.filter("*")) {
                if (processor instanceof ResilienceProcessor breaker && breaker.getCircuitBreaker() != null) {
                    known = breaker.getCircuitBreaker();
                }
            }
            watch(known);
        }
        return known;
    }

    private synchronized void watch(CircuitBreaker breaker) {
        if (found == null && breaker != null) {
            breaker.getEventPublisher().onStateTransition(event -> {
                changedNanos = System.nanoTime();
                onChange.run();
            });
            found = breaker;
        }
    }
}
