package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams that another model takes over, where there is more to it than text that breaks off once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TakeOverIT extends TwoUpstreams {

    private static final String MODEL = "hasty-openai-then-second";

    private static Reply cutAfter(Dialect dialect, int words) {
        return Reply.sse(dialect.sse(FaultTable.WORDS).cutAfter(dialect.events(words), Cut.FIN));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void goesBackToTheFirstModelWhenTheSecondBreaksOffToo(Dialect dialect) throws Exception {
        upstream.next(cutAfter(dialect, 2)).always(dialect.answer(true, FaultTable.WORDS));
        other.always(cutAfter(Dialect.OPENAI, 3));

        RawResponse response = ask(first("hasty", dialect) + "-then-second", true);

        assertAnswer(response, true, SAID, "stop");
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(failures(record)).containsExactly("broken_off", "broken_off", "-");
        assertThat(upstream.received()).hasSize(2);
        assertThat(other.received()).hasSize(1);
    }

    @Test
    void endsWithTheFirstCauseWhenAllBreakOff() throws Exception {
        upstream.always(
                request -> Reply.sse(Dialect.OPENAI.sse(FaultTable.WORDS).stallAfter(3)));
        other.always(request -> cutAfter(Dialect.OPENAI, 3));

        RawResponse response = ask(MODEL, true);

        assertThat(response.text()).contains("three ", "upstream_timeout").doesNotContain("[DONE]", "four");
        assertThat(upstream.received())
                .as("it stalled, so it is not asked again")
                .hasSize(1);
    }

    @Test
    void takesNoLongerThanItMayThoughEventsKeepComing() throws Exception {
        Sse sse = Dialect.OPENAI.sse(FaultTable.WORDS);
        for (int i = 0; i < 40; i++) {
            sse.insert(3, Dialect.OPENAI.idleEvent());
        }
        upstream.always(request -> Reply.sse(sse.every(Duration.ofMillis(100))));

        RawResponse response = ask(MODEL, true);

        assertAnswer(response, true, SAID, "stop");
        assertThat(failures(gateway.awaitRecord(response.header("x-request-id"))))
                .containsExactly("total_timeout", "-");
    }

    @Test
    void neverAsksAnotherWhenThePolicyStopsIt() throws Exception {
        Sse sse = Dialect.OPENAI
                .sse(FaultTable.WORDS)
                .insert(3, Dialect.OPENAI.policyBody(Fault.REASON))
                .endAfter(4);
        upstream.always(request -> Reply.sse(sse));

        RawResponse response = ask(MODEL, true);

        assertThat(response.text())
                .contains("content_policy_violation", Fault.REASON)
                .doesNotContain("[DONE]");
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).isEmpty();
    }

    @Test
    void makesACallOfAToolWhole() throws Exception {
        String tool = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]";
        List<String> pieces = List.of("{\"a\"", ":1", ",\"b\":2}");
        upstream.always(
                request -> Reply.sse(ChatScript.toolCall("f", pieces).sse().cutAfter(3, Cut.FIN)));
        other.always(request -> Reply.sse(
                ChatScript.toolCall("f", List.of("{\"a\":", "1,\"b", "\":2}")).sse()));

        RawResponse response = chat(MODEL, "\"stream\":true", tool);

        List<String> data = data(response);
        assertThat(data.get(data.size() - 1)).isEqualTo("[DONE]");
        StringBuilder arguments = new StringBuilder();
        int ids = 0;
        for (String event : data.subList(0, data.size() - 1)) {
            JsonNode call = Streamed.parse(event).at("/choices/0/delta/tool_calls/0");
            arguments.append(call.at("/function/arguments").asText(""));
            ids += call.has("id") ? 1 : 0;
        }
        assertThat(arguments).hasToString("{\"a\":1,\"b\":2}");
        assertThat(ids).as("ids told").isEqualTo(1);
        assertThat(upstream.received()).hasSize(1);
    }

    @Test
    void tellsWhatCannotBeTakenOver() throws Exception {
        upstream.always(request ->
                Reply.sse(ChatScript.of(FaultTable.WORDS).choices(2).sse().cutAfter(6, Cut.FIN)));
        RawResponse response = chat(MODEL, "\"stream\":true", "\"n\":2");
        assertThat(response.text()).contains("upstream_error").doesNotContain("[DONE]");
        assertThat(other.received()).as("of two choices none can be told apart").isEmpty();
    }

    @Test
    void hangsUpOnTheSecondModelOnceTheCallerHasLeft() throws Exception {
        upstream.always(request -> cutAfter(Dialect.OPENAI, 2));
        other.always(Reply.silence());
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson(MODEL, "\"stream\":true"), "X-Request-Id: left-amidst");
            client.head();
            other.awaitRequest(SOON);
            long left = System.nanoTime();
            client.hangUp(Cut.FIN);
            long closed = other.lastRequest().awaitClientClosed(SOON).atNanos();
            assertThat(Duration.ofNanos(closed - left)).isLessThan(Duration.ofSeconds(1));
        }
        assertThat(gateway.awaitRecord("left-amidst").path("status").asInt()).isEqualTo(499);
        assertThat(upstream.received()).hasSize(1);
        assertThat(other.received()).hasSize(1);
    }

    /** A model that is declared to go on with a text, and takes no notice of it. */
    @Test
    void repeatsNothingWhereTheSecondModelAnswersAfreshInsteadOfGoingOn() throws Exception {
        upstream.always(request -> cutAfter(Dialect.OPENAI, 2));

        RawResponse response = ask("hasty-openai-then-goes-on", true);

        assertAnswer(response, true, SAID, "stop");
        assertThat(other.lastRequest().json().path("messages")).hasSize(2);
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("recovery").asText()).isEqualTo("restarted");
        assertThat(record.path("output_tokens").asInt()).isEqualTo(FaultTable.WORDS.length);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void countsBothPartsWhereNoUsageIsReported(Dialect dialect) throws Exception {
        upstream.always(request -> cutAfter(dialect, 2));
        other.always(request -> Dialect.OPENAI.withoutUsage(true, "three ", "four"));

        RawResponse response = ask(first("hasty", dialect) + "-then-goes-on", true);

        assertAnswer(response, true, SAID, "stop");
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        int first = record.at("/attempts/0/output_tokens").asInt();
        assertThat(first).isPositive();
        assertThat(record.path("output_tokens").asInt()).isGreaterThan(first);
        assertThat(record.path("tokens_estimated").asBoolean()).isTrue();
    }

    @Test
    void tellsTheUsageOfBothParts() throws Exception {
        other.always(request -> answer(request, "three ", "four"));
        upstream.always(request -> cutAfter(Dialect.OPENAI, 2));

        RawResponse response =
                chat("hasty-openai-then-goes-on", "\"stream\":true", "\"stream_options\":{\"include_usage\":true}");

        List<String> data = data(response);
        JsonNode last = Streamed.parse(data.get(data.size() - 2));
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(last.at("/usage/completion_tokens").asInt())
                .isEqualTo(record.path("output_tokens").asInt())
                .isGreaterThan(2);
    }
}
