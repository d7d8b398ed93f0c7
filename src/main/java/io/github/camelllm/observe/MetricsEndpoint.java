package io.github.camelllm.observe;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /metrics}: Prometheus text, or OpenMetrics for a client whose {@code Accept} names it. 404 where the
 * meter registry is not one of Prometheus.
 */
public final class MetricsEndpoint implements Processor {

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    @Override
    public void process(Exchange exchange) {
        CamelContext context = exchange.getContext();
        Meters meters = context.getRegistry().findSingleByType(Meters.class);
        if (meters != null) {
            meters.refresh();
        }
        Optional<PrometheusMeterRegistry> registry = Registries.prometheus(context);
        if (registry.isEmpty()) {
            byte[] why = "The meter registry is not one of Prometheus.\n".getBytes(StandardCharsets.UTF_8);
            Responses.bytes(exchange, 404, "text/plain; charset=utf-8", why);
            return;
        }
        String accept = exchange.getMessage().getHeader("Accept", "", String.class);
        String type = accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
        byte[] scraped = registry.get().scrape(type).getBytes(StandardCharsets.UTF_8);
        Responses.bytes(exchange, 200, type, scraped);
    }
}
