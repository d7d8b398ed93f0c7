package io.github.camelllm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeUpstreamTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String CHAT = "/v1/chat/completions";

    private FakeUpstream upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    @Test
    void remembersARequestByteByByte() throws Exception {
        byte[] body = "{\"n\": 1.0, \"é\": 1e-7}".getBytes(StandardCharsets.UTF_8);
        RawClient.exchange(
                upstream.port(),
                "POST",
                "/v1/x%2Fy?a=1&b",
                body,
                "X-Twice: a",
                "x-twice:  b ",
                "Authorization: Bearer k");

        Received received = upstream.awaitRequest(SOON);
        assertThat(received.method()).isEqualTo("POST");
        assertThat(received.target()).isEqualTo("/v1/x%2Fy?a=1&b");
        assertThat(received.path()).isEqualTo("/v1/x%2Fy");
        assertThat(received.query()).isEqualTo("a=1&b");
        assertThat(received.body()).isEqualTo(body);
        assertThat(received.headers())
                .containsExactly(
                        new Header("Host", "127.0.0.1"),
                        new Header("X-Twice", "a"),
                        new Header("x-twice", "b"),
                        new Header("Authorization", "Bearer k"),
                        new Header("Content-Length", String.valueOf(body.length)),
                        new Header("Connection", "close"));
        assertThat(received.header("X-TWICE")).isEqualTo("a,b");
        assertThat(received.header("cookie")).isNull();
        assertThat(received.arrivedNanos()).isLessThan(System.nanoTime());
    }

    @Test
    void readsAChunkedRequest() throws Exception {
        try (RawClient client = RawClient.connect(upstream.port())) {
            client.send("POST /v1/embeddings HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("c\r\n{\"model\":\"m\"\r\nd;x=y\r\n,\"input\":\"a\"}\r\n0\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(200);
        }
        assertThat(upstream.lastRequest().text()).isEqualTo("{\"model\":\"m\",\"input\":\"a\"}");
    }

    @Test
    void answersContinueToWhoExpectsIt() throws Exception {
        try (RawClient client = RawClient.connect(upstream.port())) {
            client.send("POST /v1/embeddings HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.interimOrFinalHead().status()).isEqualTo(100);
            client.send("{}");
            assertThat(client.head().status()).isEqualTo(200);
        }
    }

    @Test
    void keepsAConnectionForTheNextRequest() throws Exception {
        try (RawClient client = RawClient.connect(upstream.port())) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /nothing HTTP/1.1\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(404);
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
            assertThat(upstream.connectionsOpen()).isEqualTo(1);
        }
        assertThat(upstream.received()).extracting(Received::connection).containsExactly(1, 1, 1);
        assertThat(upstream.received()).extracting(Received::query).containsOnlyNulls();
    }

    @Test
    void givesQueuedRepliesFirstThenTheSetOneThenTheNamedOneThenTheRegularOne() throws Exception {
        upstream.always(request -> request.text().contains("\"always\"") ? Reply.json(202, "{}") : null);
        upstream.next(Reply.error(418), Reply.error(419));

        assertThat(chat("always").status()).isEqualTo(418);
        assertThat(chat("fake-status-503").status()).isEqualTo(419);
        assertThat(chat("always").status()).isEqualTo(202);
        assertThat(chat("fake-status-503").status()).isEqualTo(503);
        assertThat(chat("gpt").status()).isEqualTo(200);
        assertThat(upstream.reset().received()).isEmpty();
        assertThat(chat("always").status()).isEqualTo(200);
    }

    @Test
    void sendsStatusBodyAndHeaders() throws Exception {
        upstream.next(Reply.json(429, "{\"é\":1}").header("Retry-After", "7").header("Set-Cookie", "a=b"));

        RawResponse response = chat("gpt");
        assertThat(response.status()).isEqualTo(429);
        assertThat(response.header("retry-after")).isEqualTo("7");
        assertThat(response.header("content-type")).isEqualTo("application/json");
        assertThat(response.header("content-length")).isEqualTo("8");
        assertThat(response.text()).isEqualTo("{\"é\":1}");
    }

    @Test
    void framesABodyByLengthByChunksOrByTheConnectionsEnd() throws Exception {
        upstream.next(
                Reply.html(502), Reply.html(502).chunked(), Reply.html(502).untilClose());

        RawResponse byLength = chat("gpt");
        RawResponse byChunks = chat("gpt");
        RawResponse byClose = chat("gpt");
        assertThat(byLength.header("content-length")).isNotNull();
        assertThat(byChunks.header("content-length")).isNull();
        assertThat(byChunks.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(byClose.header("transfer-encoding")).isNull();
        assertThat(byClose.header("content-length")).isNull();
        assertThat(List.of(byChunks.text(), byClose.text())).containsOnly(byLength.text());
    }

    @Test
    void holdsTheHeadBackUntilTheGateOpens() throws Exception {
        Gate gate = new Gate();
        upstream.next(Reply.json(200, "{}").headersAfter(gate));
        try (RawClient client = RawClient.connect(upstream.port()).postJson(CHAT, "{}")) {
            gate.awaitReached(SOON);
            assertThat(upstream.lastRequest().bytesWritten()).isZero();
            gate.open();
            assertThat(client.response().status()).isEqualTo(200);
        }
        upstream.lastRequest().awaitAnswered(SOON);
    }

    @Test
    void delaysTheHeadAndPacesTheBody() throws Exception {
        upstream.next(Reply.json(200, "\"" + "x".repeat(98) + "\"")
                .headersAfter(Duration.ofMillis(60))
                .pieces(25, Duration.ofMillis(20)));
        long start = System.nanoTime();
        assertThat(chat("gpt").text()).hasSize(100);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(60 + 3 * 20 - 1));
    }

    @Test
    void cutsABodyInOrder() throws Exception {
        upstream.next(Reply.json(200, "{\"a\":1}").cutAfterBytes(3, Cut.FIN));
        try (RawClient client = RawClient.connect(upstream.port()).postJson(CHAT, "{}")) {
            assertThatThrownBy(client::head).isInstanceOf(EOFException.class).hasMessageContaining("3 of 7 bytes");
        }
    }

    @Test
    void cutsABodyByReset() throws Exception {
        upstream.next(Reply.json(200, "{\"a\":1}").cutAfterBytes(3, Cut.RST));
        try (RawClient client = RawClient.connect(upstream.port()).postJson(CHAT, "{}")) {
            assertThatThrownBy(client::response)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void hangsUpWithoutAWord() throws Exception {
        upstream.next(Reply.hangUp(Cut.FIN), Reply.hangUp(Cut.RST));
        assertThatThrownBy(() -> chat("gpt")).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> chat("gpt")).isInstanceOf(SocketException.class);
    }

    @Test
    void staysSilentOrStallsUntilTheClientLeaves() throws Exception {
        upstream.next(Reply.silence(), Reply.json(200, "{\"a\":1}").stallAfterBytes(3));
        for (int i = 0; i < 2; i++) {
            RawClient client = RawClient.connect(upstream.port()).postJson(CHAT, "{}");
            Received received = upstream.awaitRequest(SOON);
            client.patience(Duration.ofMillis(100));
            assertThatThrownBy(client::response).isInstanceOf(SocketTimeoutException.class);
            assertThat(received.clientHasClosed()).isFalse();
            long before = System.nanoTime();
            client.hangUp(Cut.FIN);
            ClientClosed closed = received.awaitClientClosed(SOON);
            assertThat(closed.how()).isEqualTo(Cut.FIN);
            assertThat(closed.atNanos()).isBetween(before, before + SOON.toNanos());
        }
    }

    @Test
    void tellsAResetFromAnOrderlyEnd() throws Exception {
        upstream.next(Reply.silence());
        RawClient client = RawClient.connect(upstream.port()).postJson(CHAT, "{}");
        Received received = upstream.awaitRequest(SOON);
        client.hangUp(Cut.RST);
        assertThat(received.awaitClientClosed(SOON).how()).isEqualTo(Cut.RST);
    }

    @Test
    void doesNotCallAClientGoneThatHadItsAnswer() throws Exception {
        for (int i = 0; i < 200; i++) {
            chat("gpt");
            Received received = upstream.awaitRequest(SOON);
            received.awaitAnswered(SOON);
            assertThat(received.clientHasClosed()).isFalse();
            assertThatThrownBy(() -> received.awaitClientClosed(SOON))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("written before");
        }
    }

    @Test
    void countsWhatAClientThatDoesNotReadLetsItWrite() throws Exception {
        try (FakeUpstream small = FakeUpstream.startWithSendBuffer(8 * 1024);
                RawClient client = RawClient.connect(small.port(), 8 * 1024)) {
            client.postJson(CHAT, "{\"model\":\"fake-words-20000\",\"stream\":true}");
            Received received = small.awaitRequest(SOON);
            client.head();
            assertThat(client.event()).contains("assistant");
            Await.until(SOON, "a counted event", () -> received.eventsWritten() > 0);
            assertThat(received.bytesWritten()).isLessThan(2_000_000);
            assertThat(received.eventsWritten()).isLessThan(15_000);
            assertThat(client.events()).hasSize(20_002).endsWith("data: [DONE]");
            received.awaitAnswered(SOON);
            assertThat(received.eventsWritten()).isEqualTo(20_003);
        }
    }

    @Test
    void noticesAClientThatLeavesWhileItCannotWrite() throws Exception {
        try (FakeUpstream small = FakeUpstream.startWithSendBuffer(8 * 1024);
                RawClient client = RawClient.connect(small.port(), 8 * 1024)) {
            client.postJson(CHAT, "{\"model\":\"fake-words-200000\",\"stream\":true}");
            Received received = small.awaitRequest(SOON);
            client.head();
            client.hangUp(Cut.FIN);
            received.awaitClientClosed(SOON);
            assertThat(received.eventsWritten()).isLessThan(200_000);
        }
    }

    @Test
    void notesARequestThatWasCutShort() throws Exception {
        try (RawClient client = RawClient.connect(upstream.port())) {
            client.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 10\r\n\r\n{}");
            client.hangUp(Cut.FIN);
        }
        Await.until(SOON, "an oddity", () -> !upstream.oddities().isEmpty());
        assertThat(upstream.oddities().get(0)).contains("2 of 10 bytes");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void dropsConnectionsWhenTold() throws Exception {
        try (RawClient client = RawClient.connect(upstream.port())) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            client.response();
            upstream.dropConnections(Cut.FIN);
            assertThatThrownBy(client::head).isInstanceOf(EOFException.class);
        }
        Await.until(SOON, "no open connection", () -> upstream.connectionsOpen() == 0);
    }

    @Test
    void repliesInRawBytes() throws Exception {
        upstream.next(Reply.raw("SSH-2.0-OpenSSH_9.9\r\n"));
        assertThatThrownBy(() -> chat("gpt")).isInstanceOf(EOFException.class).hasMessageContaining("SSH-2.0");
    }

    @Test
    void saysThatABodyIsNoJson() throws Exception {
        RawResponse response = RawClient.post(upstream.port(), CHAT, "{");
        JsonNode error = response.json().path("error");
        assertThat(response.status()).isEqualTo(400);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    }

    private RawResponse chat(String model) throws IOException {
        return RawClient.post(upstream.port(), CHAT, "{\"model\":\"" + model + "\",\"messages\":[]}");
    }
}
