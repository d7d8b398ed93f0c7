package io.github.camelllm.observe;

import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;

/** The metric {@code llm_model_state}. */
final class ModelStates {

    private final ModelNames names;

    ModelStates(ModelNames names) {
        this.names = names;
    }

    /** The gauge; it shows the models known at its last {@link #refresh}. */
    MultiGauge gauge(MeterRegistry registry) {
        return MultiGauge.builder("llm.model.state")
                .description("0 healthy, 1 degraded, 2 unhealthy (circuit breaker open), 3 no key")
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

    private static Number value(Models models, String name) {
        return models.find(name)
                .map(model -> (Number) ModelState.of(model).value())
                .orElse(Double.NaN);
    }
}
