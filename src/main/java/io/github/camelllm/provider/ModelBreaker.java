package io.github.camelllm.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;

/**
 * The circuit breaker of a model, as a bean that the {@code circuitBreaker} of its route names: Camel's schema allows numbers alone
 * where a {@code resilience4jConfiguration} sets one, and a template has placeholders.
 *
 * <p>Counts calls, not time; tries the model again by itself when its rest is over; takes {@link Unjudged} for neither a success nor
 * a failure.
 */
public final class ModelBreaker implements CircuitBreaker, CamelContextAware {

    private CamelContext camelContext;
    private volatile CircuitBreaker breaker;
    private String model;
    private float failureRateThreshold = 50;
    private int slidingWindowSize = 50;
    private int minimumNumberOfCalls = 10;
    private int waitSeconds = 20;
    private int permittedInHalfOpenState = 3;

    /** What clients call the model, and so what the breaker is called in metrics. */
    public void setModel(String model) {
        this.model = model;
    }

    /** Percent of failures that opens the breaker; above 0, 100 at most; 50 unless set. */
    public void setFailureRateThreshold(float failureRateThreshold) {
        this.failureRateThreshold = failureRateThreshold;
    }

    /** Calls that the percentage is taken of; positive, 50 unless set. */
    public void setSlidingWindowSize(int slidingWindowSize) {
        this.slidingWindowSize = slidingWindowSize;
    }

    /** Calls before it is taken at all; positive, 10 unless set. */
    public void setMinimumNumberOfCalls(int minimumNumberOfCalls) {
        this.minimumNumberOfCalls = minimumNumberOfCalls;
    }

    /** Seconds until an open breaker lets calls try; positive, 20 unless set. */
    public void setWaitDurationInOpenState(int waitDurationInOpenState) {
        this.waitSeconds = waitDurationInOpenState;
    }

    /** Calls that try then; positive, 3 unless set. */
    public void setPermittedInHalfOpenState(int permittedInHalfOpenState) {
        this.permittedInHalfOpenState = permittedInHalfOpenState;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    /** Made when it is first asked for, in the registry of the context, where metrics find it. */
    private CircuitBreaker breaker() {
        CircuitBreaker made = breaker;
        return made != null ? made : make();
    }

    private synchronized CircuitBreaker make() {
        if (breaker == null) {
            CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                    .automaticTransitionFromOpenToHalfOpenEnabled(true)
                    .failureRateThreshold(failureRateThreshold)
                    .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                    .slidingWindowSize(slidingWindowSize)
                    .minimumNumberOfCalls(minimumNumberOfCalls)
                    .waitDurationInOpenState(Duration.ofSeconds(waitSeconds))
                    .permittedNumberOfCallsInHalfOpenState(permittedInHalfOpenState)
                    .ignoreException(Unjudged.class::isInstance)
                    .build();
            CircuitBreakerRegistry all = Breakers.of(camelContext);
            all.remove(model); // that of a route of the name which is gone
            breaker = all.circuitBreaker(model, config);
        }
        return breaker;
    }

    @Override
    public boolean tryAcquirePermission() {
        return breaker().tryAcquirePermission();
    }

    @Override
    public void releasePermission() {
        breaker().releasePermission();
    }

    @Override
    public void acquirePermission() {
        breaker().acquirePermission();
    }

    @Override
    public void onError(long duration, TimeUnit unit, Throwable failure) {
        breaker().onError(duration, unit, failure);
    }

    @Override
    public void onSuccess(long duration, TimeUnit unit) {
        breaker().onSuccess(duration, unit);
    }

    @Override
    public void onResult(long duration, TimeUnit unit, Object result) {
        breaker().onResult(duration, unit, result);
    }

    @Override
    public void reset() {
        breaker().reset();
    }

    @Override
    public void transitionToClosedState() {
        breaker().transitionToClosedState();
    }

    @Override
    public void transitionToOpenState() {
        breaker().transitionToOpenState();
    }

    @Override
    public void transitionToOpenStateFor(Duration wait) {
        breaker().transitionToOpenStateFor(wait);
    }

    @Override
    public void transitionToOpenStateUntil(Instant until) {
        breaker().transitionToOpenStateUntil(until);
    }

    @Override
    public void transitionToHalfOpenState() {
        breaker().transitionToHalfOpenState();
    }

    @Override
    public void transitionToDisabledState() {
        breaker().transitionToDisabledState();
    }

    @Override
    public void transitionToMetricsOnlyState() {
        breaker().transitionToMetricsOnlyState();
    }

    @Override
    public void transitionToForcedOpenState() {
        breaker().transitionToForcedOpenState();
    }

    @Override
    public String getName() {
        return breaker().getName();
    }

    @Override
    public State getState() {
        return breaker().getState();
    }

    @Override
    public CircuitBreakerConfig getCircuitBreakerConfig() {
        return breaker().getCircuitBreakerConfig();
    }

    @Override
    public Metrics getMetrics() {
        return breaker().getMetrics();
    }

    @Override
    public Map<String, String> getTags() {
        return breaker().getTags();
    }

    @Override
    public EventPublisher getEventPublisher() {
        return breaker().getEventPublisher();
    }

    @Override
    public long getCurrentTimestamp() {
        return breaker().getCurrentTimestamp();
    }

    @Override
    public TimeUnit getTimestampUnit() {
        return breaker().getTimestampUnit();
    }
}
