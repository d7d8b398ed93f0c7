package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams, as clients see them event by event. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamIT extends GatewayAcceptance {

    private static final String DONE = "data: [DONE]";
    private static final String USAGE_WANTED = "\"stream_options\":{\"include_usage\":true}";

    private FakeUpstream narrow;

    @Override
    void prepare(GatewaySetup setup) throws IOException {
        setup.oneAttempt();
        narrow = FakeUpstream.startWithSendBuffer(16 * 1024);
        setup.model("narrow", with(NO_BREAKER, "baseUrl", narrow.baseUrl().toString(), "key", "k"));
    }

    @AfterAll
    void stopNarrow() throws IOException {
        narrow.close();
    }

    @Test
    void hidesUsageFromWhoDidNotAskAndRecordsItAllTheSame() throws Exception {
        for (String options :
                List.of("\"n\":1", "\"stream_options\":{\"include_usage\":false}", "\"stream_options\":{}")) {
            RawResponse response = chat(STEADY, "\"stream\":true", options);
            List<String> events = List.of(response.text().split("\n\n"));
            assertThat(events).last().isEqualTo(DONE);
            assertThat(events).noneMatch(event -> event.contains("total_tokens") || event.contains("\"choices\":[]"));
            assertThat(upstream.lastRequest()
                            .json()
                            .at("/stream_options/include_usage")
                            .asBoolean())
                    .isTrue();

            JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
            assertThat(record.path("input_tokens").asInt()).isEqualTo(7);
            assertThat(record.path("output_tokens").asInt()).isEqualTo(7);
            assertThat(record.path("cached_input_tokens").asInt()).isEqualTo(2);
            assertThat(record.path("reasoning_tokens").asInt()).isEqualTo(1);
            assertThat(record.path("tokens_estimated").asBoolean()).isFalse();
        }
    }

    @Test
    void givesUsageToWhoAsked() throws Exception {
        String[] events = chat(STEADY, "\"stream\":true", USAGE_WANTED).text().split("\n\n");
        JsonNode last = data(events[events.length - 2]);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(14);
        assertThat(events[events.length - 1]).isEqualTo(DONE);
    }

    @Test
    void estimatesUsageThatIsMissingAndSaysSo() throws Exception {
        upstream.next(Reply.sse(
                ChatScript.of("Hello ", "nice ", "people").withoutUsage().sse()));
        assertEstimated(chat(STEADY, "\"stream\":true"));
        upstream.next(Reply.json(
                200, ChatScript.of("Hello nice people").withoutUsage().json()));
        assertEstimated(chat(STEADY));
    }

    private void assertEstimated(RawResponse response) throws Exception {
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("tokens_estimated").asBoolean()).isTrue();
        assertThat(record.path("input_tokens").asInt()).isBetween(5, 20);
        assertThat(record.path("output_tokens").asInt()).isBetween(3, 12);
        assertThat(record.path("status").asInt()).isEqualTo(200);
    }

    @Test
    void endsAWholeStreamInOrderThoughTheProviderForgotDone() throws Exception {
        upstream.next(
                Reply.sse(ChatScript.of("Hello").streamUsage(true).withoutDone().sse()));
        RawResponse response = chat(STEADY, "\"stream\":true");
        assertThat(response.text()).endsWith(DONE + "\n\n");
        assertThat(gateway.awaitRecord(response.header("x-request-id"))
                        .path("tokens_estimated")
                        .asBoolean())
                .isFalse();

        upstream.next(Reply.sse(ChatScript.of("Hello").withoutDone().sse()).untilClose());
        assertThat(chat(STEADY, "\"stream\":true").text()).endsWith(DONE + "\n\n");
    }

    @Test
    void skipsOneMalformedEventWhenTheRestIsWhole() throws Exception {
        for (String malformed : List.of("}{ no JSON", "{\"choices\":[{\"ind")) {
            upstream.next(Reply.sse(abc().insert(2, malformed)));
            String text = chat(STEADY, "\"stream\":true").text();
            assertThat(text)
                    .endsWith(DONE + "\n\n")
                    .contains("aaa", "bbb", "ccc")
                    .doesNotContain(malformed);
        }
    }

    static Stream<Arguments> brokenStreams() {
        return Stream.of(
                Arguments.of("cut by FIN", Reply.sse(abc().cutAfter(2, Cut.FIN)), "upstream_error"),
                Arguments.of("cut by RST", Reply.sse(abc().cutAfter(2, Cut.RST)), "upstream_error"),
                Arguments.of("cut within an event", Reply.sse(abc()).cutAfterBytes(700, Cut.FIN), "upstream_error"),
                Arguments.of("ended early, as if whole", Reply.sse(abc().endAfter(3)), "upstream_error"),
                Arguments.of(
                        "ended early by close", Reply.sse(abc().endAfter(3)).untilClose(), "upstream_error"),
                Arguments.of(
                        "an end without a finish reason",
                        Reply.sse(ChatScript.of("a", "b")
                                .finish(null)
                                .withoutDone()
                                .sse()),
                        "upstream_error"),
                Arguments.of(
                        "one of two choices without a finish reason",
                        Reply.sse(twoChoicesOneFinished()),
                        "upstream_error"),
                Arguments.of(
                        "an error among its events",
                        Reply.sse(abc().insert(
                                        2, "{\"error\":{\"message\":\"overloaded at http://10.0.0.7\",\"type\":\"x\"}}")
                                .endAfter(3)),
                        "upstream_error"),
                Arguments.of(
                        "an error among its events, then [DONE]",
                        Reply.sse(Sse.of(
                                abc().data().get(0),
                                abc().data().get(1),
                                "{\"error\":{\"message\":\"overloaded\"}}",
                                "[DONE]")),
                        "upstream_error"),
                Arguments.of(
                        "an error whose event is a text",
                        Reply.sse(Sse.of(
                                abc().data().get(0),
                                abc().data().get(1),
                                "{\"error\":\"CUDA out of memory\"}",
                                "[DONE]")),
                        "upstream_error"));
    }

    private static Sse abc() {
        return ChatScript.of("aaa", "bbb", "ccc").sse();
    }

    private static Sse twoChoicesOneFinished() {
        List<String> events =
                new ArrayList<>(ChatScript.of("a").choices(2).sse().data());
        events.removeIf(event -> event.contains("\"index\":1") && event.contains("\"stop\""));
        return Sse.of(events);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenStreams")
    void neverPresentsABrokenStreamAsAWholeOne(String how, Reply reply, String code) throws Exception {
        upstream.next(reply);
        RawResponse response = chat(STEADY, "\"stream\":true");
        assertThat(response.status()).isEqualTo(200);
        List<String> events = List.of(response.text().split("\n\n"));
        assertThat(events).as(response.text()).doesNotContain(DONE);
        JsonNode error = Problems.assertProblem(data(events.get(events.size() - 1)), code);
        assertThat(error.path("request_id").asText()).isEqualTo(response.header("x-request-id"));
        assertThat(events.get(0)).contains("\"assistant\"");
        Problems.assertSafe(response);

        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("error_code").asText()).isEqualTo(code);
        assertThat(record.path("status").asInt()).isEqualTo(502);
        assertThat(record.path("input_tokens").asInt()).isPositive();
    }

    @Test
    void answersLikeAnyFailureWhenTheVeryFirstEventIsAnError() throws Exception {
        upstream.next(Reply.sse(Sse.of("{\"error\":{\"message\":\"overloaded\"}}")));
        Problems.assertProblem(chat(STEADY, "\"stream\":true"), 502, "upstream_error");
        upstream.next(Reply.sse(Sse.of()));
        Problems.assertProblem(chat(STEADY, "\"stream\":true"), 502, "upstream_error");
        upstream.next(Reply.html(200));
        Problems.assertProblem(chat(STEADY, "\"stream\":true"), 502, "upstream_error");
    }

    @Test
    void passesEachEventOnBeforeTheNextIsThere() throws Exception {
        Sse sse = ChatScript.of("a", "b", "c", "d").sse();
        int count = sse.data().size();
        List<Gate> gates = new ArrayList<>(List.of(new Gate()));
        for (int i = 2; i < count; i++) { // the first event, a role, waits for content
            Gate gate = new Gate();
            gates.add(gate);
            sse.gateBefore(i, gate);
        }
        upstream.next(Reply.sse(sse));
        try (RawClient client = stream(STEADY)) {
            assertThat(client.head().status()).isEqualTo(200);
            for (int i = 0; i < count; i++) {
                assertThat(client.event()).isEqualTo("data: " + sse.data().get(i));
                if (i < gates.size()) {
                    gates.get(i).open();
                }
            }
            assertThat(client.event()).isNull();
        }
    }

    @Test
    void passesTokensOnAtThePaceTheyComeIn() throws Exception {
        upstream.next(Reply.sse(ChatScript.of("a", "b", "c", "d").sse().every(Duration.ofMillis(200))));
        List<Long> arrivals = new ArrayList<>();
        try (RawClient client = stream(STEADY)) {
            client.head();
            while (client.event() != null) {
                arrivals.add(System.nanoTime());
            }
        }
        assertThat(arrivals).hasSize(7);
        long spread = arrivals.get(6) - arrivals.get(1); // the first event, a role, waits for content
        assertThat(Duration.ofNanos(spread)).isBetween(Duration.ofMillis(800), Duration.ofMillis(2300));
        for (int i = 2; i < arrivals.size(); i++) {
            assertThat(Duration.ofNanos(arrivals.get(i) - arrivals.get(i - 1)))
                    .as("gap before event " + i)
                    .isGreaterThan(Duration.ofMillis(50));
        }
    }

    @Test
    void readsFromTheProviderNoFasterThanItsClientReads() throws Exception {
        int events = 1500;
        String word = "x".repeat(20_000);
        narrow.next(Reply.sse(ChatScript.of(Collections.nCopies(events, word)).sse()));
        try (RawClient client = RawClient.connect(gateway.port(), 16 * 1024)) {
            client.postJson(CHAT, chatJson("narrow", "\"stream\":true"));
            Received received = narrow.awaitRequest(SOON);
            client.head();
            long taken = settled(received);
            assertThat(taken)
                    .as("bytes taken from the provider while nobody reads")
                    .isLessThan(15_000_000);

            List<String> all = client.events();
            assertThat(all).hasSize(events + 3).endsWith(DONE);
            received.awaitAnswered(SOON);
        }
    }

    /** The bytes written once no more have been for half a second. */
    private static long settled(Received received) throws Exception {
        long before = -1;
        for (long now = received.bytesWritten(); now != before; now = received.bytesWritten()) {
            before = now;
            new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
        }
        return before;
    }

    @Test
    void carriesHeadersThatProxiesAndSdksNeed() throws Exception {
        RawResponse response = chat(STEADY, "\"stream\":true");
        assertThat(response.header("content-type")).startsWith("text/event-stream");
        assertThat(response.header("cache-control")).contains("no-cache");
        assertThat(response.header("content-length")).isNull();
        assertThat(response.header("x-llm-model")).isEqualTo(STEADY);
    }

    @Test
    void losesNoEventWhenManyStreamsRunAtOnce() throws Exception {
        upstream.always(request ->
                Reply.sse(ChatScript.of(Collections.nCopies(200, "word ")).sse()));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(stream(STEADY));
        }
        for (RawClient client : clients) {
            try (client) {
                client.head();
                assertThat(client.events()).hasSize(203).endsWith(DONE);
            }
        }
    }

    private static JsonNode data(String event) throws IOException {
        assertThat(event).startsWith("data: ");
        return Json.read(event.substring("data: ".length()).getBytes(StandardCharsets.UTF_8));
    }
}
