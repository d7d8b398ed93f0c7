package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which circuit breakers leave a call unjudged. */
class BreakersTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    private CircuitBreakerRegistry plugin() {
        return context.getCamelContextExtension().getContextPlugin(CircuitBreakerRegistry.class);
    }

    private static boolean leavesUnjudged(CircuitBreaker breaker) {
        return breaker.getCircuitBreakerConfig()
                .getIgnoreExceptionPredicate()
                .test(new Unjudged(Problem.of(ErrorCode.CLIENT_GONE, "gone")));
    }

    private static CircuitBreaker breaker(CircuitBreakerRegistry registry, String name) {
        return registry.circuitBreaker(name, CircuitBreakerConfig.ofDefaults());
    }

    @Test
    void thoseOfAContextThatHasNone() {
        Breakers.into(context);
        CircuitBreakerRegistry first = plugin();
        Breakers.into(context);

        assertThat(plugin()).isSameAs(first);
        assertThat(leavesUnjudged(breaker(first, "model"))).isTrue();
    }

    /** Camel enters a registry with the first breaker, which may be that of a route which is no model's. */
    @Test
    void thoseAfterAnotherRoutesBreaker() {
        CircuitBreakerRegistry all = CircuitBreakerRegistry.ofDefaults();
        context.getCamelContextExtension().addContextPlugin(CircuitBreakerRegistry.class, all);
        CircuitBreaker others = breaker(all, "other");

        Breakers.into(context);

        assertThat(leavesUnjudged(breaker(plugin(), "model"))).isTrue();
        assertThat(leavesUnjudged(breaker(plugin(), "other"))).isFalse();
        assertThat(all.find("model")).as("still one registry").isPresent();
        assertThat(breaker(plugin(), "other")).isSameAs(others);
    }

    @Test
    void notThoseOfARegistryThatIsABean() {
        context.getRegistry().bind("registry", CircuitBreakerRegistry.ofDefaults());

        Breakers.into(context);

        assertThat(plugin()).isNull();
    }
}
