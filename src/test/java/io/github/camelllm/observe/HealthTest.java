package io.github.camelllm.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

class HealthTest {

    /** A breaker below two steps, with a third inside: the shape of the shipped model routes. */
    private static final String MODEL =
            """
            - beans:
                - name: entry
                  type: io.github.camelllm.provider.ModelStep
                  properties: { model: gpt-x, provider: openai }
            - errorHandler: { noErrorHandler: {} }
            - route:
                id: llm-model-gpt-x
                from:
                  uri: direct:llm-model-gpt-x
                  steps:
                    - policy: { ref: entry }
                    - policy: { ref: inFlight }
                    - throttle:
                        expression: { constant: "10" }
                        mode: ConcurrentRequests
                        correlationExpression: { constant: gpt-x }
                        rejectExecution: true
                    - circuitBreaker:
                        resilience4jConfiguration:
                          minimumNumberOfCalls: 2
                          slidingWindowSize: 2
                          throwExceptionWhenHalfOpenOrOpenState: true
                        steps:
                          - process: { ref: model }
            """;

    private static Observed withBreaker(Processor model) throws Exception {
        Observed gateway = new Observed(MODEL);
        gateway.context.getRegistry().bind("model", model);
        return gateway.start();
    }

    private static FinishedCallMaker answered(Duration waited) {
        return new FinishedCallMaker().tried("gpt-x", waited, null);
    }

    @Test
    void describesEachModel() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            gateway.models.add(new Model("claude-x", "anthropic", Operation.CHAT, "ANTHROPIC_API_KEY", false));
            for (int i = 0; i < 4; i++) {
                gateway.finished(answered(Duration.ofMillis(100)));
            }

