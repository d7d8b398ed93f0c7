package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of every break of {@link Break} under each way of recovery, at each dialect. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BreaksIT extends TwoUpstreams {

    private static final Duration PROMPT = Duration.ofSeconds(4);

    static Stream<Arguments> breaks() {
        return Break.ROWS.stream()
                .flatMap(row -> Stream.of(Dialect.values()).map(dialect -> Arguments.of(row, dialect)));
    }

    /** At OpenAI, and each at one more by turns. */
    static Stream<Arguments> breaksByTurns() {
        Dialect[] dialects = Dialect.values();
        return IntStream.range(0, Break.ROWS.size()).boxed().flatMap(i -> Stream.of(
                        Dialect.OPENAI, dialects[1 + i % (dialects.length - 1)])
                .map(dialect -> Arguments.of(Break.ROWS.get(i), dialect)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaks")
    void isGoneOnWithByAModelThatCan(Break row, Dialect dialect) throws Exception {
        other.always(request -> answer(request, "three ", "four"));
        RawResponse response = broken(row, dialect, "hasty", "-then-goes-on");

        assertAnswer(response, true, SAID, "stop");
        assertThat(response.header("x-llm-attempts")).as("when it began").isEqualTo("1");
        JsonNode record = record(response);
        assertThat(failures(record)).containsExactly(row.failure(), "-");
        assertThat(record.path("recovery").asText()).isEqualTo("continued");
        assertThat(record.path("model").asText()).isEqualTo("goes-on");
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).hasSize(1);
        ObjectNode sent = (ObjectNode) other.lastRequest().json();
        JsonNode last = ((ArrayNode) sent.path("messages")).remove(1);
        assertThat(last.toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"one two\"}");
        assertThat(sent.path("messages")).isEqualTo(request().path("messages"));
        assertThat(sent.path("messages")).hasSize(1);
        assertHealthy(first("hasty", dialect) + "-then-goes-on", dialect, true);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaks")
    void isAnsweredAfreshWhatIsTheSameIsWithheld(Break row, Dialect dialect) throws Exception {
        RawResponse response = broken(row, dialect, "hasty", "-then-second");

        assertAnswer(response, true, SAID, "stop");
        JsonNode record = record(response);
        assertThat(failures(record)).containsExactly(row.failure(), "-");
        assertThat(record.path("recovery").asText()).isEqualTo("restarted");
        assertThat(record.path("model").asText()).isEqualTo("second");
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).hasSize(1);
        assertPassedOn(other.lastRequest(), "second", true);
        assertHealthy(first("hasty", dialect) + "-then-second", dialect, true);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaksByTurns")
    void isToldWhenTheAnswerAfreshDiverges(Break row, Dialect dialect) throws Exception {
        other.always(request -> answer(request, "one ", "and ", "only"));
        RawResponse response = broken(row, dialect, "hasty", "-then-second");

        assertBrokenOff(response, row);
        assertThat(failures(record(response)).get(0)).isEqualTo(row.failure());
        assertThat(other.received()).hasSize(1);
        assertHealthy(first("hasty", dialect) + "-then-second", dialect, true);
    }

    /** Never the fallback's complaint instead of the cause. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaksByTurns")
    void isToldWhenTheOtherModelFailsToo(Break row, Dialect dialect) throws Exception {
        other.always(request -> Dialect.OPENAI.error(400, "unknown parameter: one of the fallback's"));
        RawResponse response = broken(row, dialect, "hasty", "-then-goes-on");

        assertBrokenOff(response, row);
        assertThat(response.text()).doesNotContain("fallback");
        assertThat(upstream.received()).hasSize(row.retried() ? 2 : 1);
        assertHealthy(first("hasty", dialect) + "-then-goes-on", dialect, true);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaksByTurns")
    void isNotSeenWhereTheStreamIsHeld(Break row, Dialect dialect) throws Exception {
        RawResponse response = broken(row, dialect, "held", "-then-second");

        assertAnswer(response, true, SAID, "stop");
        assertThat(response.header("x-llm-model")).isEqualTo("second");
        assertThat(upstream.received()).hasSize(row.retried() ? 2 : 1);
        assertThat(other.received()).hasSize(1);
        assertPassedOn(other.lastRequest(), "second", true);
        assertHealthy(first("held", dialect) + "-then-second", dialect, true);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaks")
    void isToldWhereTheSettingSaysSo(Break row, Dialect dialect) throws Exception {
        RawResponse response = broken(row, dialect, "strict", "-then-second");

        assertBrokenOff(response, row);
        JsonNode record = record(response);
        assertThat(failures(record)).containsExactly(row.failure());
        assertThat(record.path("error_code").asText()).isEqualTo(row.code());
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).isEmpty();
        assertHealthy(first("strict", dialect) + "-then-second", dialect, true);
    }

    /** The model itself is asked once more, if that may help, and answers afresh. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("breaksByTurns")
    void isMadeWholeByTheModelItselfWhereThereIsNoOther(Break row, Dialect dialect) throws Exception {
        upstream.next(row.reply().apply(dialect)).always(dialect.answer(true, FaultTable.WORDS));
        RawResponse response = ask(first("hasty", dialect), true);

        if (row.retried()) {
            assertAnswer(response, true, SAID, "stop");
            assertThat(failures(record(response))).containsExactly(row.failure(), "-");
        } else {
            assertBrokenOff(response, row);
        }
        List<Received> received = upstream.received();
        assertThat(received).hasSize(row.retried() ? 2 : 1);
        assertThat(received).allSatisfy(one -> assertThat(one.text())
                .isEqualTo(received.get(0).text()));
        assertHealthy(first("hasty", dialect), dialect, true);
    }

    private RawResponse broken(Break row, Dialect dialect, String kind, String second) throws IOException {
        upstream.always(request -> row.reply().apply(dialect));
        long start = System.nanoTime();
        RawResponse response = ask(first(kind, dialect) + second, true);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PROMPT);
        return response;
    }

    private JsonNode record(RawResponse response) throws Exception {
        return gateway.awaitRecord(response.header("x-request-id"));
    }

    private static JsonNode request() throws IOException {
        return Json.MAPPER.readTree(chatJson("goes-on"));
    }

    /** Fails unless the stream ends with the error of the break, and what came before it is the first model's alone. */
    private static void assertBrokenOff(RawResponse response, Break row) throws IOException {
        assertThat(response.status()).isEqualTo(200);
        Problems.assertSafe(response);
        List<String> data = data(response);
        String last = data.get(data.size() - 1);
        Problems.assertProblem(Json.read(last.getBytes(StandardCharsets.UTF_8)), row.code());
        Streamed streamed = Streamed.of(data.subList(0, data.size() - 1));
        assertThat(streamed.text()).isEqualTo(Break.SO_FAR);
        assertThat(streamed.finishReasons()).isEmpty();
    }
}
