package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Metrics;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is told of a call once it is over: one line of JSON, metrics, health. */
class CallRecordIT extends GatewayAcceptance {

    @Override
    void prepare(GatewaySetup setup) {
        setup.oneAttempt();
    }

    private static final String SECRET = "the-prompt-nobody-may-log";
    private static final List<String> FIELDS = List.of(
            "time",
            "request_id",
            "trace_id",
            "operation",
            "key_id",
            "tenant",
            "user",
            "team",
            "tier",
            "asked",
            "task",
            "stream",
            "model",
            "provider",
            "input_tokens",
            "output_tokens",
            "cached_input_tokens",
            "reasoning_tokens",
            "tokens_estimated",
            "latency_ms",
            "time_to_first_token_ms",
            "upstream_ms",
            "finish_reason",
            "cache",
            "attempts",
            "status",
            "error_code",
            "flags",
            "prompt_sha256");

    @Test
    void writesOneLineWithAllFieldsForEachCall() throws Exception {
        upstream.next(Reply.json(200, ChatScript.of("a ", "b").promptTokens(11).json())
                .headersAfter(Duration.ofMillis(60)));
        Instant before = Instant.now().minusSeconds(1);
        RawResponse response = post(CHAT, chatJson(STEADY), "X-LLM-Task: summary");

        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(Problems.fieldNames(record)).containsAll(FIELDS);
        assertThat(Instant.parse(record.path("time").asText())).isBetween(before, Instant.now());
        assertThat(record.path("trace_id").asText()).matches("[0-9a-f]{32}");
        assertThat(record.path("operation").asText()).isEqualTo("chat");
        assertThat(record.path("key_id").asText()).isEqualTo("anonymous");
        assertThat(record.path("asked").asText()).isEqualTo(STEADY);
        assertThat(record.path("task").asText()).isEqualTo("summary");
        assertThat(record.path("stream").asBoolean()).isFalse();
        assertThat(record.path("model").asText()).isEqualTo(STEADY);
        assertThat(record.path("provider").asText()).isEqualTo("openai");
        assertThat(record.path("input_tokens").asInt()).isEqualTo(11);
        assertThat(record.path("output_tokens").asInt()).isEqualTo(2);
        assertThat(record.path("cached_input_tokens").asInt()).isEqualTo(2);
        assertThat(record.path("reasoning_tokens").asInt()).isEqualTo(1);
        assertThat(record.path("tokens_estimated").asBoolean()).isFalse();
        assertThat(record.path("latency_ms").asDouble()).isBetween(60.0, 5000.0);
        assertThat(record.path("upstream_ms").asDouble())
                .isBetween(59.0, record.path("latency_ms").asDouble());
        assertThat(record.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(record.path("cache").asText()).isEqualTo("bypass");
        assertThat(record.path("attempts")).hasSize(1);
        assertThat(record.at("/attempts/0/model").asText()).isEqualTo(STEADY);
        assertThat(record.at("/attempts/0/status").asInt()).isEqualTo(200);
        assertThat(record.path("status").asInt()).isEqualTo(200);
        assertThat(record.path("error_code").isNull()).isTrue();
        assertThat(record.path("prompt_sha256").asText()).matches("[0-9a-f]{64}");
    }

    @Test
    void tellsAStreamsTimes() throws Exception {
        upstream.next(Reply.sse(
                ChatScript.of("a ", "b").sse().firstAfter(Duration.ofMillis(80)).every(Duration.ofMillis(40))));
        RawResponse response = chat(STEADY, "\"stream\":true");
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        double first = record.path("time_to_first_token_ms").asDouble();
        assertThat(first).as("the first token is in the second event").isGreaterThan(119);
        assertThat(record.path("latency_ms").asDouble()).isGreaterThan(first + 79);
        assertThat(record.path("stream").asBoolean()).isTrue();
        assertThat(record.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void recordsEmbeddings() throws Exception {
        RawResponse response = post(EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":\"one two three\"}");
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("operation").asText()).isEqualTo("embeddings");
        assertThat(record.path("input_tokens").asInt()).isEqualTo(3);
        assertThat(record.path("output_tokens").asInt()).isZero();
        assertThat(record.path("model").asText()).isEqualTo(EMBED);
    }

    @Test
    void hashesThePromptAndNothingElse() throws Exception {
        String one = hash(chatJson(STEADY));
        assertThat(hash(chatJson(STEADY, "\"temperature\":1"))).isEqualTo(one);
        assertThat(hash(chatJson(STEADY).replace("nice", "kind"))).isNotEqualTo(one);
    }

    private String hash(String json) throws Exception {
        return gateway.awaitRecord(post(CHAT, json).header("x-request-id"))
                .path("prompt_sha256")
                .asText();
    }

    @Test
    void recordsRefusalsToo() throws Exception {
        JsonNode broken = gateway.awaitRecord(post(CHAT, "{").header("x-request-id"));
        assertThat(Problems.fieldNames(broken)).containsAll(FIELDS);
        assertThat(broken.path("status").asInt()).isEqualTo(400);
        assertThat(broken.path("error_code").asText()).isEqualTo("invalid_request");
        assertThat(broken.path("prompt_sha256").isNull()).isTrue();
        assertThat(broken.path("model").isNull()).isTrue();
        assertThat(broken.path("attempts")).isEmpty();

        upstream.next(Reply.error(503));
        JsonNode failed = gateway.awaitRecord(chat(STEADY).header("x-request-id"));
        assertThat(failed.path("status").asInt()).isEqualTo(502);
        assertThat(failed.path("error_code").asText()).isEqualTo("upstream_error");
        assertThat(failed.at("/attempts/0/status").asInt()).isEqualTo(503);
        assertThat(failed.at("/attempts/0/error_code").asText()).isEqualTo("upstream_error");
    }

    @Test
    void writesExactlyOneLineACallWhateverItsEnd() throws Exception {
        List<String> ids = new ArrayList<>();
        upstream.next(
                Reply.json(200, ChatScript.of("a").json()),
                Reply.sse(ChatScript.of("a").sse()),
                Reply.sse(ChatScript.of("a").sse().cutAfter(1, Cut.RST)),
                Reply.error(400),
                Reply.hangUp(Cut.RST));
        for (int i = 0; i < 5; i++) {
            ids.add(chat(STEADY, i == 1 || i == 2 ? "\"stream\":true" : "\"stream\":false")
                    .header("x-request-id"));
        }
        ids.add(chat("no-such-model").header("x-request-id"));
        for (String id : ids) {
            gateway.awaitRecord(id);
        }
        chat(STEADY); // a second record of one of them would stand before the record of this one
        List<String> recorded = gateway.records().stream()
                .map(record -> record.path("request_id").asText())
                .filter(ids::contains)
                .toList();
        assertThat(recorded).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void writesNeitherPromptNorAnswerNorKeyAnywhere() throws Exception {
        String json = chatJson(STEADY, "\"user\":\"" + SECRET + "\"").replace("nice", SECRET);
        upstream.next(
                Reply.json(200, ChatScript.of(SECRET).json()),
                Reply.sse(ChatScript.of(SECRET).sse()),
                Reply.json(400, "{\"error\":{\"message\":\"bad: " + SECRET + "\"}}"),
                Reply.json(200, "{\"choices\":\"" + SECRET + "\"}"),
                Reply.sse(ChatScript.of(SECRET).sse().cutAfter(2, Cut.FIN)));
        String last = null;
        for (int i = 0; i < 5; i++) {
            String sent = i == 1 || i == 4
                    ? json.replace("\"user\":\"" + SECRET, "\"stream\":true,\"user\":\"" + SECRET)
                    : json;
            last = post(CHAT, sent, "Authorization: Bearer sk-" + SECRET).header("x-request-id");
        }
        post(CHAT, json.replace("user\":", "temperature\":"));
        post(CHAT, "{\"" + SECRET);
        post(EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":\"" + SECRET + "\"}");
        gateway.awaitRecord(last);
        assertThat(gateway.output()).doesNotContain(SECRET, GatewaySetup.UPSTREAM_KEY);
        try (Stream<Path> files = Files.walk(gateway.directory().resolve("logs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContain(GatewaySetup.UPSTREAM_KEY, "sk-" + SECRET);
                assertThat(Files.readString(file).replaceAll("\"cause\":\"[^\"]*\"", ""))
                        .as(file.toString())
                        .doesNotContain(SECRET);
            }
        }
    }

    @Test
    void writesNoneOfThemEvenWhenAskedToLogEverything() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped().upstream(upstream).env("LLM_LOG_LEVEL", "debug");
        try (GatewayProcess talkative = setup.start()) {
            String json = chatJson("gpt-4o-mini").replace("nice", SECRET);
            upstream.next(
                    Reply.json(200, ChatScript.of(SECRET).json()),
                    Reply.sse(ChatScript.of(SECRET).sse()));
            RawClient.post(talkative.port(), CHAT, json, "Authorization: Bearer sk-" + SECRET);
            RawClient.post(talkative.port(), CHAT, json.replace("}]}", "}],\"stream\":true}"));
            assertThat(upstream.received()).hasSize(2);
            for (String line : talkative.output().split("\n")) {
                assertThat(line).doesNotContain(SECRET, GatewaySetup.UPSTREAM_KEY);
            }
        }
    }

    @Test
    void meters() throws Exception {
        chat(STEADY);
        chat(STEADY, "\"stream\":true");
        upstream.next(Reply.error(500));
        String last = chat(STEADY).header("x-request-id");
        gateway.awaitRecord(last);
        Await.until(
                SOON, "a metered error", () -> gateway.metrics().sum("llm_errors_total", "code", "upstream_error") > 0);

        Metrics metrics = gateway.metrics();
        assertThat(metrics.names())
                .contains(
                        "llm_requests_total",
                        "llm_request_duration_seconds_bucket",
                        "llm_request_duration_seconds_count",
                        "llm_time_to_first_token_seconds_bucket",
                        "llm_tokens_total",
                        "llm_active_requests",
                        "llm_errors_total",
                        "llm_model_state",
                        "llm_gateway_overhead_seconds_bucket");
        assertThat(metrics.labels("llm_requests_total"))
                .containsExactlyInAnyOrder("model", "provider", "status", "cache");
        assertThat(metrics.labels("llm_tokens_total")).containsExactlyInAnyOrder("model", "type");
        assertThat(metrics.labels("llm_errors_total")).containsExactly("code");
        assertThat(metrics.labels("llm_request_duration_seconds_bucket")).containsExactlyInAnyOrder("model", "le");
        assertThat(metrics.sum("llm_requests_total", "model", STEADY, "status", "200", "provider", "openai"))
                .isGreaterThanOrEqualTo(2);
        assertThat(metrics.sum("llm_tokens_total", "model", STEADY, "type", "input"))
                .isPositive();
        assertThat(metrics.sum("llm_time_to_first_token_seconds_count", "model", STEADY))
                .isPositive();
        assertThat(metrics.sum("llm_active_requests", "model", STEADY)).isZero();
    }

    @Test
    void keepsStrangersOutOfLabels() throws Exception {
        for (int i = 0; i < 20; i++) {
            post(CHAT, chatJson("made-up-" + i), "X-LLM-User: stranger-" + i, "X-LLM-Team: stranger-" + i);
        }
        String last = post(CHAT, chatJson(STEADY), "X-LLM-User: stranger").header("x-request-id");
        gateway.awaitRecord(last);
        for (Metrics.Sample sample : gateway.metrics().samples()) {
            assertThat(sample.labels().values())
                    .noneMatch(value -> value.contains("made-up") || value.contains("stranger"));
        }
    }

    @Test
    void tellsItsHealth() throws Exception {
        chat(STEADY);
        RawResponse health = RawClient.exchange(gateway.port(), "GET", "/health", null);
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.header("content-type")).startsWith("application/json");
        assertThat(health.json().path("status").asText()).isIn("up", "degraded", "UP", "ok");
        assertThat(health.text()).contains(STEADY, "simulator");
        Problems.assertSafe(health);
        RawResponse ready = RawClient.exchange(gateway.port(), "GET", "/health/ready", null);
        assertThat(ready.status()).isEqualTo(200);
    }
}