            assertThat(Observed.status(gateway.get("health"))).isEqualTo(200);
            assertThat(gateway.health())
                    .isEqualTo(Json.MAPPER.readTree(
                            """
                            {"status":"ok","reasons":[],"live_models":["gpt-x"],"window_seconds":60,"models":[
                              {"name":"claude-x","provider":"anthropic","operation":"chat","live":false,
                               "missing":"ANTHROPIC_API_KEY","state":"no_key","health":null,
                               "rest_seconds":null,"failure_percent":null,"requests":0,
                               "latency_ms":{"p50":null,"p95":null,"p99":null}},
                              {"name":"gpt-x","provider":"openai","operation":"chat","live":true,
                               "missing":null,"state":"closed","health":"healthy",
                               "rest_seconds":0,"failure_percent":0,"requests":4,
                               "latency_ms":{"p50":%s,"p95":%s,"p99":%s}}]}"""
                                    .formatted(
                                            gateway.health().at("/models/1/latency_ms/p50"),
                                            gateway.health().at("/models/1/latency_ms/p95"),
                                            gateway.health().at("/models/1/latency_ms/p99"))));
            assertThat(gateway.health().at("/models/1/latency_ms/p95").asDouble())
                    .isBetween(98.0, 102.0);
        }
    }

    @Test
    void isDegradedWhileAModelIsSlow() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            for (int i = 0; i < 4; i++) {
                gateway.finished(answered(Duration.ofSeconds(5)));
            }
            assertThat(gateway.health().path("status").asText()).isEqualTo("ok"); // too few to judge by

            gateway.finished(answered(Duration.ofSeconds(5)));

            JsonNode health = gateway.health();
            assertThat(health.path("status").asText()).isEqualTo("degraded");
            assertThat(health.at("/reasons/0").asText())
                    .matches("gpt-x: the p95 of its latency is [45]\\.\\d s, more than 2\\.0 s");
            assertThat(Observed.status(gateway.get("health"))).isEqualTo(200);

            gateway.ticker.advance(Duration.ofMinutes(2));
            assertThat(gateway.health().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void judgesAModelByItsAnswersAndTimeoutsAlone() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            List<String> fast = List.of("too_many_in_flight", "no_model_available", "client_gone", "upstream_error");
            for (String code : fast) {
                gateway.finished(new FinishedCallMaker()
                        .tried("gpt-x", Duration.ZERO, code)
                        .failed(502, code));
            }
            gateway.finished(new FinishedCallMaker()
                    .tried("gpt-x", Duration.ofSeconds(30), "upstream_timeout")
                    .failed(504, "upstream_timeout"));

            JsonNode model = gateway.health().at("/models/0");
            assertThat(model.path("requests").asInt()).isEqualTo(1);
            assertThat(model.at("/latency_ms/p50").asDouble()).isGreaterThan(29_000);
        }
    }

    @Test
    void isDegradedWhileACircuitBreakerIsOpen() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Observed gateway = withBreaker(exchange -> {
            if (broken.get()) {
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck").withUpstream(UpstreamFailure.STATUS_500);
            }
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        })) {
            assertThat(gateway.health().path("status").asText()).isEqualTo("ok");
            assertThat(gateway.scrape().sum("llm_model_state", "model", "gpt-x"))
                    .isZero();

            gateway.send("direct:llm-model-gpt-x", "{}");
            gateway.send("direct:llm-model-gpt-x", "{}");

            JsonNode health = gateway.health();
            assertThat(health.at("/models/0/state").asText()).isEqualTo("open");
            assertThat(health.path("status").asText()).isEqualTo("degraded");
            assertThat(health.at("/reasons/0").asText()).isEqualTo("gpt-x: its circuit breaker is open");
            assertThat(gateway.scrape().sum("llm_model_state", "model", "gpt-x"))
                    .isEqualTo(2);
        }
    }

    @Test
    void isDegradedWhileAProviderWantsToBeLeftAlone() throws Exception {
        try (Observed gateway = withBreaker(exchange -> {
            throw Problem.of(ErrorCode.GLOBAL_RATE_LIMITED, "no luck")
                    .withUpstream(UpstreamFailure.STATUS_429)
                    .withRetryAfter(Duration.ofSeconds(20));
        })) {
            gateway.send("direct:llm-model-gpt-x", "{}");

            JsonNode health = gateway.health();
            assertThat(health.at("/models/0/state").asText()).isEqualTo("closed");
            assertThat(health.at("/models/0/health").asText()).isEqualTo("degraded");
            assertThat(health.at("/models/0/rest_seconds").asInt()).isEqualTo(20);
            assertThat(health.at("/reasons/0").asText())
                    .isEqualTo("gpt-x: its provider wants to be left alone for 20 s");
            assertThat(gateway.scrape().sum("llm_model_state", "model", "gpt-x"))
                    .isEqualTo(1);

            gateway.ticker.advance(Duration.ofSeconds(20));
            assertThat(gateway.health().at("/models/0/health").asText()).isEqualTo("healthy");
        }
    }

    @Test
    void showsTheStateOfModelsThatComeAndGo() throws Exception {
        try (Observed gateway = new Observed().model("gpt-x").start()) {
            assertThat(gateway.scrape().labels("llm_model_state")).containsExactly("model");
            Model keyless = new Model("claude-x", "anthropic", Operation.CHAT, "ANTHROPIC_API_KEY", false);
            gateway.models.add(keyless);
            assertThat(gateway.scrape().sum("llm_model_state", "model", "claude-x"))
                    .isEqualTo(3);

            gateway.models.remove(keyless);

            assertThat(gateway.scrape().samples())
                    .noneMatch(sample -> sample.labels().containsValue("claude-x"));
        }
    }

    @Test
    void isReadyOnceStartedUntilItDrains() throws Exception {
        AtomicBoolean draining = new AtomicBoolean();
        try (Observed gateway = new Observed()) {
            gateway.context.getRegistry().bind(ReadyEndpoint.DRAINING, draining);
            ReadyEndpoint early = gateway.context.getRegistry().findSingleByType(ReadyEndpoint.class);
            Exchange beforeTheStart = new org.apache.camel.support.DefaultExchange(gateway.context);
            early.process(beforeTheStart);
            assertThat(Observed.status(beforeTheStart)).isEqualTo(503);
            assertThat(Observed.text(beforeTheStart)).isEqualTo("{\"status\":\"starting\"}");

            gateway.start();
            assertThat(Observed.status(gateway.get("ready"))).isEqualTo(200);
            assertThat(Observed.text(gateway.get("ready"))).isEqualTo("{\"status\":\"ready\"}");

            draining.set(true);
            assertThat(Observed.status(gateway.get("ready"))).isEqualTo(503);
            assertThat(Observed.text(gateway.get("ready"))).isEqualTo("{\"status\":\"shutting_down\"}");
        }
    }

    @Test
    void refusesSettingsThatCannotBe() {
        HealthEndpoint health = new HealthEndpoint();

        assertThat(catchThrowable(() -> health.setDegradedP95(Duration.ZERO)))
                .hasMessage("health.degradedP95 is PT0S; allowed is more than 0s");
        assertThat(catchThrowable(() -> health.setMinRequests(0)))
                .hasMessage("health.minRequests is 0; allowed is 1 or more");
    }
}
