package io.github.camelllm.observe;

import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.config.Edits;
import io.github.camelllm.observe.HealthReport.Entry;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /health}: how the gateway and each model fare, always with status 200. {@code status} is {@code
 * degraded}, with the reasons beside it, when a live model's circuit breaker is open or its 95th percentile is beyond
 * what is set; a gateway that still serves is not to be restarted for that, so liveness probes may use this as well.
 *
 * <p>Latency is the time from a request to the model until its first sign of an answer, over the sliding window of the
 * {@link Meters} bean. Without such a bean there are no latencies.
 */
public final class HealthEndpoint implements Processor {

    private volatile HealthSettings settings = new HealthSettings(Duration.ofSeconds(10), 20);

    /** The 95th percentile of a model's latency beyond which the gateway is degraded; 10 seconds unless set. */
    public void setDegradedP95(Duration degradedP95) {
        settings = new HealthSettings(degradedP95, settings.minRequests());
    }

    /** How many answers of a model it takes to judge its latency; 20 unless set. */
    public void setMinRequests(int minRequests) {
        settings = new HealthSettings(settings.degradedP95(), minRequests);
    }

    @Override
    public void process(Exchange exchange) {
        CamelContext context = exchange.getContext();
        Models models = context.getRegistry().findSingleByType(Models.class);
        Meters meters = context.getRegistry().findSingleByType(Meters.class);
        LatencyWindow latencies = meters == null ? LatencyWindow.none() : meters.latencies();
        List<Model> all = models == null ? List.of() : models.all();
        List<Entry> entries = all.stream()
                .map(model -> new Entry(model, ModelState.of(model), latencies.of(model.name())))
                .toList();
        Responses.json(
                exchange,
                200,
                HealthReport.of(
                        entries,
                        latencies.window(),
                        settings,
                        context.getRegistry().findSingleByType(Edits.class)));
    }
}
