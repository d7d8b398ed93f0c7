package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pairs of the same in OpenAI's words and in Anthropic's, each in a file of {@code src/test/resources}. */
class AnthropicGoldenTest {

    private static final Path PAIRS = Path.of("src/test/resources/io/github/camelllm/provider/anthropic");

    /** The file's name tells what it is about. */
    record Pair(String name, JsonNode json) {
        JsonNode at(String field) {
            return json.path(field);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Pair> requests() throws IOException {
        return pairs("request");
    }

    static List<Pair> answers() throws IOException {
        return pairs("answer");
    }

    static List<Pair> streams() throws IOException {
        return pairs("stream");
    }

    private static List<Pair> pairs(String direction) throws IOException {
        List<Pair> pairs = new ArrayList<>();
        try (Stream<Path> files = Files.list(PAIRS.resolve(direction))) {
            for (Path file : files.sorted().toList()) {
                pairs.add(new Pair(file.getFileName().toString(), Json.read(Files.readAllBytes(file))));
            }
        }
        assertThat(pairs).as("pairs of " + direction).isNotEmpty();
        return pairs;
    }

    @ParameterizedTest
    @MethodSource("requests")
    void asksInAnthropicsWords(Pair pair) throws IOException {
        Call call = call(pair.at("openai"));
        call.continuing(pair.at("continuing").booleanValue());
        JsonNode before = call.getRequest().tree().deepCopy();
        Anthropic anthropic = new Anthropic();
        JsonNode settings = pair.at("settings");
        anthropic.setSampling(settings.path("sampling").booleanValue());
        anthropic.setForcedTools(settings.path("forcedTools").booleanValue());
        anthropic.setSystemTurns(settings.path("systemTurns").asBoolean(true));
        anthropic.setReasoning(settings.path("reasoning").asText("no"));
        anthropic.setUnsupported(pair.at("drop").booleanValue() ? "drop" : "refuse");
        if (pair.json().has("refused")) {
            Problem problem = catchThrowableOfType(Problem.class, () -> anthropic.encode(call, "claude-x"));
            assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(problem.param()).contains(pair.at("refused").textValue());
            assertThat(problem.upstream()).contains(UpstreamFailure.CANNOT);
        } else {
            same(Json.read(anthropic.encode(call, "claude-x")), pair.at("anthropic"));
            List<String> warnings = new ArrayList<>();
            pair.at("warnings").forEach(warning -> warnings.add(warning.textValue()));
            assertThat(call.getWarnings()).isEqualTo(warnings);
        }
        assertThat(call.getRequest().tree()).as("the request itself").isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void readsAnswers(Pair pair) throws IOException {
        Call call = call(Json.object());
        byte[] body = Json.write(pair.at("anthropic"));
        if (pair.json().has("problem")) {
            told(pair, catchThrowableOfType(Problem.class, () -> new Anthropic().decode(call, body)));
            return;
        }

        Answer answer = (Answer) new Anthropic().decode(call, body);

        ObjectNode completion = (ObjectNode) Json.read(answer.bytes());
        assertThat(completion.path("created").asLong()).isPositive();
        same(completion.put("created", 0), pair.at("openai"));
        assertThat(call.getFinishReason())
                .isEqualTo(pair.json().at("/openai/choices/0/finish_reason").textValue());
        assertThat(call.getUsage())
                .isEqualTo(
                        pair.json().has("usage")
                                ? reported(pair.at("usage"))
                                : Usage.estimate(
                                        call.inputEstimate(),
                                        pair.at("estimated").longValue()));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void readsStreams(Pair pair) throws IOException {
        ObjectNode request = Json.object().put("stream", true);
        if (pair.at("request") instanceof ObjectNode more) {
            request.setAll(more);
        }
        Call call = call(request);
        List<JsonNode> chunks = new ArrayList<>();
        WireStream stream = stream(call, pair.at("events"));

        Problem problem = catchThrowableOfType(Problem.class, () -> {
            stream.begin();
            for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                chunks.add(event.json());
            }
        });

        if (pair.json().has("problem")) {
            told(pair, problem);
        } else {
            assertThat(problem).isNull();
        }
        same(
                Json.MAPPER.valueToTree(
                        chunks.stream().map(chunk -> timeless(chunk, pair)).toList()),
                pair.at("chunks"));
        assertThat(call.getFinishReason()).isEqualTo(pair.at("finish_reason").textValue());
        if (pair.json().has("usage")) {
            assertThat(call.getUsage()).isEqualTo(reported(pair.at("usage")));
        } else if (pair.json().has("estimated")) {
            JsonNode counts = pair.at("estimated");
            assertThat(call.getUsage())
                    .isEqualTo(new Usage(
                            counts.get(0).longValue(),
                            counts.get(1).longValue(),
                            counts.get(2).longValue(),
                            0,
                            counts.path(3).longValue(),
                            true));
        }
    }

    private static void told(Pair pair, Problem problem) {
        assertThat(problem).isNotNull();
        assertThat(problem.upstream())
                .contains(UpstreamFailure.valueOf(pair.at("problem").textValue()));
        if (pair.json().has("detail")) {
            assertThat(problem.detail()).contains(pair.at("detail").textValue());
        }
    }

    private static void same(JsonNode actual, JsonNode expected) throws IOException {
        assertThat(Json.read(Json.write(actual))).isEqualTo(Json.read(Json.write(expected)));
    }

    /** When the chunk was made, and the id that it was given for want of one, say nothing here. */
    private static JsonNode timeless(JsonNode chunk, Pair pair) {
        ObjectNode copy = ((ObjectNode) chunk.deepCopy()).put("created", 0);
        return pair.at("anonymous").booleanValue() ? copy.put("id", "") : copy;
    }

    private static Usage reported(JsonNode counts) {
        return Usage.reported(
                        counts.get(0).longValue(),
                        counts.get(1).longValue(),
                        counts.get(2).longValue(),
                        0)
                .withCacheWrites(counts.path(3).longValue(), counts.path(4).longValue());
    }

    private static Call call(JsonNode request) {
        return Tries.chat(new String(Json.write(request), StandardCharsets.UTF_8));
    }

    private static WireStream stream(Call call, JsonNode events) {
        StringBuilder sse = new StringBuilder();
        for (JsonNode event : events) {
            sse.append("event: ").append(event.path("type").asText("x")).append("\ndata: ");
            sse.append(event.isTextual() ? event.textValue() : event.toString()).append("\n\n");
        }
        DefaultMessage message = new DefaultMessage(new DefaultCamelContext());
        message.setBody(new ByteArrayInputStream(sse.toString().getBytes(StandardCharsets.UTF_8)));
        InFlight inFlight = InFlight.open(call.cancellation(), Duration.ofMinutes(1));
        WireSource source = new WireSource(message, inFlight);
        inFlight.close();
        SseReader reader = new SseReader(source.stream(), 100_000, Long.MAX_VALUE, Ticker.SYSTEM);
        return new Anthropic().decodeStream(call, source, reader);
    }
}
