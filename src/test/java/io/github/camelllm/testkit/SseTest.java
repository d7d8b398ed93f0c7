package io.github.camelllm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SseTest {

    private static final Duration SOON = Duration.ofSeconds(5);

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
    void writesEventsAsTheyAre() throws Exception {
        assertThat(body(Sse.of("{\"a\":1}", "[DONE]"))).isEqualTo("data: {\"a\":1}\n\ndata: [DONE]\n\n");
    }

    @Test
    void writesEveryFormThatTheStandardAllows() throws Exception {
        assertThat(body(Sse.of("{\"a\":1}").noSpace())).isEqualTo("data:{\"a\":1}\n\n");
        assertThat(body(Sse.of("{\"a\":1}").lineEnd("\r\n"))).isEqualTo("data: {\"a\":1}\r\n\r\n");
        assertThat(body(Sse.of("{\"a\":1}", "[DONE]").multiLine()))
                .isEqualTo("data: {\ndata: \"a\":1}\n\ndata: [DONE]\n\n");
        assertThat(body(Sse.of("x").comments()))
                .isEqualTo(": keep-alive\nevent: message\nid: 7\nretry: 1000\ndata: x\n\n");
    }

    @Test
    void writesOneChunkAnEventUnlessToldOtherwise() throws Exception {
        assertThat(chunks(Sse.of("a", "b"))).containsExactly("data: a\n\n", "data: b\n\n");
        assertThat(chunks(Sse.of("a", "b").inOneWrite())).containsExactly("data: a\n\ndata: b\n\n");
        assertThat(chunks(Sse.of("a", "b").splitEvery(5))).containsExactly("data:", " a\n\n", "data:", " b\n\n");
    }

    @Test
    void splitsCharactersOfSeveralBytes() throws Exception {
        List<String> chunks = chunks(Sse.of("é").splitEvery(7));
        assertThat(chunks).hasSize(2);
        assertThat(chunks.get(0)).isEqualTo("data: \u00c3"); // half of é, read as ISO 8859-1
        assertThat(body(Sse.of("é😀").splitEvery(1))).isEqualTo("data: é😀\n\n");
    }

    @Test
    void insertsEvents() throws Exception {
        assertThat(body(Sse.of("a", "c").insert(1, "b").insert(3, "d")))
                .isEqualTo("data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n");
    }

    @Test
    void letsNothingThroughAGateThatIsClosed() throws Exception {
        Gate first = new Gate();
        Gate second = new Gate();
        Gate last = new Gate();
        upstream.next(Reply.sse(
                Sse.of("a", "b").gateBefore(0, first).gateBefore(1, second).gateBefore(2, last)));
        try (RawClient client = get()) {
            Received received = upstream.awaitRequest(SOON);
            assertThat(client.head().status()).isEqualTo(200);
            first.awaitReached(SOON);
            assertThat(received.eventsWritten()).isZero();
            first.open();
            assertThat(client.event()).isEqualTo("data: a");
            second.awaitReached(SOON);
            assertThat(received.eventsWritten()).isEqualTo(1);
            second.open();
            assertThat(client.event()).isEqualTo("data: b");
            last.awaitReached(SOON);
            last.open();
            assertThat(client.event()).isNull();
        }
    }

    @Test
    void pacesEvents() throws Exception {
        upstream.next(Reply.sse(
                Sse.of("a", "b", "c").firstAfter(Duration.ofMillis(40)).every(Duration.ofMillis(30))));
        long start = System.nanoTime();
        try (RawClient client = get()) {
            client.head();
            assertThat(client.events()).hasSize(3);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(99));
    }

    @Test
    void breaksOffAfterSomeEvents() throws Exception {
        upstream.next(
                Reply.sse(Sse.of("a", "b").cutAfter(1, Cut.FIN)),
                Reply.sse(Sse.of("a", "b").cutAfter(1, Cut.RST)),
                Reply.sse(Sse.of("a", "b").endAfter(1)));
        try (RawClient client = get()) {
            client.head();
            assertThat(client.event()).isEqualTo("data: a");
            assertThatThrownBy(client::event).isInstanceOf(EOFException.class);
        }
        try (RawClient client = get()) {
            assertThatThrownBy(client::response).isInstanceOf(SocketException.class);
        }
        try (RawClient client = get()) {
            client.head();
            assertThat(client.events()).containsExactly("data: a");
        }
        assertThatThrownBy(() -> Sse.of("a").cutAfter(2, Cut.FIN)).hasMessageContaining("only 1 events");
    }

    @Test
    void breaksOffWithinAnEvent() throws Exception {
        upstream.next(Reply.sse(Sse.of("abc", "def")).cutAfterBytes(14, Cut.FIN));
        try (RawClient client = get()) {
            client.head();
            assertThat(client.event()).isEqualTo("data: abc");
            assertThatThrownBy(client::event).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void stallsAfterSomeEvents() throws Exception {
        upstream.next(Reply.sse(Sse.of("a", "b").stallAfter(1)));
        try (RawClient client = get()) {
            Received received = upstream.awaitRequest(SOON);
            client.head();
            assertThat(client.event()).isEqualTo("data: a");
            client.hangUp(Cut.FIN);
            received.awaitClientClosed(SOON);
            assertThat(received.eventsWritten()).isEqualTo(1);
        }
    }

    private RawClient get() throws IOException {
        return RawClient.connect(upstream.port()).request("GET", "/", null);
    }

    private String body(Sse sse) throws IOException {
        upstream.next(Reply.sse(sse));
        try (RawClient client = get()) {
            return client.response().text();
        }
    }

    /** The body's chunks as they were framed. */
    private static List<String> chunks(Sse sse) {
        return Reply.sse(sse).acts(false).stream()
                .map(act -> new String(((Act.Write) act).bytes(), StandardCharsets.ISO_8859_1))
                .filter(write -> !write.startsWith("HTTP/") && !write.startsWith("0\r\n"))
                .map(chunk -> chunk.substring(chunk.indexOf("\r\n") + 2, chunk.length() - 2))
                .toList();
    }
}
