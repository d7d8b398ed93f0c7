package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Anthropic's clients write and read beside what the gateway works on, pair by pair. */
class AnthropicGoldenTest {

    private static final Path PAIRS = Path.of("src/test/resources/io/github/camelllm/ingress/anthropic");

    private final AnthropicDialect dialect = new AnthropicDialect();

    static List<Path> requests() throws IOException {
        return in("requests");
    }

    static List<Path> answers() throws IOException {
        return in("answers");
    }

    static List<Path> streams() throws IOException {
        return in("streams");
    }

    private static List<Path> in(String kind) throws IOException {
        try (Stream<Path> files = Files.list(PAIRS.resolve(kind))) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            assertThat(found).as(kind).isNotEmpty();
            return found;
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void readsRequests(Path file) throws IOException {
        JsonNode pair = Json.read(Files.readAllBytes(file));
        ObjectNode inner = dialect.request(Json.write(pair.path("client"))).tree();
        assertThat(inner).isEqualTo(pair.path("inner"));

        ObjectNode wire = Json.object().setAll(inner);
        AnthropicWords.drop(wire, true, true, field -> {});
        assertThat(wire).isEqualTo(pair.path(pair.has("openai") ? "openai" : "inner"));
        assertThat(inner).as("dropping leaves the request alone").isEqualTo(pair.path("inner"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void writesAnswers(Path file) throws IOException {
        JsonNode pair = Json.read(Files.readAllBytes(file));
        byte[] message = dialect.answer(call(), Json.write(pair.path("inner")));
        assertThat(Json.read(message)).isEqualTo(Json.read(Json.write(pair.path("client"))));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void writesStreams(Path file) throws IOException {
        JsonNode pair = Json.read(Files.readAllBytes(file));
        ArrayNode written = Json.MAPPER.createArrayNode();
        ClientDialect.Events events = dialect.events(call(), new Collected(written));
        pair.path("inner").forEach(chunk -> events.event(new StreamEvent(chunk)));
        events.whole();
        assertThat(written).isEqualTo(Json.read(Json.write(pair.path("client"))));
    }

    private static Call call() {
        return new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(Json.object()));
    }

    private record Collected(ArrayNode events) implements EventWriter {
        @Override
        public void event(byte[] prefix, byte[] data) {
            try {
                JsonNode event = Json.read(data);
                assertThat(new String(prefix, StandardCharsets.US_ASCII))
                        .isEqualTo("event: " + event.path("type").asText() + "\ndata: ");
                events.add(event);
            } catch (IOException e) {
                throw new AssertionError("an event that is no JSON", e);
            }
        }

        @Override
        public void onGone(Runnable action) {
            // never gone
        }

        @Override
        public boolean gone() {
            return false;
        }

        @Override
        public void send(int status, Map<String, String> headers, byte[] body) {
            throw new AssertionError("not streamed");
        }

        @Override
        public void begin(int status, Map<String, String> headers) {
            // HttpStep's
        }

        @Override
        public void end() {
            // HttpStep's
        }

        @Override
        public void close() {
            // HttpStep's
        }
    }
}
