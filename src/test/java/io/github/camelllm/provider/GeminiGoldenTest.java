package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Pairs of the same in OpenAI's words and in Gemini's, one file each: {@code requests}, {@code answers}, {@code streams}. A
 * pair that must fail names the {@code refused} field, or the upstream's {@code failure}.
 */
class GeminiGoldenTest {

    private static final Path PAIRS = Path.of("src/test/resources/io/github/camelllm/provider/gemini");

    private interface Check {
        void run(JsonNode pair) throws Exception;
    }

    @TestFactory
    List<DynamicTest> requests() throws IOException {
        return each("requests", GeminiGoldenTest::request);
    }

    @TestFactory
    List<DynamicTest> answers() throws IOException {
        return each("answers", GeminiGoldenTest::answer);
    }

    @TestFactory
    List<DynamicTest> streams() throws IOException {
        return each("streams", GeminiGoldenTest::stream);
    }

    private static List<DynamicTest> each(String kind, Check check) throws IOException {
        try (Stream<Path> files = Files.list(PAIRS.resolve(kind))) {
            List<DynamicTest> tests = files.sorted()
                    .map(file -> dynamicTest(
                            file.getFileName().toString(), () -> check.run(Json.read(Files.readAllBytes(file)))))
                    .toList();
            assertThat(tests).as("pairs in " + PAIRS.resolve(kind)).isNotEmpty();
            return tests;
        }
    }

    private static void request(JsonNode pair) throws IOException {
        Call call = call(pair.path("openai"));
        byte[] before = call.getRequest().bytes();
        Gemini gemini = new Gemini();
        gemini.setUnsupported("refuse");
        if (pair.has("thinking")) {
            gemini.setThinking(pair.path("thinking").asText());
        }
        gemini.setPrefill(pair.path("prefill").asText("no"));
        if (pair.has("refused")) {
            Problem problem = catchThrowableOfType(Problem.class, () -> gemini.encode(call, "gemini-x"));
            assertThat(problem.status()).isEqualTo(400);
            assertThat(problem.param()).contains(pair.path("refused").asText());
            return;
        }

        assertThat(Json.read(gemini.encode(call, "gemini-x"))).isEqualTo(pair.path("gemini"));
        assertThat(call.getWarnings()).containsExactlyInAnyOrderElementsOf(warnings(pair));
        assertThat(call.getRequest().bytes()).as("the request itself").isEqualTo(before);
    }

    private static List<String> warnings(JsonNode pair) {
        List<String> warnings = new ArrayList<>();
        pair.path("warnings").forEach(warning -> warnings.add(warning.asText()));
        return warnings;
    }

    private static void answer(JsonNode pair) throws IOException {
        Call call = Tries.chat("{'messages':[]}");
        byte[] body = Json.write(pair.path("gemini"));
        if (pair.has("failure")) {
            Problem problem = catchThrowableOfType(Problem.class, () -> new Gemini().decode(call, body));
            assertFailure(problem, pair);
            return;
        }

        ObjectNode tree = ((Answer) new Gemini().decode(call, body)).tree();

        assertThat(asSent(tree)).isEqualTo(pair.path("openai"));
        assertThat(call.getFinishReason())
                .isEqualTo(pair.at("/openai/choices/0/finish_reason").asText());
        assertUsage(call, pair.at("/openai/usage"));
    }

    private static void stream(JsonNode pair) throws IOException {
        Call call = call(pair.path("request"));
        StringBuilder sse = new StringBuilder();
        for (JsonNode event : pair.path("gemini")) {
            sse.append("data: ")
                    .append(event.isTextual() ? event.asText() : event.toString())
                    .append("\r\n\r\n");
        }
        GeminiStream stream = open(call, sse.toString());
        List<JsonNode> chunks = new ArrayList<>();
        Problem problem = catchThrowableOfType(Problem.class, () -> {
            stream.begin();
            for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                chunks.add(asSent((ObjectNode) event.json()));
            }
        });

        assertThat(chunks).containsExactlyElementsOf(pair.path("openai"));
        if (pair.has("failure")) {
            assertFailure(problem, pair);
        } else {
            assertThat(problem).isNull();
            assertThat(call.getFinishReason()).isNotNull();
        }
    }

    private static GeminiStream open(Call call, String events) {
        DefaultMessage message = new DefaultMessage(new DefaultCamelContext());
        message.setBody(new ByteArrayInputStream(events.getBytes(StandardCharsets.UTF_8)));
        InFlight inFlight = InFlight.open(call.cancellation(), Duration.ofMinutes(1));
        WireSource source = new WireSource(message, inFlight);
        inFlight.close();
        return new GeminiStream(call, source, new SseReader(source.stream(), 10_000, Long.MAX_VALUE, Ticker.SYSTEM));
    }

    private static void assertFailure(Problem problem, JsonNode pair) {
        assertThat(problem).isNotNull();
        assertThat(problem.upstream())
                .contains(UpstreamFailure.valueOf(pair.path("failure").asText()));
        if (pair.has("message")) {
            assertThat(problem).hasMessage(pair.path("message").asText());
        }
    }

    private static void assertUsage(Call call, JsonNode usage) {
        assertThat(call.getUsage().estimated()).isEqualTo(usage.isMissingNode());
        if (!usage.isMissingNode()) {
            assertThat(call.getUsage()).isEqualTo(ReportedUsage.ofOpenAi(call, usage, 0));
        }
    }

    private static Call call(JsonNode request) {
        return Tries.chat(request.toString());
    }

    /** As a client reads it; the time is nobody's business here. */
    private static JsonNode asSent(ObjectNode tree) throws IOException {
        assertThat(tree.path("created").asLong()).isPositive();
        return Json.read(Json.write(tree.deepCopy().put("created", 0)));
    }
}
