package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.ManualTicker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {

    private static final int MAX = 1000;

    private final ManualTicker ticker = new ManualTicker();

    /** Streams as the WHATWG's HTML standard, section 9.2.6, lets them be written. */
    static Stream<Arguments> corpus() {
        return Stream.of(
                Arguments.of("data: a\n\ndata: b\n\n", List.of("a", "b")),
                Arguments.of("data: a\r\n\r\ndata: b\r\n\r\n", List.of("a", "b")),
                Arguments.of("data: a\r\rdata: b\r\r", List.of("a", "b")),
                Arguments.of("data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", List.of("a", "b", "c")),
                Arguments.of("data:a\n\ndata:  b\n\n", List.of("a", " b")),
                Arguments.of(": hello\n\n:\n\ndata: a\n: between\n\n", List.of("a")),
                Arguments.of("event: message\nid: 7\nretry: 10\ndata: a\n\n", List.of("a")),
                Arguments.of("data: a\nevent: x\ndata: b\n\n", List.of("a b")),
                Arguments.of("data: {\ndata: \"x\": 1\ndata: }\n\n", List.of("{ \"x\": 1 }")),
                Arguments.of("data\n\ndata:\n\ndata: \n\ndata:  \t\n\ndata: a\n\n", List.of("a")),
                Arguments.of("data\ndata\n\ndata: a\n\n", List.of("a")),
                Arguments.of("event: ping\ndata:\n\nevent: ping\ndata\n\ndata: a\n\n", List.of("a")),
                Arguments.of("data:\ndata: a\ndata\n\n", List.of(" a ")),
                Arguments.of("data: a\n\ndata: {\"b\":1}", List.of("a", "{\"b\":1}")),
                Arguments.of("data: a\n\ndata: {\"b\":1}\n", List.of("a", "{\"b\":1}")),
                Arguments.of("data: {\"b\":1}\r\nid: 7\r", List.of("{\"b\":1}")),
                Arguments.of("data: {\ndata: \"b\":1}", List.of("{ \"b\":1}")),
                Arguments.of("\ufeffdata: {\"b\":1}", List.of("{\"b\":1}")),
                Arguments.of("data: a\n\ndata:[DONE] ", List.of("a", "[DONE] ")),
                Arguments.of("data: a\n\ndata: {\"b\":1", List.of("a")),
                Arguments.of("data: a\n\ndata: {\ndata: \"b\"", List.of("a")),
                Arguments.of("data: a\n\ndata: [DON", List.of("a")),
                Arguments.of("data: a\n\ndata: 12", List.of("a")),
                Arguments.of("event: ping\n\ndata: a\n\n", List.of("a")),
                Arguments.of("database: x\ndat: y\n data: z\nDATA: u\n\ndata: a\n\n", List.of("a")),
                Arguments.of("\n\n\r\n\ndata: a\n\n\n\n", List.of("a")),
                Arguments.of("data: ä€😀\n\ndata: é\n\n", List.of("ä€😀", "é")),
                Arguments.of("data: a\n\ndata: cut off\n", List.of("a")),
                Arguments.of("data: a\n\ndata: cut off", List.of("a")),
                Arguments.of("data: a:b: c\n\n", List.of("a:b: c")),
                Arguments.of("\ufeffdata: a\n\ndata: b\n\n", List.of("a", "b")),
                Arguments.of("", List.of()),
                Arguments.of("<html>\n\n</html>\n", List.of()));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void readsWhatTheStandardAllowsHoweverItIsCut(String stream, List<String> events) throws IOException {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);

        assertThat(read(new ByteArrayInputStream(bytes))).isEqualTo(events);
        assertThat(read(pieces(bytes, 1))).as("byte by byte").isEqualTo(events);
        for (int i = 0; i <= bytes.length; i++) {
            assertThat(read(pieces(bytes, i, bytes.length))).as("cut at %d", i).isEqualTo(events);
        }
    }

    @Test
    void readsStreamsOfEverySizeAroundItsBuffer() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            StringBuilder stream = new StringBuilder();
            List<String> events = new ArrayList<>();
            while (stream.length() < 30_000) {
                String data = "é".repeat(1 + random.nextInt(MAX / 2 - 11));
                events.add(data);
                stream.append("data: ").append(data).append(round % 2 == 0 ? "\n\n" : "\r\n\r\n");
            }
            byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
            assertThat(read(pieces(bytes, 1 + random.nextInt(9000)))).isEqualTo(events);
        }
    }

    @Test
    void refusesAnEventLargerThanTheBound() throws IOException {
        assertThat(read(bytes("data: " + "a".repeat(MAX - 6) + "\n\n"))).hasSize(1);
        assertThatThrownBy(() -> read(bytes("data: " + "a".repeat(MAX) + "\n\n")))
                .isInstanceOf(IOException.class)
                .hasMessage("an event of more than 1000 bytes");
        assertThatThrownBy(() -> read(bytes("data: " + "a".repeat(MAX * 100))))
                .as("a line without an end")
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(bytes(("data: " + "a".repeat(100) + "\n").repeat(11) + "\n")))
                .as("many lines of one event")
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(bytes("data\n".repeat(MAX + 2) + "\n")))
                .as("many empty lines of one event")
                .isInstanceOf(IOException.class);
    }

    @Test
    void joiningManyLinesCostsNoSquare() throws IOException {
        int lines = 200_000;
        SseReader reader =
                new SseReader(bytes("data: 1\n".repeat(lines) + "\n"), Integer.MAX_VALUE, Long.MAX_VALUE, ticker);

        assertThat(reader.next()).hasSize(2 * lines - 1);
    }

    @Test
    void failsAsTheStreamFails() {
        InputStream cut = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("reset");
            }
        };

        assertThatThrownBy(() -> read(cut)).hasMessage("reset");
    }

    @ParameterizedTest
    @ValueSource(strings = {": ping\n\n", "\n", "event: ping\n\n"})
    void givesUpAnUpstreamThatSendsEverythingButEvents(String noEvent) {
        InputStream busy = new InputStream() {
            @Override
            public int read() {
                return '\n';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                ticker.advance(Duration.ofSeconds(1));
                byte[] bytes = noEvent.getBytes(StandardCharsets.UTF_8);
                System.arraycopy(bytes, 0, buffer, offset, bytes.length);
                return bytes.length;
            }
        };
        SseReader reader = new SseReader(busy, MAX, Duration.ofSeconds(10).toNanos(), ticker);

        assertThatThrownBy(reader::next)
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("no event for 10000 ms");
        assertThat(ticker.nanos()).isEqualTo(Duration.ofSeconds(11).toNanos());
    }

    private List<String> read(InputStream in) throws IOException {
        SseReader reader = new SseReader(in, MAX, Long.MAX_VALUE, ticker);
        List<String> events = new ArrayList<>();
        for (byte[] data = reader.next(); data != null; data = reader.next()) {
            events.add(new String(data, StandardCharsets.UTF_8));
        }
        return events;
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A stream whose reads give these many bytes at most, one after the other; the last size repeats. */
    private static InputStream pieces(byte[] bytes, int... sizes) {
        int[] used = IntStream.concat(Arrays.stream(sizes).filter(size -> size > 0), IntStream.of(1))
                .toArray();
        return new ByteArrayInputStream(bytes) {
            private int read;

            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                int size = used[Math.min(read++, used.length - 1)];
                return super.read(buffer, offset, Math.min(length, size));
            }
        };
    }
}
