package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From an Anthropic client to an Anthropic model and back: each file has fields of a request, an answer, or the events of a
 * stream, which come out as they went in but for {@code changed}.
 */
class FidelityIT extends GatewayAcceptance {

    private static final Path FILES = Path.of("src/test/resources/io/github/camelllm/acceptance/fidelity");
    private static final String BETAS = "files-api-2025-04-14,context-management-2025-06-27";

    @Override
    void prepare(GatewaySetup setup) {
        setup.anthropic(upstream).oneAttempt();
    }

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
        try (Stream<Path> files = Files.list(FILES.resolve(kind))) {
            List<Path> found = files.sorted().toList();
            assertThat(found).as(kind).isNotEmpty();
            return found;
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void passesARequest(Path file) throws Exception {
        JsonNode pair = Json.read(Files.readAllBytes(file));
        ObjectNode request = Json.object().put("model", "claude-haiku-4-5").put("max_tokens", 4000);
        request.putArray("messages").addObject().put("role", "user").put("content", "Hi");
        request.setAll((ObjectNode) pair.path("client"));

        RawResponse response = post("/v1/messages", request.toString(), "anthropic-beta: " + BETAS);

        assertThat(response.status()).as(response.text()).isEqualTo(200);
        ObjectNode expected = request.deepCopy();
        if (pair.path("changed") instanceof ObjectNode changed) {
            expected.setAll(changed);
        }
        assertThat(blocks(upstream.lastRequest().json())).isEqualTo(blocks(expected));
        assertThat(upstream.lastRequest().header("anthropic-beta")).isEqualTo(BETAS);
    }

    /** With contents that are strings as the block of text that they stand for. */
    private static JsonNode blocks(JsonNode request) {
        for (JsonNode message : request.path("messages")) {
            expand((ObjectNode) message);
            message.path("content").forEach(block -> {
                if (block.path("type").asText().equals("tool_result")) {
                    expand((ObjectNode) block);
                }
            });
        }
        return request;
    }

    private static void expand(ObjectNode holder) {
        if (holder.path("content").isTextual()) {
            ArrayNode blocks = Json.MAPPER.createArrayNode();
            blocks.addObject().put("type", "text").set("text", holder.get("content"));
            holder.set("content", blocks);
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void passesAnAnswer(Path file) throws Exception {
        JsonNode answer = Json.read(Files.readAllBytes(file));
        upstream.next(Reply.json(200, answer.toString()));

        assertThat(post("/v1/messages", plain(false)).json()).isEqualTo(answer);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void passesAStream(Path file) throws Exception {
        JsonNode events = Json.read(Files.readAllBytes(file));
        List<String> wire = new ArrayList<>();
        events.forEach(event -> wire.add(event.toString()));
        upstream.next(Reply.sse(Sse.of(wire)));

        ArrayNode received = Json.MAPPER.createArrayNode();
        for (String line : post("/v1/messages", plain(true)).text().split("\n")) {
            if (line.startsWith("data: ")) {
                received.add(Json.MAPPER.readTree(line.substring(6)));
            }
        }
        ((ObjectNode) received.at("/0/message")).set("usage", events.at("/0/message/usage")); // an estimate
        assertThat(received).isEqualTo(events);
    }

    private static String plain(boolean stream) {
        return "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":10,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }
}
