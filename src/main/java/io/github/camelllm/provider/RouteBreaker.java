package io.github.camelllm.provider;

import io.github.camelllm.call.ModelHealth;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.resilience4j.ResilienceProcessor;

/**
 * The circuit breaker of a model's route, wherever in the route it stands: its state, and a door for failures that come
 * after its block is done, as those of a stream do.
 */
final class RouteBreaker {

    private final Route route;
    private volatile Runnable onChange = () -> {};
    private volatile CircuitBreaker found;

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

    /** Counts a failure that the breaker has taken for a success. */
    void failed(long nanos, Throwable failure) {
        CircuitBreaker breaker = find();
        if (breaker != null) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
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
            breaker.getEventPublisher().onStateTransition(event -> onChange.run());
            found = breaker;
        }
    }
}
