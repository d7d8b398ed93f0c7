package io.github.camelllm.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.config.Part;
import io.github.camelllm.problem.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /metrics}: Prometheus text, or OpenMetrics for a client whose {@code Accept} names it. Where the meter
 * registry is not one of Prometheus, 404 with an error object that says what to add.
 */
public final class MetricsEndpoint implements Processor {

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String OTHER_REGISTRY =
            "GET /metrics needs a registry of Prometheus, and metrics are recorded in another one:"
                    + " bind an io.micrometer.prometheusmetrics.PrometheusMeterRegistry as " + Registries.NAME;

    @Override
    public void process(Exchange exchange) {
        CamelContext context = exchange.getContext();
        Meters meters = context.getRegistry().findSingleByType(Meters.class);
        if (meters != null) {
            meters.refresh();
        }
        String accept = exchange.getMessage().getHeader("Accept", "", String.class);
        String type = accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
        Optional<String> scraped = Registries.scrape(context, type);
        if (scraped.isPresent()) {
            Responses.bytes(exchange, 200, type, scraped.get().getBytes(StandardCharsets.UTF_8));
        } else {
            Responses.json(exchange, 404, error(Part.PROMETHEUS.missing().orElse(OTHER_REGISTRY)));
        }
    }

    private static ObjectNode error(String message) {
        ObjectNode root = Json.object();
        root.putObject("error")
                .put("message", message)
                .put("type", ErrorCode.NOT_FOUND.type())
                .put("code", ErrorCode.NOT_FOUND.code())
                .putNull("param");
        return root;
    }
}
