package io.github.camelllm.observe;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * Counts the calls that a model has in flight ({@code llm_active_requests}): from here on in, until the answer is whole
 * or has failed, or its stream has ended, failed or been given up. Stands in a model's route, below the step that notes
 * the attempt.
 */
public final class ActiveRequests extends Step {

    /** What the id of a model's route begins with; the model's name follows. */
    private static final String ROUTE_PREFIX = "llm-model-";

    private final Map<String, AtomicInteger> active = new ConcurrentHashMap<>();
    private volatile MeterRegistry registry;
    private volatile ModelNames names;

    @Override
    protected void onStart(Route route) {
        CamelContext context = route.getCamelContext();
        registry = Registries.of(context);
        names = new ModelNames(context);
        if (route.getRouteId().startsWith(ROUTE_PREFIX)) {
            of(route.getRouteId().substring(ROUTE_PREFIX.length())); // shows as 0 before its first call
        }
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        AtomicInteger inFlight = of(names.label(call.getModel()));
        inFlight.incrementAndGet();
        boolean streams = false;
        try {
            next.proceed();
            if (exchange.getMessage().getBody() instanceof TokenStream stream) {
                exchange.getMessage().setBody(stream.onEnd(end -> inFlight.decrementAndGet()));
                streams = true;
            }
        } finally {
            if (!streams) {
                inFlight.decrementAndGet();
            }
        }
    }

    private AtomicInteger of(String model) {
        return active.computeIfAbsent(model, this::gauge);
    }

    private AtomicInteger gauge(String model) {
        AtomicInteger inFlight = new AtomicInteger();
        Gauge.builder("llm.active.requests", inFlight, AtomicInteger::get)
                .description("Calls in flight")
                .tag("model", model)
                .strongReference(true)
                .register(registry);
        return inFlight;
    }
}
