package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.acceptance.Fault.Then;
import io.github.camelllm.acceptance.Fault.Way;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of every fault of {@link FaultTable} in a chain of two models, at each dialect, plain and streamed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FaultsIT extends TwoUpstreams {

    /** Beside what the provider has asked the gateway to wait. */
    private static final Duration PROMPT = Duration.ofSeconds(4);

    /** Plain and streamed at OpenAI; where a fault is both at others, one of them at each, by turns. */
    static Stream<Arguments> faults() {
        List<Arguments> all = new ArrayList<>();
        for (int i = 0; i < FaultTable.ROWS.size(); i++) {
            Fault fault = FaultTable.ROWS.get(i);
            for (Dialect dialect : fault.dialects()) {
                for (Way way : fault.ways()) {
                    boolean turn = (i + dialect.ordinal() + way.ordinal()) % 2 == 0;
                    if (turn || dialect == Dialect.OPENAI || fault.ways().size() == 1) {
                        all.add(Arguments.of(fault, dialect, way));
                    }
                }
            }
        }
        return all.stream();
    }

    /** At OpenAI alone, or where else the fault is. */
    static Stream<Arguments> faultsAtOne() {
        return FaultTable.ROWS.stream().flatMap(fault -> fault.ways().stream()
                .map(way -> Arguments.of(fault, fault.dialects().iterator().next(), way)));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("faults")
    void leadsWhereTheTableSays(Fault fault, Dialect dialect, Way way) throws Exception {
        boolean stream = way == Way.STREAM;
        String second = fault.then() == Then.LARGER ? "wide" : "second";
        String model = first(fault.first(), dialect) + "-then-" + second;
        misbehave(fault, dialect, stream);

        long start = System.nanoTime();
        RawResponse response = ask(model, stream);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PROMPT.plus(fault.gap()));

        boolean passedOn = fault.then() == Then.SECOND || fault.then() == Then.LARGER;
        if (fault.then() == Then.TOLD) {
            assertTold(response, fault);
        } else {
            assertAnswer(response, stream, SAID, fault.name().startsWith("cut by the model") ? "length" : "stop");
        }
        assertThat(response.header("x-llm-model")).isEqualTo(passedOn ? second : first(fault.first(), dialect));
        assertThat(response.header("x-llm-attempts")).isEqualTo(String.valueOf(fault.asked() + (passedOn ? 1 : 0)));
        assertRecord(gateway.awaitRecord(response.header("x-request-id")), fault, passedOn);
        List<Received> first = upstream.received();
        assertAsked(fault, first);
        assertThat(other.received()).as("requests at the second").hasSize(passedOn ? 1 : 0);
        if (passedOn) {
            assertPassedOn(other.lastRequest(), second, stream);
        }

        if (fault.rests()) {
            assertLeftAlone(model, second, dialect, stream);
        }
        Received healthy = assertHealthy(healthy(fault, dialect) + "-then-" + second, dialect, stream);
        assertThat(first).allSatisfy(request -> assertThat(request.text()).isEqualTo(healthy.text()));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("faultsAtOne")
    void isToldWhereThereIsNoOtherModel(Fault fault, Dialect dialect, Way way) throws Exception {
        boolean stream = way == Way.STREAM;
        misbehave(fault, dialect, stream);
        if (fault.then() != Then.FIRST && fault.gap().isZero()) { // those with a wait are told like those without
            RawResponse response = ask(first(fault.first(), dialect), stream);
            assertTold(response, fault);
            assertThat(response.header("x-llm-attempts")).isEqualTo(String.valueOf(fault.asked()));
            assertAsked(fault, upstream.received());
            assertHealthy(
                    healthy(fault, dialect), dialect, stream); // after the wait, where the provider has asked for one
        }
    }

    /** A fault that passes while it is tried again is seen by nobody. */
    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("faultsAtOne")
    void isNotSeenWhenItPasses(Fault fault, Dialect dialect, Way way) throws Exception {
        if (!fault.isRetried() || fault.reply() == null || !fault.gap().isZero() && way == Way.STREAM) {
            return;
        }
        boolean stream = way == Way.STREAM;
        upstream.always(dialect.answer(stream, FaultTable.WORDS))
                .next(fault.reply().in(dialect, stream));

        RawResponse response = ask(first(fault.first(), dialect) + "-then-second", stream);

        assertAnswer(response, stream, SAID, "stop");
        assertThat(response.header("x-llm-model")).isEqualTo(first(fault.first(), dialect));
        assertThat(response.header("x-llm-attempts")).isEqualTo("2");
        assertAsked(fault, upstream.received());
        assertThat(other.received()).isEmpty();
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(failures(record)).containsExactly(fault.failure(), "-");
        assertThat(record.path("output_tokens").asInt())
                .as("those of the answer alone")
                .isEqualTo(4);
    }

    /** The first model, well again, is not asked until the time is over that its provider has said. */
    private void assertLeftAlone(String model, String second, Dialect dialect, boolean stream) throws Exception {
        upstream.reset().always(dialect.answer(stream, FaultTable.WORDS));
        other.reset().always(request -> answer(request, FaultTable.WORDS));
        RawResponse response = ask(model, stream);
        assertAnswer(response, stream, SAID, "stop");
        assertThat(response.header("x-llm-model")).isEqualTo(second);
        assertThat(response.header("x-llm-attempts")).isEqualTo("1");
        assertThat(upstream.received()).as("asked meanwhile").isEmpty();
        String first = model.replaceFirst("-then-.*", "");
        JsonNode state = state(first);
        assertThat(state.path("health").asText()).isEqualTo("degraded");
        assertThat(state.path("rest_seconds").asInt()).isBetween(1, 2);
        Await.until(
                "the rest to be over", () -> state(first).path("rest_seconds").asInt() == 0);
    }

    private void misbehave(Fault fault, Dialect dialect, boolean stream) {
        if (fault.reply() != null) {
            upstream.always(request -> fault.reply().in(dialect, stream));
        }
    }

    /** The first model in good health, under the same parameters if it has an address. */
    private static String healthy(Fault fault, Dialect dialect) {
        return first(fault.reply() == null ? "first" : fault.first(), dialect);
    }

    private static void assertTold(RawResponse response, Fault fault) {
        JsonNode error = Problems.assertProblem(response, fault.status(), fault.code());
        if (fault.code().equals("content_policy_violation")) {
            assertThat(error.path("message").asText()).contains(Fault.REASON);
        }
    }

    private static void assertRecord(JsonNode record, Fault fault, boolean passedOn) {
        List<String> failures =
                new ArrayList<>(Collections.nCopies(fault.asked(), fault.failure() == null ? "-" : fault.failure()));
        if (passedOn) {
            failures.add("-");
        }
        assertThat(failures(record)).isEqualTo(failures);
        if (fault.then() == Then.TOLD) {
            assertThat(record.path("error_code").asText()).isEqualTo(fault.code());
        } else {
            assertThat(record.path("error_code").isNull()).isTrue();
            assertThat(record.path("output_tokens").asInt())
                    .as("those of the answer alone")
                    .isPositive();
        }
        if (fault.name().equals("no usage")) {
            assertThat(record.path("tokens_estimated").asBoolean()).isTrue();
        }
        if (fault.name().startsWith("cut by the model")) {
            assertThat(record.path("finish_reason").asText()).isEqualTo("length");
        }
    }

    private static void assertAsked(Fault fault, List<Received> received) throws Exception {
        assertThat(received).as("requests at the first").hasSize(fault.reply() == null ? 0 : fault.asked());
        for (int i = 1; i < received.size(); i++) {
            long gap = received.get(i).arrivedNanos() - received.get(i - 1).arrivedNanos();
            assertThat(Duration.ofNanos(gap)).as("between two attempts").isGreaterThanOrEqualTo(fault.gap());
            assertThat(received.get(i).text())
                    .as("sent again")
                    .isEqualTo(received.get(0).text());
        }
        if (fault.first().equals("hasty")) {
            received.get(0).awaitClientClosed(SOON);
        }
    }
}
