package io.github.camelllm.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/** Finds the meter registry of a Camel context, and gives it one where it has none. */
final class Registries {

    /** The name by which a registry is preferred where there are several, and bound where there is none. */
    static final String NAME = "meterRegistry";

    private Registries() {}

    /** The registry to record in: the only one, or the one called {@value #NAME}, or a new Prometheus registry. */
    static MeterRegistry of(CamelContext context) {
        synchronized (Registries.class) {
            Registry beans = context.getRegistry();
            MeterRegistry named = beans.lookupByNameAndType(NAME, MeterRegistry.class);
            if (named != null) {
                return named;
            }
            Set<MeterRegistry> found = beans.findByType(MeterRegistry.class);
            if (!found.isEmpty()) {
                return found.iterator().next();
            }
            MeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            beans.bind(NAME, made);
            return made;
        }
    }

    /** The registry that can be scraped, if the one to record in is one or has one inside. */
    static Optional<PrometheusMeterRegistry> prometheus(CamelContext context) {
        MeterRegistry registry = of(context);
        if (registry instanceof CompositeMeterRegistry composite) {
            return composite.getRegistries().stream()
                    .filter(PrometheusMeterRegistry.class::isInstance)
                    .map(PrometheusMeterRegistry.class::cast)
                    .findFirst();
        }
        return registry instanceof PrometheusMeterRegistry prometheus ? Optional.of(prometheus) : Optional.empty();
    }
}
