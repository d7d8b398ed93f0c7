package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Usage;
import io.github.camelllm.testkit.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/** The route file of taps that is shipped, behind a chain. */
class CompletedRoutesTest {

    private static final String METRICS =
            """
            - beans:
                - { name: metrics, type: io.github.camelllm.observe.MetricsEndpoint }
            - route: { from: { uri: direct:metrics, steps: [ { process: { ref: metrics } } ] } }
            """;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private Gateway gateway() throws Exception {
        // A queue for all calls of a test at once: what does not fit is dropped, as it should be.
        Gateway gateway = new Gateway(10_000, "5s", Files.readString(Path.of("routes/completed.camel.yaml")), METRICS);
        gateway.context.getRegistry().unbind("meterRegistry");
        gateway.context.getRegistry().bind("meterRegistry", registry);
        Models models = new Models();
        models.add(new Model("gpt-x", "openai", Operation.CHAT, null, false));
        gateway.context.getRegistry().bind("models", models);
        gateway.context.start();
        gateway.modelThatTakes(Duration.ofMillis(5), Usage.reported(2, 1, 0, 0));
        return gateway;
    }

    @Test
    void showWhatTheyLoseFromTheStart() throws Exception {
        try (Gateway gateway = gateway()) {
            Exchange scraped = gateway.context.createProducerTemplate().request("direct:metrics", exchange -> {});

            Metrics metrics = Metrics.parse(scraped.getMessage().getBody(String.class));
            assertThat(metrics.names())
                    .contains("llm_completed_dropped_total", "llm_completed_failed_total", "llm_model_state");
            assertThat(metrics.samples())
                    .contains(
                            new Metrics.Sample("llm_tap_dropped_total", java.util.Map.of("tap", "callLog"), 0),
                            new Metrics.Sample("llm_tap_dropped_total", java.util.Map.of("tap", "metering"), 0),
                            new Metrics.Sample("llm_tap_failed_total", java.util.Map.of("tap", "callLog"), 0),
                            new Metrics.Sample("llm_tap_failed_total", java.util.Map.of("tap", "metering"), 0));
        }
    }

    @Test
    void meterEveryCallThatWasMadeBeforeAStop() throws Exception {
        int calls = 2000;
        try (Gateway gateway = gateway()) {
            for (int i = 0; i < calls; i++) {
                gateway.call();
            }
        }

        Metrics metrics = Metrics.parse(registry.scrape());
        assertThat(metrics.sum("llm_requests_total", "model", "gpt-x", "status", "200"))
                .isEqualTo(calls);
        assertThat(metrics.sum("llm_tokens_total", "type", "input")).isEqualTo(2 * calls);
        assertThat(metrics.sum("llm_tap_dropped_total")).isZero();
        assertThat(metrics.sum("llm_tap_failed_total")).isZero();
        assertThat(metrics.sum("llm_completed_dropped_total")).isZero();
    }
}
