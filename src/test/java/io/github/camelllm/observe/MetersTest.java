package io.github.camelllm.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.testkit.Metrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/** The metrics as a Prometheus server reads them. */
class MetersTest {

    @Test
    void metersACall() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            FinishedCallMaker call = new FinishedCallMaker();
            call.firstToken = Duration.ofMillis(130);
            gateway.finished(call);

            Metrics metrics = gateway.scrape();
            assertThat(metrics.sum(
                            "llm_requests_total",
                            "model",
                            "gpt-x",
                            "provider",
                            "openai",
                            "status",
                            "200",
                            "cache",
                            "bypass"))
                    .isEqualTo(1);
            assertThat(metrics.labels("llm_requests_total")).containsExactly("cache", "model", "provider", "status");
            assertThat(metrics.sum("llm_request_duration_seconds_sum", "model", "gpt-x"))
                    .isEqualTo(0.2);
            assertThat(metrics.sum("llm_request_duration_seconds_bucket", "model", "gpt-x", "le", "0.1"))
                    .isZero();
            assertThat(metrics.sum("llm_request_duration_seconds_bucket", "model", "gpt-x", "le", "0.25"))
                    .isEqualTo(1);
            assertThat(metrics.labels("llm_request_duration_seconds_count")).containsExactly("model");
            assertThat(metrics.sum("llm_time_to_first_token_seconds_sum", "model", "gpt-x"))
                    .isEqualTo(0.13);
            assertThat(metrics.names()).contains("llm_time_to_first_token_seconds_bucket");
            assertThat(metrics.sum("llm_gateway_overhead_seconds_sum")).isEqualTo(0.001);
            assertThat(metrics.sum("llm_gateway_overhead_seconds_bucket", "le", "0.001"))
                    .isEqualTo(1);
            assertThat(metrics.labels("llm_gateway_overhead_seconds_count")).isEmpty();
            assertThat(metrics.sum("llm_tokens_total", "model", "gpt-x", "type", "input"))
                    .isEqualTo(11);
            assertThat(metrics.sum("llm_tokens_total", "model", "gpt-x", "type", "output"))
                    .isEqualTo(7);
            assertThat(metrics.sum("llm_tokens_total", "model", "gpt-x", "type", "cached_input"))
                    .isEqualTo(3);
            assertThat(metrics.sum("llm_tokens_total", "model", "gpt-x", "type", "reasoning"))
                    .isEqualTo(2);
            assertThat(metrics.labels("llm_tokens_total")).containsExactly("model", "type");
            assertThat(metrics.names()).doesNotContain("llm_errors_total", "llm_cost_dollars_total");
        }
    }

    @Test
    void aBeanInThePlaceOfAnotherIsMeteredInItsPlace() throws Exception {
        try (Observed gateway = new Observed().start()) {
            gateway.context.getRegistry().bind("mine", MeterBinder.class, binder(1));
            assertThat(gateway.scrape().sum("mine_value")).isEqualTo(1);
            gateway.context.getRegistry().unbind("mine");
            gateway.context.getRegistry().bind("mine", MeterBinder.class, binder(2));
            assertThat(gateway.scrape().sum("mine_value")).isEqualTo(2);
            gateway.context.getRegistry().unbind("mine");
            assertThat(gateway.scrape().names()).doesNotContain("mine_value");
        }
    }

    private static MeterBinder binder(double value) {
        return registry -> Gauge.builder("mine.value", () -> value).register(registry);
    }

    @Test
    void metersAFailure() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            gateway.finished(new FinishedCallMaker().failed(504, "upstream_timeout"));

            Metrics metrics = gateway.scrape();
            assertThat(metrics.sum("llm_errors_total", "code", "upstream_timeout"))
                    .isEqualTo(1);
            assertThat(metrics.labels("llm_errors_total")).containsExactly("code");
            assertThat(metrics.sum("llm_requests_total", "status", "504")).isEqualTo(1);
            assertThat(metrics.sum("llm_gateway_overhead_seconds_count")).isZero();
            assertThat(metrics.sum("llm_time_to_first_token_seconds_count")).isZero();
        }
    }

    @Test
    void callsNoModelNoneAndAnUnknownModelOther() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            FinishedCallMaker unknown = new FinishedCallMaker();
            unknown.model = "a name that no route has";
            unknown.provider = "somebody";
            unknown.cache = "made up";
            FinishedCallMaker none = new FinishedCallMaker();
            none.model = null;
            none.provider = null;

            gateway.finished(unknown);
            gateway.finished(none);

            assertThat(gateway.scrape().samples().stream()
                            .filter(sample -> sample.name().equals("llm_requests_total"))
                            .map(Metrics.Sample::labels))
                    .containsExactlyInAnyOrder(
                            Map.of("model", "other", "provider", "other", "status", "200", "cache", "other"),
                            Map.of("model", "none", "provider", "none", "status", "200", "cache", "bypass"));
        }
    }

    @Test
    void metersTheJavaProcess() throws Exception {
        try (Observed gateway = new Observed().start()) {
            assertThat(gateway.scrape().names())
                    .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds");
        }
    }

    @Test
    void recordsInTheRegistryThatIsThere() throws Exception {
        MeterRegistry own = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Observed gateway = new Observed()) {
            gateway.context.getRegistry().bind("mine", own);
            gateway.start().finished(new FinishedCallMaker());

            assertThat(own.get("llm.requests").counter().count()).isEqualTo(1);
            assertThat(gateway.context.getRegistry().findByType(MeterRegistry.class))
                    .containsExactly(own);
        }
    }

    @Test
    void bindsWhateverBeanHasMetrics() throws Exception {
        try (Observed gateway = new Observed()) {
            gateway.context.getRegistry().bind("mine", (MeterBinder)
                    registry -> Gauge.builder("users.own", () -> 42).register(registry));

            assertThat(gateway.start().scrape().sum("users_own")).isEqualTo(42);
        }
    }

    @Test
    void scrapesAsPrometheusTextUnlessAskedForOpenMetrics() throws Exception {
        try (Observed gateway = new Observed().start()) {
            gateway.finished(new FinishedCallMaker());

            Exchange plain = gateway.get("metrics", "Cookie", "secret");
            Exchange open = gateway.get(
                    "metrics",
                    "Accept",
                    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3");

            assertThat(Observed.status(plain)).isEqualTo(200);
            assertThat(plain.getMessage().getHeader(Exchange.CONTENT_TYPE))
                    .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
            assertThat(plain.getMessage().getHeader("Cookie")).isNull();
            assertThat(Observed.text(plain)).contains("# TYPE llm_requests_total counter");
            assertThat(open.getMessage().getHeader(Exchange.CONTENT_TYPE))
                    .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
            assertThat(Observed.text(open))
                    .contains("# TYPE llm_requests counter")
                    .endsWith("# EOF\n");
        }
    }

    @Test
    void saysThatARegistryOfAnotherKindCannotBeScraped() throws Exception {
        try (Observed gateway = new Observed()) {
            gateway.context.getRegistry().bind("mine", new SimpleMeterRegistry());

            assertThat(Observed.status(gateway.start().get("metrics"))).isEqualTo(404);
        }
    }

    @Test
    void refusesSettingsThatCannotBe() {
        assertThat(catchThrowable(() -> new Meters().setWindow(Duration.ZERO)))
                .hasMessage("meters.window is PT0S; allowed is 10s to 1h");
    }
}
