package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which model is called, when it is left alone, and what the response says of it. */
class RoutedModelsIT extends GatewayAcceptance {

    @Override
    void prepare(GatewaySetup setup) {
        setup.oneAttempt();
        String[] fragile = {
            "minimumNumberOfCalls", "4", "slidingWindowSize", "4", "waitDurationInOpenState", "60",
        };
        setup.model("fragile", fragile);
        setup.model("fragile-2", fragile);
        setup.model("healing", "minimumNumberOfCalls", "2", "slidingWindowSize", "2", "waitDurationInOpenState", "1");
        setup.model("couple", with(NO_BREAKER, "maxInFlight", "2"));
        setup.model("renamed", with(NO_BREAKER, "upstreamModel", "vendor/its-own-name:v2", "provider", "vendor"));
        setup.model(
                "azure", with(NO_BREAKER, "keyHeader", "api-key", "keyPrefix", "", "path", "/deployments/x/chat?v=1"));
        setup.model("keyless", with(NO_BREAKER, "key", "", "keyName", ""));
        setup.model("plain-usage", with(NO_BREAKER, "streamUsage", "false"));
    }

    @ParameterizedTest
    @CsvSource({
        "auto, '', gpt-4o-mini",
        "fast, '', gpt-4o-mini",
        "smart, '', gpt-4.1",
        "auto, X-LLM-Task: code, gpt-4.1",
        "gpt-4o, X-LLM-Task: code, gpt-4o",
        "gpt-4.1-mini, '', gpt-4.1-mini"
    })
    void routesByWhatIsAskedFor(String asked, String header, String model) throws Exception {
        RawResponse response = header.isEmpty() ? post(CHAT, chatJson(asked)) : post(CHAT, chatJson(asked), header);
        assertThat(response.status()).isEqualTo(200);
        assertThat(upstream.lastRequest().json().path("model").asText()).isEqualTo(model);
        assertThat(response.header("x-llm-model")).isEqualTo(model);
        assertThat(response.header("x-llm-provider")).isEqualTo("openai");
        assertThat(response.header("x-llm-attempts")).isEqualTo("1");
        assertThat(response.header("x-llm-cache")).isEqualTo("bypass");
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("asked").asText()).isEqualTo(asked);
        assertThat(record.path("model").asText()).isEqualTo(model);
    }

    @Test
    void routesLongInputsToModelsThatTakeThem() throws Exception {
        String json = chatJson("auto").replace("nice", "nice " + "word ".repeat(110_000));
        assertThat(post(CHAT, json).status()).isEqualTo(200);
        assertThat(upstream.lastRequest().json().path("model").asText()).isEqualTo("gpt-4.1-mini");
    }

    @Test
    void callsAModelByItsProvidersName() throws Exception {
        RawResponse response = chat("renamed");
        assertThat(upstream.lastRequest().json().path("model").asText()).isEqualTo("vendor/its-own-name:v2");
        assertThat(response.header("x-llm-model")).isEqualTo("renamed");
        assertThat(response.header("x-llm-provider")).isEqualTo("vendor");
    }

    @Test
    void sendsTheKeyTheWayTheProviderWantsIt() throws Exception {
        assertThat(chat("azure").header("x-llm-model")).isEqualTo("azure");
        Received azure = upstream.lastRequest();
        assertThat(azure.header("api-key")).isEqualTo(GatewaySetup.UPSTREAM_KEY);
        assertThat(azure.header("authorization")).isNull();
        assertThat(azure.target()).isEqualTo("/v1/deployments/x/chat?v=1");

        assertThat(chat("keyless").status()).isEqualTo(200);
        assertThat(upstream.lastRequest().header("authorization")).isNull();
    }

    @Test
    void doesNotAskForUsageWhereThatIsNotUnderstood() throws Exception {
        assertThat(chat("plain-usage", "\"stream\":true").text()).contains("[DONE]");
        assertThat(upstream.lastRequest().json().has("stream_options")).isFalse();
    }

    @Test
    void leavesAModelAloneThatKeepsFailing() throws Exception {
        for (int i = 0; i < 4; i++) {
            upstream.next(Reply.error(500));
            Problems.assertProblem(chat("fragile"), 502, "upstream_error");
        }
        upstream.reset();
        for (String field : new String[] {"\"stream\":false", "\"stream\":true"}) {
            RawResponse response = chat("fragile", field);
            Problems.assertProblem(response, 503, "no_model_available");
            assertThat(response.header("retry-after")).isNotNull();
            JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
            assertThat(record.path("error_code").asText()).isEqualTo("no_model_available");
        }
        assertThat(upstream.received()).isEmpty();
        assertThat(chat(STEADY).status()).as("the breaker is the model's own").isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413, 422, 429})
    void doesNotBlameTheModelForWhatIsNotItsFault(int status) throws Exception {
        for (int i = 0; i < 8; i++) {
            upstream.next(Reply.error(status));
            chat("fragile-2");
        }
        assertThat(chat("fragile-2").status()).isEqualTo(200);
    }

    @Test
    void triesAgainAfterAWhile() throws Exception {
        upstream.next(Reply.error(500), Reply.error(500));
        chat("healing");
        chat("healing");
        Problems.assertProblem(chat("healing"), 503, "no_model_available");
        Await.until(SOON, "the breaker to half-open", () -> chat("healing").status() == 200);
    }

    /** A second call that cannot overtake the first on its way to the upstream. */
    private RawClient streamAfterOneRequest(String model) throws Exception {
        upstream.awaitRequest(SOON);
        return stream(model);
    }

    @Test
    void boundsTheCallsInFlightOfAModel() throws Exception {
        Gate gate = new Gate();
        upstream.next(
                Reply.json(200, ChatScript.of("a").json()).headersAfter(gate),
                Reply.sse(ChatScript.of("a", "b").sse().gateBefore(3, gate)));
        try (RawClient first = RawClient.connect(gateway.port()).postJson(CHAT, chatJson("couple"));
                RawClient second = streamAfterOneRequest("couple")) {
            upstream.awaitRequest(SOON);
            second.head();
            second.event();

            RawResponse third = chat("couple");
            Problems.assertProblem(third, 429, "too_many_in_flight");
            assertThat(third.header("retry-after")).isNotNull();
            Problems.assertProblem(chat("couple", "\"stream\":true"), 429, "too_many_in_flight");
            assertThat(upstream.received()).hasSize(2);
            assertThat(chat(STEADY).status()).as("the bound is the model's own").isEqualTo(200);
            assertThat(gateway.metrics().sum("llm_active_requests", "model", "couple"))
                    .isEqualTo(2);

            gate.open();
            assertThat(first.response().status()).isEqualTo(200);
            assertThat(second.events()).endsWith("data: [DONE]");
        }
        Await.until(SOON, "room for a call", () -> chat("couple").status() == 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"req-1", "a", "0f8fad5b-d9cb-469f-a165-70867728950e", "Root=1-67891233-abcdef"})
    void takesTheClientsRequestId(String id) throws Exception {
        RawResponse response = post(CHAT, chatJson(STEADY), "X-Request-Id: " + id);
        assertThat(response.header("x-request-id")).isEqualTo(id);
        assertThat(gateway.awaitRecord(id).path("request_id").asText()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "${x}", "a\tb", "<b>", "../x", "-a", "é"})
    void makesOneOfItsOwnWhereThatIsNone(String id) throws Exception {
        RawResponse response = post(CHAT, chatJson(STEADY), "X-Request-Id: " + id);
        assertThat(response.header("x-request-id"))
                .matches("[A-Za-z0-9_-]{10,}")
                .isNotEqualTo(id);
        assertThat(chat(STEADY).header("x-request-id")).isNotEqualTo(response.header("x-request-id"));
    }

    @Test
    void makesOneOfItsOwnWhereThatIsTooLong() throws Exception {
        String id = "a".repeat(129);
        assertThat(post(CHAT, chatJson(STEADY), "X-Request-Id: " + id).header("x-request-id"))
                .isNotEqualTo(id);
    }

    @Test
    void joinsTheClientsTrace() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        RawResponse response = post(CHAT, chatJson(STEADY), "traceparent: 00-" + trace + "-00f067aa0ba902b7-01");
        assertThat(gateway.awaitRecord(response.header("x-request-id"))
                        .path("trace_id")
                        .asText())
                .isEqualTo(trace);
        assertThat(upstream.lastRequest().header("traceparent"))
                .startsWith("00-" + trace + "-")
                .endsWith("-01")
                .doesNotContain("00f067aa0ba902b7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"
            })
    void beginsATraceWhereThatIsNone(String traceparent) throws Exception {
        RawResponse response = post(CHAT, chatJson(STEADY), "traceparent: " + traceparent);
        assertThat(gateway.awaitRecord(response.header("x-request-id"))
                        .path("trace_id")
                        .asText())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void handlesManyCallsAtOnce() throws Exception {
        upstream.always(request -> Reply.json(200, ChatScript.of("a").json()).headersAfter(Duration.ofMillis(500)));
        RawClient[] clients = new RawClient[120];
        long start = System.nanoTime();
        for (int i = 0; i < clients.length; i++) {
            clients[i] = RawClient.connect(gateway.port()).postJson(CHAT, chatJson(STEADY));
        }
        for (RawClient client : clients) {
            try (client) {
                assertThat(client.response().status()).isEqualTo(200);
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("120 calls of 0.5 s, side by side")
                .isLessThan(Duration.ofSeconds(15));
    }
}
