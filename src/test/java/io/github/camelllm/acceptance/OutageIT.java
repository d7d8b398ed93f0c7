package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Outages: many callers at once, callers who leave, models that go and come back; the failover is as shipped. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OutageIT extends GatewayAcceptance {

    private static final int CALLERS = 20;

    /** What a model's retries may come to at twenty calls: the greater of three and a fifth. */
    private static final int MOST_RETRIES = 4;

    private static final Duration PROMPT = Duration.ofSeconds(5);
    private static final String KNOWN = "When are you open?";

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private FakeUpstream other;

    @Override
    void prepare(GatewaySetup setup) throws IOException {
        other = FakeUpstream.start();
        String elsewhere = Dialect.OPENAI.baseUrl(other.port());
        setup.model("second", with(NO_BREAKER, "baseUrl", elsewhere));
        setup.model("polite", with(RESTS, "maxRest", "1500")).model("patient", RESTS);
        for (String name : List.of("crowd", "gone", "waited-for", "asked-too")) { // each has a retry budget of its own
            setup.model(name, NO_BREAKER).alias(name + "-then-second", name, "second");
        }
        setup.model("fourth", with(NO_BREAKER, "baseUrl", elsewhere)).alias("gone-then-fourth", "gone", "fourth");
        for (String name : List.of("fickle", "unheard")) {
            setup.model(
                    name,
                    "minimumNumberOfCalls",
                    "4",
                    "slidingWindowSize",
                    "4",
                    "waitDurationInOpenState",
                    "1",
                    "permittedInHalfOpenState",
                    "2");
            setup.alias(name + "-then-second", name, "second");
        }
        setup.write(
                "config/static-answers.yaml",
                "answers:\n  - id: hours\n    questions: [ \"" + KNOWN + "\" ]\n    answer: From nine to five.\n");
    }

    @AfterAll
    void stop() throws IOException {
        callers.shutdownNow();
        other.close();
    }

    @BeforeEach
    void forgetTheOther() {
        other.reset();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersTwentyCallersAtOnceFromTheSecondModel(boolean stream) throws Exception {
        int rounds = stream ? 2 : 1; // within the ten seconds of one budget
        upstream.always(Reply.error(503));
        for (Timed call : all("crowd-then-second", stream)) {
            TwoUpstreams.assertAnswer(call.response, stream, "echo: Say hello to the nice people", "stop");
            assertThat(call.response.header("x-llm-model")).isEqualTo("second");
            assertThat(call.took).isLessThan(PROMPT);
        }
        assertThat(upstream.received()).hasSizeBetween(CALLERS, CALLERS + rounds * MOST_RETRIES);
        assertThat(other.received()).hasSize(CALLERS);
    }

    @Test
    void tellsTwentyCallersAtOnceThatBothAreDown() throws Exception {
        upstream.always(Reply.error(503));
        other.always(Reply.error(500));
        for (Timed call : all("gone-then-fourth", false)) {
            JsonNode error = Problems.assertProblem(call.response, 502, "upstream_error");
            assertThat(error.path("message").asText()).contains("'gone'").contains("503");
            assertThat(call.took).isLessThan(PROMPT);
        }
        assertThat(upstream.received()).hasSizeBetween(CALLERS, CALLERS + MOST_RETRIES);
        assertThat(other.received()).hasSizeBetween(CALLERS, CALLERS + MOST_RETRIES);
    }

    @Test
    void doesNotSendTwentyCallersAtOnceAfterARetryAfter() throws Exception {
        upstream.next(Reply.error(429).header("Retry-After", "60"));
        long told = System.nanoTime();
        assertThat(chat("polite").status()).isEqualTo(429);

        for (Timed call : all("polite", false)) {
            assertThat(call.response.status()).isEqualTo(200);
            assertThat(call.took).isLessThan(PROMPT);
        }

        List<Long> arrivals = upstream.received().stream()
                .skip(1)
                .map(request -> TimeUnit.NANOSECONDS.toMillis(request.arrivedNanos() - told))
                .sorted()
                .toList();
        assertThat(arrivals).hasSize(CALLERS).allMatch(millis -> millis >= 1500);
        assertThat(arrivals.get(CALLERS - 1) - arrivals.get(0)).as("spread").isGreaterThan(100);
    }

    @Test
    void tellsCallersAtOnceHowLongAProviderWantsToBeLeftAlone() throws Exception {
        upstream.next(Reply.error(429).header("Retry-After", "60"));
        assertThat(chat("patient").header("retry-after")).isEqualTo("60");

        for (Timed call : all("patient", false)) {
            JsonNode error = Problems.assertProblem(call.response, 429, "global_rate_limited");
            assertThat(error.path("message").asText()).contains("'patient'");
            assertThat(Integer.parseInt(call.response.header("retry-after"))).isBetween(50, 60);
            assertThat(call.response.header("x-llm-attempts")).isIn("0", null);
        }
        assertThat(upstream.received()).hasSize(1);
        JsonNode state = state("patient");
        assertThat(state.path("health").asText()).isEqualTo("degraded");
        assertThat(state.path("rest_seconds").asInt()).isBetween(50, 60);
    }

    @Test
    void triesNoMoreOnceTheCallerHasLeftWhileItWaits() throws Exception {
        upstream.always(Reply.error(429).header("Retry-After", "3"));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson("waited-for-then-second"), "X-Request-Id: left-while-waiting");
            upstream.awaitRequest(SOON).awaitAnswered(SOON);
            client.hangUp(Cut.FIN);
        }
        long left = System.nanoTime();
        JsonNode record = gateway.awaitRecord("left-while-waiting");
        assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(1));
        assertThat(record.path("status").asInt()).isEqualTo(499);
        assertThat(record.path("attempts")).hasSize(1);
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hangsUpOnTheSecondModelOnceTheCallerHasLeft(boolean stream) throws Exception {
        upstream.always(Reply.error(504));
        other.always(Reply.silence());
        String id = "left-the-second-" + stream;
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson("asked-too-then-second", "\"stream\":" + stream), "X-Request-Id: " + id);
            other.awaitRequest(SOON);
            long left = System.nanoTime();
            client.hangUp(Cut.FIN);
            long closed = other.lastRequest().awaitClientClosed(SOON).atNanos();
            assertThat(Duration.ofNanos(closed - left)).isLessThan(Duration.ofSeconds(1));
        }
        assertThat(gateway.awaitRecord(id).path("status").asInt()).isEqualTo(499);
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).hasSize(1);
    }

    @Test
    void showsAModelThatGoesAndComesBack() throws Exception {
        assertState("fickle", 0, "closed", "healthy");
        upstream.always(Reply.error(500));
        for (int i = 0; i < 6; i++) {
            assertThat(chat("fickle-then-second").status()).isEqualTo(200);
        }
        assertState("fickle", 2, "open", "unhealthy");
        gateway.awaitOutput("WARN.*Model fickle is unhealthy \\(it was [a-z]+\\): its circuit breaker is open");
        int asked = upstream.received().size();
        assertThat(asked).isLessThanOrEqualTo(6 + MOST_RETRIES);

        assertThat(chat("fickle-then-second").header("x-llm-attempts")).isEqualTo("1");
        assertThat(upstream.received()).as("while its breaker is open").hasSize(asked);

        Await.until(
                "the breaker to be half open",
                () -> state("fickle").path("state").asText().equals("half_open"));
        assertState("fickle", 1, "half_open", "degraded");
        letsFewCallsThrough();
        assertThat(state("fickle").path("state").asText()).isEqualTo("closed");

        for (int i = 0; i < 40; i++) { // until its failures are a small share of its last minute
            assertThat(chat("fickle-then-second").header("x-llm-model")).isEqualTo("fickle");
        }
        assertState("fickle", 0, "closed", "healthy");
        gateway.awaitOutput("INFO.*Model fickle is healthy again");
    }

    @Test
    void takesNoCallerWhoLeavesForAModelThatIsBack() throws Exception {
        upstream.always(Reply.error(500));
        for (int i = 0; i < 6; i++) {
            chat("unheard-then-second");
        }
        Await.until(
                "the breaker to be half open",
                () -> state("unheard").path("state").asText().equals("half_open"));
        upstream.reset().always(Reply.silence());
        for (int i = 0; i < 2; i++) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.postJson(CHAT, chatJson("unheard-then-second"), "X-Request-Id: unheard-" + i);
                upstream.awaitRequest(SOON);
                client.hangUp(Cut.FIN);
            }
            gateway.awaitRecord("unheard-" + i);
        }
        assertThat(state("unheard").path("state").asText()).isNotEqualTo("closed");
    }

    private void letsFewCallsThrough() throws Exception {
        Gate gate = new Gate();
        upstream.reset().always(Dialect.OPENAI.answer(false, "back").headersAfter(gate));
        List<Future<Timed>> calls = begin("fickle-then-second", false);
        Await.until(
                "eighteen answers", () -> calls.stream().filter(Future::isDone).count() == CALLERS - 2);
        assertThat(upstream.received()).as("let through half open").hasSize(2);
        gate.open();
        int back = 0;
        for (Future<Timed> call : calls) {
            RawResponse response = call.get().response;
            assertThat(response.status()).isEqualTo(200);
            back += "fickle".equals(response.header("x-llm-model")) ? 1 : 0;
        }
        assertThat(back).isEqualTo(2);
        upstream.reset();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersAKnownQuestionWhenBothAreDown(boolean stream) throws Exception {
        upstream.always(Reply.error(503));
        other.always(Reply.error(504));
        String json = chatJson("gone-then-second", "\"stream\":" + stream);

        RawResponse known = post(CHAT, json.replace("Say hello to the nice people", "when are you OPEN"));
        TwoUpstreams.assertAnswer(known, stream, "From nine to five.", "stop");
        assertThat(known.header("x-llm-degraded")).isEqualTo("static");
        JsonNode record = gateway.awaitRecord(known.header("x-request-id"));
        assertThat(record.path("degraded").asText()).isEqualTo("static");
        assertThat(record.path("degraded_by").asText()).isEqualTo("upstream_error");
        assertThat(TwoUpstreams.failures(record)).contains("status_503", "status_504");
        assertThat(record.path("output_tokens").asInt()).isZero();

        RawResponse unknown = post(CHAT, json);
        Problems.assertProblem(unknown, 502, "upstream_error");
        assertThat(unknown.header("x-llm-degraded")).isNull();

        upstream.reset();
        other.reset();
        RawResponse healthy = post(CHAT, json.replace("Say hello to the nice people", "when are you OPEN"));
        TwoUpstreams.assertAnswer(healthy, stream, "echo: when are you OPEN", "stop");
        assertThat(healthy.header("x-llm-degraded")).isNull();
    }

    private record Timed(RawResponse response, Duration took) {}

    private List<Timed> all(String model, boolean stream) throws Exception {
        List<Timed> all = new ArrayList<>();
        for (Future<Timed> call : begin(model, stream)) {
            all.add(call.get());
        }
        return all;
    }

    private List<Future<Timed>> begin(String model, boolean stream) {
        List<Future<Timed>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            calls.add(callers.submit(() -> {
                long start = System.nanoTime();
                RawResponse response = chat(model, "\"stream\":" + stream);
                return new Timed(response, Duration.ofNanos(System.nanoTime() - start));
            }));
        }
        return calls;
    }

    private void assertState(String model, int metric, String breaker, String health) throws Exception {
        JsonNode state = state(model);
        assertThat(state.path("state").asText()).as(state.toString()).isEqualTo(breaker);
        assertThat(state.path("health").asText()).as(state.toString()).isEqualTo(health);
        assertThat(gateway.metrics().sum("llm_model_state", "model", model)).isEqualTo(metric);
    }
}
