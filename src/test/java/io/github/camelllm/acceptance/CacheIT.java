package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.EmbeddingJars;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Metrics;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.VirtualKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packaged gateway with its cache as shipped, but for one task whose answers are soon stale. */
class CacheIT extends GatewayAcceptance {

    private static final String ADMIN = "sk-llm-admin-0123456789";
    private static final String APP = "sk-llm-app-0123456789";
    private static final String MODEL = "gpt-4o-mini";

    @Override
    void prepare(GatewaySetup setup) {
        setup.write(
                "config/keys.yaml",
                "keys:\n  - { id: app, sha256: " + VirtualKey.sha256(APP) + ", tenant: acme }\n"
                        + "  - { id: ops, sha256: " + VirtualKey.sha256(ADMIN) + ", tenant: acme, admin: true }\n");
        setup.replace(
                "config/cache.yaml",
                "  creative: never",
                "  brief: 1s\n  brisk: { ttl: 1s, revalidate: 1h }\n  creative: never");
        setup.property("llm.cache.tiers", "exact,semantic");
        setup.env(EmbeddingJars.VARIABLE, EmbeddingJars.classPath());
        setup.replace("routes/gateway.camel.yaml", "shadowShare: 0.05", "shadowShare: 0");
    }

    private RawResponse openAi(String question, boolean stream, String... headers) throws IOException {
        return post(
                CHAT,
                "{\"model\":\"" + MODEL
                        + "\",\"temperature\":0,\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\""
                        + question + "\"}]" + (stream ? ",\"stream\":true}" : "}"),
                with(new String[] {"Authorization: Bearer " + APP}, headers));
    }

    private RawResponse anthropic(String question, boolean stream) throws IOException {
        return post(
                "/v1/messages",
                "{\"max_tokens\":50,\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                        + question + "\"}],\"temperature\":0" + (stream ? ",\"stream\":true}" : "}"),
                "x-api-key: " + APP);
    }

    private void answers(String... pieces) {
        upstream.always((Received received) -> received.text().contains("\"stream\":true")
                ? Reply.sse(ChatScript.of(pieces).sse())
                : Reply.json(200, ChatScript.of(pieces).json()));
    }

    private JsonNode clear(String query) throws IOException {
        RawResponse response = RawClient.exchange(
                gateway.port(), "DELETE", "/v1/cache?" + query, null, "Authorization: Bearer " + ADMIN);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        return response.json();
    }

    /** All four ways to ask share one answer, whichever comes first, each in its own words and form. */
    @Test
    void oneAnswerServesBothDialectsPlainAndStreamed() throws Exception {
        answers("Hel", "lo ", "there");
        for (int first = 0; first < 4; first++) {
            String question = "Who is there " + first + "?";
            upstream.reset();
            answers("Hel", "lo ", "there");
            String asked = ask(question, first).header("x-llm-cache");
            assertThat(asked).isEqualTo("miss");
            for (int way = 0; way < 4; way++) {
                RawResponse hit = ask(question, way);
                assertThat(hit.status()).isEqualTo(200);
                assertThat(hit.header("x-llm-cache"))
                        .as("first %d, then %d", first, way)
                        .isEqualTo("hit");
                assertThat(hit.header("x-llm-cost-usd")).isEqualTo("0");
                assertThat(hit.header("x-llm-attempts")).isEqualTo("0");
                assertThat(hit.header("x-llm-model")).isEqualTo(MODEL);
                assertThat(hit.header("age")).isNotNull();
                assertThat(said(hit, way)).isEqualTo("Hello there");
            }
            assertThat(upstream.received()).hasSize(1);
        }
    }

    private RawResponse ask(String question, int way) throws IOException {
        return way < 2 ? openAi(question, way == 1) : anthropic(question, way == 3);
    }

    private static String said(RawResponse response, int way) throws IOException {
        return switch (way) {
            case 0 -> response.json().at("/choices/0/message/content").asText();
            case 2 -> {
                assertThat(response.json().path("type").asText()).isEqualTo("message");
                assertThat(response.json().path("stop_reason").asText()).isEqualTo("end_turn");
                assertThat(response.json().at("/usage/output_tokens").asInt()).isPositive();
                yield response.json().at("/content/0/text").asText();
            }
            default -> streamed(response.text(), way == 3);
        };
    }

