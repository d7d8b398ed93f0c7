package io.github.camelllm.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;

/**
 * Has the circuit breakers of a Camel context take {@link Unjudged} for neither a success nor a failure. Camel's own {@code
 * ignoreException} cannot: it clears the exception and goes on with the request as the answer.
 */
final class Breakers {

    private Breakers() {}

    /**
     * Before a model's breaker is made. Those that other routes have made already stay as they are, and so do all where the
     * context has a registry of its own as a bean.
     */
    static void into(CamelContext context) {
        ExtendedCamelContext extension = context.getCamelContextExtension();
        CircuitBreakerRegistry known = extension.getContextPlugin(CircuitBreakerRegistry.class);
        if (context.getRegistry().findByType(CircuitBreakerRegistry.class).isEmpty()
                && (known == null || !Proxy.isProxyClass(known.getClass()))) {
            extension.addContextPlugin(
                    CircuitBreakerRegistry.class,
                    registry(known == null ? CircuitBreakerRegistry.ofDefaults() : known));
        }
    }

    /** The registry of a context's breakers: a bean, or that which metrics listen to. */
    static CircuitBreakerRegistry of(CamelContext context) {
        into(context);
        CircuitBreakerRegistry bean = context.getRegistry().findSingleByType(CircuitBreakerRegistry.class);
        return bean != null ? bean : context.getCamelContextExtension().getContextPlugin(CircuitBreakerRegistry.class);
    }

    /** The registry with each new breaker's settings amended. It must stay one registry, since metrics listen to it. */
    private static CircuitBreakerRegistry registry(CircuitBreakerRegistry all) {
        return (CircuitBreakerRegistry) Proxy.newProxyInstance(
                Breakers.class.getClassLoader(),
                new Class<?>[] {CircuitBreakerRegistry.class},
                (proxy, method, arguments) -> invoke(all, method, arguments));
    }

    private static Object invoke(CircuitBreakerRegistry all, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("circuitBreaker")
                && arguments.length == 2
                && arguments[1] instanceof CircuitBreakerConfig config) {
            return all.circuitBreaker((String) arguments[0], amended(config));
        }
        try {
            return method.invoke(all, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static CircuitBreakerConfig amended(CircuitBreakerConfig config) {
        return CircuitBreakerConfig.from(config)
                .ignoreException(config.getIgnoreExceptionPredicate().or(Unjudged.class::isInstance))
                .build();
    }
}
