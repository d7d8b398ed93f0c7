package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that leaves costs no more tokens than it has to, and is accounted for. */
class ClientGoneIT extends GatewayAcceptance {

    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @Override
    void prepare(GatewaySetup setup) {
        setup.model("single", with(NO_BREAKER, "maxInFlight", "1"));
        setup.env("LLM_HTTP_CLIENT_STALL_TIMEOUT", "1500ms");
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void closesTheUpstreamWithinASecondWhileStreaming(Cut how) throws Exception {
        Gate never = new Gate();
        upstream.next(
                Reply.sse(ChatScript.of("one ", "two ", "three ", "four ").sse().gateBefore(4, never)));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson(STEADY, "\"stream\":true"), "X-Request-Id: leaves-stream-" + how);
            client.head();
            for (int i = 0; i < 4; i++) {
                client.event();
            }
            never.awaitReached(SOON);
            leave(client, how, upstream.lastRequest());
        }
        JsonNode record = gone("leaves-stream-" + how);
        assertThat(record.path("output_tokens").asInt())
                .as("tokens of 'one two three '")
                .isBetween(2, 8);
        assertThat(record.path("tokens_estimated").asBoolean()).isTrue();
        assertThat(record.path("time_to_first_token_ms").isNumber()).isTrue();
    }

    @Test
    void closesTheUpstreamWhileEventsArePouringIn() throws Exception {
        upstream.next(
                Reply.sse(ChatScript.of(Collections.nCopies(100_000, "word ")).sse()));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson(STEADY, "\"stream\":true"), "X-Request-Id: leaves-flood");
            client.head();
            client.event();
            leave(client, Cut.FIN, upstream.lastRequest());
        }
        gone("leaves-flood");
        assertThat(upstream.lastRequest().eventsWritten()).isLessThan(100_000);
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void closesTheUpstreamWhileWaitingForAPlainAnswer(Cut how) throws Exception {
        upstream.next(Reply.silence());
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson(STEADY), "X-Request-Id: leaves-plain-" + how);
            leave(client, how, upstream.awaitRequest(SOON));
        }
        assertThat(gone("leaves-plain-" + how).path("tokens_estimated").asBoolean())
                .isTrue();
    }

    @Test
    void closesTheUpstreamWhileWaitingForTheFirstEvent() throws Exception {
        Gate never = new Gate();
        upstream.next(Reply.silence(), Reply.sse(ChatScript.of("a").sse().gateBefore(0, never)));
        for (String id : List.of("leaves-before-head", "leaves-before-event")) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.postJson(CHAT, chatJson(STEADY, "\"stream\":true"), "X-Request-Id: " + id);
                Received received = upstream.awaitRequest(SOON);
                if (id.equals("leaves-before-event")) {
                    never.awaitReached(SOON);
                }
                leave(client, Cut.FIN, received);
            }
            gone(id);
        }
    }

    @Test
    void closesTheUpstreamInTheMidstOfAPlainAnswer() throws Exception {
        upstream.next(Reply.json(200, ChatScript.of("hello").json()).stallAfterBytes(40));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson(STEADY), "X-Request-Id: leaves-midst");
            leave(client, Cut.FIN, upstream.awaitRequest(SOON));
        }
        gone("leaves-midst");
    }

    @Test
    void closesTheUpstreamOfEmbeddings() throws Exception {
        upstream.next(Reply.silence());
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(
                    EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":\"a b\"}", "X-Request-Id: leaves-embeddings");
            leave(client, Cut.FIN, upstream.awaitRequest(SOON));
        }
        gone("leaves-embeddings");
    }

    @Test
    void givesThePlaceInFlightBack() throws Exception {
        for (int i = 0; i < 3; i++) {
            upstream.next(Reply.silence());
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.postJson(CHAT, chatJson("single"), "X-Request-Id: leaves-place-" + i);
                leave(client, Cut.FIN, upstream.awaitRequest(SOON));
            }
            gone("leaves-place-" + i);
            assertThat(chat("single").status()).isEqualTo(200);
            upstream.awaitRequest(SOON);
        }
        assertThat(gateway.metrics().sum("llm_active_requests", "model", "single"))
                .isZero();
    }

    @Test
    void givesUpAClientThatStopsReading() throws Exception {
        upstream.next(Reply.sse(
                ChatScript.of(Collections.nCopies(2_000, "x".repeat(20_000))).sse()));
        try (RawClient client = RawClient.connect(gateway.port(), 16 * 1024)) {
            client.postJson(CHAT, chatJson(STEADY, "\"stream\":true"), "X-Request-Id: stalls");
            client.head();
            upstream.awaitRequest(SOON).awaitClientClosed(Duration.ofSeconds(8));
        }
        gone("stalls");
    }

    private static void leave(RawClient client, Cut how, Received received) throws Exception {
        long left = System.nanoTime();
        client.hangUp(how);
        long closed = received.awaitClientClosed(SOON).atNanos();
        assertThat(Duration.ofNanos(closed - left)).isLessThan(AT_ONCE);
    }

    private JsonNode gone(String requestId) throws Exception {
        JsonNode record = gateway.awaitRecord(requestId);
        assertThat(record.path("status").asInt()).isEqualTo(499);
        assertThat(record.path("error_code").asText()).isEqualTo("client_gone");
        assertThat(record.path("input_tokens").asInt()).as(record.toString()).isPositive();
        assertThat(record.path("attempts")).hasSize(1);
        return record;
    }
}