    /** The text of a stream, whose end must be there as each dialect has it. */
    private static String streamed(String body, boolean anthropic) throws IOException {
        List<String> data = body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
        assertThat(data.get(data.size() - 1)).isEqualTo(anthropic ? "{\"type\":\"message_stop\"}" : "[DONE]");
        StringBuilder text = new StringBuilder();
        for (String event : data) {
            if (!event.equals("[DONE]")) {
                JsonNode json = Json.read(event.getBytes(StandardCharsets.UTF_8));
                text.append(json.at(anthropic ? "/delta/text" : "/choices/0/delta/content")
                        .asText(""));
            }
        }
        return text.toString();
    }

    @Test
    void aHitIsSavedAndNotSpent() throws Exception {
        answers("Hello");
        openAi("What does it cost?", false);
        RawResponse hit = openAi("What does it cost?", false);
        JsonNode record = gateway.awaitRecord(hit.header("x-request-id"));
        assertThat(record.path("cache").asText()).isEqualTo("hit");
        assertThat(record.path("cost_usd").decimalValue()).isZero();
        assertThat(record.path("output_tokens").asInt()).isZero();
        assertThat(record.at("/hit/tier").asText()).isEqualTo("exact");
        assertThat(record.at("/hit/output_tokens").asInt()).isPositive();
        assertThat(record.at("/hit/saved_usd").decimalValue()).isPositive();
        Metrics metrics = Await.value(
                "the metrics of the hit",
                gateway::metrics,
                found -> found.sum("llm_cache_hits_total", "tier", "exact") > 0);
        assertThat(metrics.sum("llm_cache_saved_dollars_total", "model", MODEL)).isPositive();
        assertThat(metrics.sum("llm_cache_bytes")).isPositive();
    }

