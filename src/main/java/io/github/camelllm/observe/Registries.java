package io.github.camelllm.observe;

import io.github.camelllm.config.Part;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the meter registry of a Camel context, and gives it one where it has none. */
final class Registries {

    /** The name by which a registry is preferred where there are several, and bound where there is none. */
    static final String NAME = "meterRegistry";

    private static final Logger LOG = LoggerFactory.getLogger(Registries.class);

    private Registries() {}

    /**
     * The registry to record in: the only one, or the one called {@value #NAME}, or a new one:
     * of Prometheus, or in memory alone where that is not on the class path.
     */
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
            Part.PROMETHEUS.missing().ifPresent(missing -> LOG.info("metrics are kept in memory alone: {}", missing));
            MeterRegistry made = Part.PROMETHEUS.present() ? Scraped.registry() : new SimpleMeterRegistry();
            beans.bind(NAME, made);
            return made;
        }
    }

    /** What a scrape is answered with; empty where no registry of the context is one of Prometheus. */
    static Optional<String> scrape(CamelContext context, String type) {
        return Part.PROMETHEUS.present() ? Scraped.scrape(of(context), type) : Optional.empty();
    }

    /** Apart, so that no class of Prometheus' is looked for where it is not on the class path. */
    private static final class Scraped {

        static MeterRegistry registry() {
            return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        }

        static Optional<String> scrape(MeterRegistry registry, String type) {
            if (registry instanceof CompositeMeterRegistry composite) {
                return composite.getRegistries().stream()
                        .filter(PrometheusMeterRegistry.class::isInstance)
                        .findFirst()
                        .flatMap(found -> scrape(found, type));
            }
            return registry instanceof PrometheusMeterRegistry prometheus
                    ? Optional.of(prometheus.scrape(type))
                    : Optional.empty();
        }
    }
}
