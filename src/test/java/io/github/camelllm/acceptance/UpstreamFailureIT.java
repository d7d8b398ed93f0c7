package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of an upstream's failures. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UpstreamFailureIT extends GatewayAcceptance {

    @Override
    void prepare(GatewaySetup setup) throws IOException {
        setup.oneAttempt();
        setup.model("hasty", with(NO_BREAKER, "firstByteTimeout", "500", "idleTimeout", "500"));
        setup.model("locked", with(NO_BREAKER));
        setup.model("brief", with(NO_BREAKER, "totalTimeout", "900", "idleTimeout", "5000"));
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        setup.model("refused", with(NO_BREAKER, "baseUrl", "http://127.0.0.1:" + unused + "/v1", "key", "k"));
        setup.model("unknown-host", with(NO_BREAKER, "baseUrl", "http://evil.invalid/v1", "key", "k"));
    }

    @ParameterizedTest
    @CsvSource({
        "400, 400, invalid_request",
        "401, 502, upstream_error",
        "402, 502, upstream_error",
        "403, 502, upstream_error",
        "404, 502, upstream_error",
        "405, 502, upstream_error",
        "408, 504, upstream_timeout",
        "409, 502, upstream_error",
        "413, 413, request_too_large",
        "418, 502, upstream_error",
        "422, 400, invalid_request",
        "429, 429, global_rate_limited",
        "500, 502, upstream_error",
        "501, 502, upstream_error",
        "502, 502, upstream_error",
        "503, 502, upstream_error",
        "504, 504, upstream_timeout",
        "529, 502, upstream_error",
        "599, 502, upstream_error",
        "302, 502, upstream_error"
    })
    void turnsAnUpstreamsStatusIntoItsOwn(int theirs, int ours, String code) throws Exception {
        for (String field : new String[] {"\"stream\":false", "\"stream\":true"}) {
            upstream.next(Reply.error(theirs), Reply.html(theirs), Reply.of(theirs, null, new byte[0]));
            for (int i = 0; i < 3; i++) {
                RawResponse response = chat(STEADY, field);
                Problems.assertProblem(response, ours, code);
                assertThat(response.header("x-llm-model")).isEqualTo(STEADY);
                JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
                assertThat(record.path("status").asInt()).isEqualTo(ours);
                assertThat(record.path("error_code").asText()).isEqualTo(code);
                assertThat(record.at("/attempts/0/status").asInt()).isEqualTo(theirs);
            }
        }
        upstream.next(Reply.error(theirs));
        Problems.assertProblem(embed(), ours, code);
    }

    @Test
    void passesTheReasonOfARefusalOnThatIsTheCallersAffair() throws Exception {
        upstream.next(Reply.json(
                400,
                "{\"error\":{\"message\":\"top_k must be below 100\",\"type\":\"invalid_request_error\",\"param\":\"top_k\","
                        + "\"code\":null}}"));
        JsonNode error = Problems.assertProblem(chat(STEADY), 400, "invalid_request");
        assertThat(error.path("message").asText()).contains("top_k must be below 100");
        assertThat(error.path("param").asText()).isEqualTo("top_k");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @CsvSource({
        "400, context_length_exceeded, invalid_request_error, 400, context_length_exceeded",
        "400, content_policy_violation, invalid_request_error, 400, content_policy_violation",
        "429, insufficient_quota, insufficient_quota, 503, no_model_available"
    })
    void knowsWhatProvidersMeanByTheirCodes(int theirs, String their, String type, int ours, String code)
            throws Exception {
        upstream.next(Reply.json(
                theirs,
                "{\"error\":{\"message\":\"m\",\"type\":\"" + type + "\",\"param\":null,\"code\":\"" + their + "\"}}"));
        Problems.assertProblem(chat(STEADY), ours, code);
    }

    @Test
    void takesAddressesAndKeysOutOfReasons() throws Exception {
        upstream.next(Reply.json(
                400,
                "{\"error\":{\"message\":\"Incorrect key " + GatewaySetup.UPSTREAM_KEY
                        + ", see https://platform.openai.com/x and http://10.0.0.7:8000/v1 or org-AbCdEf123\"}}"));
        RawResponse response = chat(STEADY);
        Problems.assertProblem(response, 400, "invalid_request");
        assertThat(response.text()).doesNotContain("AbCdEf123", "platform.openai");
    }

    @Test
    void raisesTheAlarmOverItsOwnKeyAndTellsTheClientNothing() throws Exception {
        upstream.next(Reply.error(401));
        RawResponse response = chat("locked"); // asked by nobody else: the alarm is raised once a minute
        Problems.assertProblem(response, 502, "upstream_error");
        assertThat(response.text()).doesNotContainIgnoringCase("key").doesNotContainIgnoringCase("unauthorized");
        assertThat(response.header("www-authenticate")).isNull();
        gateway.awaitOutput("ERROR.*ALARM.*locked.*401.*" + response.header("x-request-id"));
        assertThat(gateway.output()).doesNotContain(GatewaySetup.UPSTREAM_KEY);
    }

    @ParameterizedTest
    @CsvSource({"7, 7", "0, 1", "'Wed, 01 Jan 2020 00:00:00 GMT', ", "garbage, ", "99999999999, 3600"})
    void tellsWhenToComeBack(String theirs, String ours) throws Exception {
        upstream.next(
                Reply.error(429).header("Retry-After", theirs), Reply.error(503).header("Retry-After", theirs));
        for (int i = 0; i < 2; i++) {
            assertThat(chat(STEADY).header("retry-after")).isEqualTo(ours);
        }
    }

    static Stream<Arguments> noAnswers() {
        String whole = ChatScript.of("hello").json();
        return Stream.of(
                Arguments.of("HTML page with 200", Reply.html(200)),
                Arguments.of("empty body", Reply.of(200, "application/json", new byte[0])),
                Arguments.of("no content", Reply.of(204, null, new byte[0])),
                Arguments.of("bad JSON", Reply.json(200, "{\"id\":")),
                Arguments.of("JSON, but an array", Reply.json(200, "[]")),
                Arguments.of("no choices", Reply.json(200, "{\"id\":\"x\",\"choices\":[]}")),
                Arguments.of("error object with 200", Reply.json(200, "{\"error\":{\"message\":\"at http://evil\"}}")),
                Arguments.of("cut by FIN", Reply.json(200, whole).cutAfterBytes(40, Cut.FIN)),
                Arguments.of("cut by RST", Reply.json(200, whole).cutAfterBytes(40, Cut.RST)),
                Arguments.of(
                        "chunks cut by FIN", Reply.json(200, whole).chunked().cutAfterBytes(40, Cut.FIN)),
                Arguments.of(
                        "cut at a brace, until close",
                        Reply.json(200, whole).untilClose().cutAfterBytes(40, Cut.FIN)),
                Arguments.of("hangs up", Reply.hangUp(Cut.FIN)),
                Arguments.of("resets", Reply.hangUp(Cut.RST)),
                Arguments.of("no HTTP", Reply.raw("SSH-2.0-OpenSSH_9.9\r\n\r\n")),
                Arguments.of(
                        "events nobody asked for", Reply.sse(ChatScript.of("a").sse())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noAnswers")
    void answersForAnUpstreamThatGivesNoAnswer(String how, Reply reply) throws Exception {
        upstream.always(reply);
        Problems.assertProblem(chat(STEADY), 502, "upstream_error");
        assertThat(upstream.received())
                .as("requests sent: a prompt is paid for each time")
                .hasSize(1);
        if (!how.equals("events nobody asked for")) {
            Problems.assertProblem(chat(STEADY, "\"stream\":true"), 502, "upstream_error");
        }
        Problems.assertProblem(embed(), 502, "upstream_error");
    }

    @Test
    void answersForAnUpstreamThatIsNotThere() throws Exception {
        Problems.assertProblem(chat("refused"), 502, "upstream_error");
        Problems.assertProblem(chat("refused", "\"stream\":true"), 502, "upstream_error");
        Problems.assertProblem(chat("unknown-host"), 502, "upstream_error");
    }

    @Test
    void waitsForTheFirstByteOnlySoLong() throws Exception {
        for (String field : new String[] {"\"stream\":false", "\"stream\":true"}) {
            upstream.next(Reply.silence());
            long start = System.nanoTime();
            Problems.assertProblem(chat("hasty", field), 504, "upstream_timeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(450), Duration.ofSeconds(5));
            upstream.lastRequest().awaitClientClosed(SOON);
        }
    }

    @Test
    void waitsForTheNextByteOnlySoLong() throws Exception {
        chat("hasty"); // takes a connection from the pool that the test before may have closed just now
        String whole = ChatScript.of("hello").json();
        upstream.next(
                Reply.json(200, whole).stallAfterBytes(40),
                Reply.sse(ChatScript.of("a", "b").sse().stallAfter(0)),
                Reply.error(500).stallAfterBytes(10));
        Problems.assertProblem(chat("hasty"), 504, "upstream_timeout");
        Problems.assertProblem(chat("hasty", "\"stream\":true"), 504, "upstream_timeout");
        assertThat(chat("hasty").status()).isIn(502, 504);

        upstream.next(Reply.sse(ChatScript.of("a", "b").sse().stallAfter(2)));
        RawResponse response = chat("hasty", "\"stream\":true");
        assertThat(response.text()).contains("\"upstream_timeout\"").doesNotContain("[DONE]");
        upstream.lastRequest().awaitClientClosed(SOON);
        assertThat(gateway.awaitRecord(response.header("x-request-id"))
                        .path("status")
                        .asInt())
                .isEqualTo(504);
    }

    @Test
    void doesNotTakeSlowForSilent() throws Exception {
        upstream.next(
                Reply.sse(ChatScript.of("a", "b", "c", "d").sse().every(Duration.ofMillis(250))),
                Reply.json(200, ChatScript.of("hello").json()).pieces(80, Duration.ofMillis(250)));
        assertThat(chat("hasty", "\"stream\":true").text()).contains("[DONE]");
        assertThat(chat("hasty").status()).isEqualTo(200);
    }

    @Test
    void endsAnAnswerThatNeverEnds() throws Exception {
        upstream.next(
                Reply.json(200, ChatScript.of("x".repeat(4000)).json()).pieces(40, Duration.ofMillis(100)),
                Reply.sse(ChatScript.of(Collections.nCopies(100, "x")).sse().every(Duration.ofMillis(100))));
        Problems.assertProblem(chat("brief"), 504, "upstream_timeout");
        assertThat(chat("brief", "\"stream\":true").text())
                .contains("\"upstream_timeout\"")
                .doesNotContain("[DONE]");
    }

    @Test
    void sendsNoPromptTwiceThoughTheUpstreamClosedTheConnectionJustNow() throws Exception {
        for (Cut how : Cut.values()) {
            assertThat(chat(STEADY).status()).isEqualTo(200);
            upstream.dropConnections(how);
            Await.until(SOON, "closed connections", () -> upstream.connectionsOpen() == 0);
            RawResponse response = chat(STEADY);
            if (response.status() != 200) { // idle for less than two seconds, so the pool has not looked at it
                Problems.assertProblem(response, 502, "upstream_error");
            }
            assertThat(chat(STEADY).status()).isEqualTo(200);
        }
    }

    @Test
    void answersForAnUpstreamThatSaysNotModified() throws Exception {
        upstream.next(Reply.of(304, null, new byte[0]));
        Problems.assertProblem(chat(STEADY), 502, "upstream_error");
    }

    private RawResponse embed() throws IOException {
        return post(EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":\"a\"}");
    }
}