    @Test
    void aStaleAnswerStandsInWhenNoModelAnswers() throws Exception {
        answers("Hello");
        String[] task = {"X-LLM-Task: brief"};
        assertThat(openAi("Is anybody there?", false, task).header("x-llm-cache"))
                .isEqualTo("miss");
        upstream.reset();
        upstream.always(Reply.error(500));

        RawResponse stale = Await.value(
                "the answer to become stale", () -> openAi("Is anybody there?", false, task), found -> "stale"
                        .equals(found.header("x-llm-cache")));

        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.header("x-llm-degraded")).isEqualTo("stale");
        assertThat(Integer.parseInt(stale.header("age"))).isPositive();
        assertThat(stale.json().at("/choices/0/message/content").asText()).isEqualTo("Hello");
        assertThat(openAi("Is nobody there?", false, task).status()).isGreaterThanOrEqualTo(500);
    }

    /** The refresh is a call of its own: of the same key, with the same request id, recorded and counted as what it is. */
    @Test
    void aStaleAnswerIsGivenAtOnceAndRefreshedBehindIt() throws Exception {
        String[] task = {"X-LLM-Task: brisk"};
        answers("Old");
        openAi("Who is quick?", false, task);
        answers("New");

        RawResponse stale =
                Await.value("the answer to become stale", () -> openAi("Who is quick?", true, task), found -> "stale"
                        .equals(found.header("x-llm-cache")));
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.text()).contains("Old").contains("[DONE]");
        assertThat(stale.header("x-llm-degraded")).isNull();
        assertThat(Integer.parseInt(stale.header("age"))).isPositive();
        Await.value(
                "the new answer",
                () -> openAi("Who is quick?", false, task),
                found -> found.json().at("/choices/0/message/content").asText().equals("New"));

        JsonNode record = Await.value(
                        "its record",
                        () -> gateway.records().stream()
                                .filter(one -> one.path("cache").asText().equals("refresh"))
                                .toList(),
                        found -> !found.isEmpty())
                .get(0);
        assertThat(record.path("key_id").asText()).isEqualTo("app");
        assertThat(record.path("request_id").asText()).isEqualTo(stale.header("x-request-id"));
        assertThat(record.path("cost_usd").decimalValue()).isPositive();
        assertThat(record.path("stream").asBoolean()).isFalse();
        Await.value(
                "the metrics of the refresh",
                gateway::metrics,
                found -> found.sum("llm_requests_total", "cache", "refresh") > 0);
    }

    @Test
    void aQuestionThatMeansTheSameGetsTheAnswerAndANearMissDoesNot() throws Exception {
        answers("Within 14 days.");
        RawResponse same = Await.value(
                "the model to be loaded, behind the calls",
                () -> {
                    clear("all=true");
                    openAi("How do I cancel my subscription?", false);
                    return openAi("How can I cancel my subscription?", false);
                },
                found -> found.header("x-llm-cache").equals("semantic"));
        assertThat(same.json().at("/choices/0/message/content").asText()).isEqualTo("Within 14 days.");
        assertThat(gateway.awaitRecord(same.header("x-request-id"))
                        .at("/hit/similarity")
                        .asDouble())
                .isBetween(0.9, 1.0);
        for (String other : List.of(
                "How do I renew my subscription?",
                "How do I cancel your subscription?",
                "Why cancel my subscription?")) {
            assertThat(openAi(other, false).header("x-llm-cache")).as(other).isEqualTo("miss");
        }
    }

    @Test
    void templatesAndTagsAreInTheKeyAndCleared() throws Exception {
        answers("Hello");
        for (String version : List.of("1", "2")) {
            String[] labels = {"X-LLM-Template: hail@" + version, "X-LLM-Tags: faq, v" + version};
            assertThat(openAi("Who is hailed?", false, labels).header("x-llm-cache"))
                    .isEqualTo("miss");
            assertThat(openAi("Who is hailed?", false, labels).header("x-llm-cache"))
                    .isEqualTo("hit");
        }
        assertThat(clear("tag=v3").path("cleared").asInt()).isZero();
        assertThat(clear("template=hail@1").path("cleared").asInt()).isEqualTo(1);
        assertThat(clear("template=hail&tag=faq").path("cleared").asInt()).isEqualTo(1);
        RawResponse bad = openAi("Who is hailed?", false, "X-LLM-Template: hail the king");
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.json().at("/error/param").asText()).isEqualTo("X-LLM-Template");
    }

    @Test
    void anAdminClearsWhatItNames() throws Exception {
        answers("Hello");
        clear("all=true");
        String key = openAi("Who goes?", false).header("x-llm-cache-key");
        openAi("Who stays?", false);

        assertThat(clear("model=another").path("cleared").asInt()).isZero();
        assertThat(clear("key=" + key).path("cleared").asInt()).isEqualTo(1);
        assertThat(openAi("Who goes?", false).header("x-llm-cache")).isEqualTo("miss");
        assertThat(openAi("Who stays?", false).header("x-llm-cache")).isEqualTo("hit");
        assertThat(clear("model=" + MODEL + "&tenant=beta").path("cleared").asInt())
                .isZero();
        assertThat(clear("model=" + MODEL + "&tenant=acme").path("cleared").asInt())
                .isEqualTo(2);
        assertThat(openAi("Who stays?", false).header("x-llm-cache")).isEqualTo("miss");
    }

    @Test
    void nobodyElseClearsAnything() throws Exception {
        for (String[] headers : new String[][] {{"Authorization: Bearer " + APP}, {}}) {
            RawResponse response = RawClient.exchange(gateway.port(), "DELETE", "/v1/cache?all=true", null, headers);
            assertThat(response.json().at("/error/code").asText())
                    .isEqualTo(headers.length == 0 ? "invalid_api_key" : "admin_key_needed");
        }
        for (String query : List.of("", "?", "?all=yes", "?modell=x", "?model=", "?model=%zz")) {
            RawResponse response = RawClient.exchange(
                    gateway.port(), "DELETE", "/v1/cache" + query, null, "Authorization: Bearer " + ADMIN);
            assertThat(response.status()).as(query).isEqualTo(400);
            assertThat(response.json().at("/error/message").asText())
                    .as(query)
                    .contains(
                            query.contains("modell")
                                    ? "The parameter 'modell' is not known"
                                    : query.contains("%zz") ? "not well-formed" : "DELETE /v1/cache?model=");
        }
    }
}
