package io.github.camelllm.observe;

import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.resilience4j.ResilienceProcessor;

/** Reads each model's state off the circuit breaker in its route, wherever in the route that stands. */
final class ModelStates {

    /** What the id of a model's route begins with; the model's name follows. */
    static final String ROUTE_PREFIX = "llm-model-";

    private final CamelContext context;
    private final ModelNames names;

    ModelStates(CamelContext context, ModelNames names) {
        this.context = context;
        this.names = names;
    }

    ModelState of(Model model) {
        if (!model.live()) {
            return ModelState.NO_KEY;
        }
        Route route = context.getRoute(ROUTE_PREFIX + model.name());
        ModelState worst = ModelState.CLOSED;
        if (route != null) {
            for (Processor processor : route.filter("*")) {
                if (processor instanceof ResilienceProcessor breaker) {
                    ModelState state = stateOf(breaker);
                    worst = state.value() > worst.value() ? state : worst;
                }
            }
        }
        return worst;
    }

    private static ModelState stateOf(ResilienceProcessor breaker) {
        String state = breaker.getCircuitBreakerState(); // null until the route has started
        if (state == null) {
            return ModelState.CLOSED;
        }
        return switch (state) {
            case "OPEN", "FORCED_OPEN" -> ModelState.OPEN;
            case "HALF_OPEN" -> ModelState.HALF_OPEN;
            default -> ModelState.CLOSED;
        };
    }

    /** The gauge {@code llm_model_state}; it shows the models known at its last {@link #refresh}. */
    MultiGauge gauge(MeterRegistry registry) {
        return MultiGauge.builder("llm.model.state")
                .description("0 closed (healthy), 1 half open, 2 open, 3 no key")
                .register(registry);
    }

    /** Adds the models that have come and takes away those that have gone. */
    void refresh(MultiGauge gauge) {
        Models models = names.catalogue();
        if (models != null) {
            gauge.register(models.all().stream()
                    .map(Model::name)
                    .map(name -> MultiGauge.Row.of(Tags.of("model", name), () -> value(models, name)))
                    .toList());
        }
    }

    private Number value(Models models, String name) {
        return models.find(name).map(model -> (Number) of(model).value()).orElse(Double.NaN);
    }
}
