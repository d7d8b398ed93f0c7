package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A finish reason ends no stream: the stream does, and the last reason counts. */
@Timeout(120)
class FinishReasonsRouteTest {

    /** Longer than a stream is waited for that is whole but for its formal end. */
    private static final Duration PAUSE = Duration.ofMillis(2500);

    private static String piece(Dialect dialect, String text, String reason) {
        String json =
                switch (dialect) {
                    case OPENAI ->
                        "{'id':'c','choices':[{'index':0,'delta':{'content':'" + text + "'},'finish_reason':"
                                + (reason == null ? "null" : "'" + reason + "'") + "}]}";
                    case GEMINI ->
                        "{'candidates':[{'index':0,'content':{'role':'model','parts':[{'text':'" + text + "'}]}"
                                + (reason == null ? "" : ",'finishReason':'" + reason + "'")
                                + "}],'usageMetadata':{'promptTokenCount':4,'candidatesTokenCount':" + text.length()
                                + "}}";
                    case ANTHROPIC -> throw new AssertionError();
                };
        return json.replace('\'', '"');
    }

    private static String reason(Dialect dialect, String openAi) {
        return dialect == Dialect.OPENAI ? openAi : openAi.equals("stop") ? "STOP" : "MAX_TOKENS";
    }

    private static Sse liar(Dialect dialect) {
        String stop = reason(dialect, "stop");
        Sse sse = Sse.of(
                piece(dialect, "one ", stop),
                piece(dialect, "two ", stop),
                piece(dialect, "three", reason(dialect, "length")));
        return dialect == Dialect.OPENAI ? sse.insert(3, "[DONE]") : sse;
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "GEMINI"})
    void onEveryChunkCutsNothing(Dialect dialect) throws Exception {
        Heard heard = Heard.ask(dialect, true, Reply.sse(liar(dialect)), "");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo("one two three");
        assertThat(heard.finishReasons).containsExactly("length");
        assertThat(heard.call.getFinishReason()).isEqualTo("length");
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "GEMINI"})
    void onEveryChunkWithAPauseCutsNothing(Dialect dialect) throws Exception {
        Heard heard = Heard.ask(
                dialect, true, Reply.sse(liar(dialect).pauseBefore(1, PAUSE).pauseBefore(2, PAUSE)), "");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo("one two three");
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "GEMINI"})
    void onEveryChunkMakesNoCutAnswerWhole(Dialect dialect) throws Exception {
        Heard cut = Heard.ask(dialect, true, Reply.sse(liar(dialect).cutAfter(2, Cut.FIN)), "");
        Heard error = Heard.ask(
                dialect,
                true,
                Reply.sse(liar(dialect).insert(2, dialect.errorBody(500, "x")).endAfter(3)),
                "");

        assertThat(cut.problem.upstream()).contains(UpstreamFailure.BROKEN_OFF);
        assertThat(cut.content()).isEqualTo("one two ");
        assertThat(cut.finishReasons).isEmpty();
        assertThat(error.problem.upstream()).contains(UpstreamFailure.IN_BAND_ERROR);
        assertThat(error.finishReasons).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "GEMINI"})
    void isToldOnceThoughItComesTwice(Dialect dialect) throws Exception {
        String end = dialect == Dialect.OPENAI ? "length" : "MAX_TOKENS";
        Sse sse = Sse.of(
                piece(dialect, "one ", null), piece(dialect, "two", reason(dialect, "stop")), piece(dialect, "", end));

        Heard heard = Heard.ask(dialect, true, Reply.sse(sse), "");

        assertThat(heard.content()).isEqualTo("one two");
        assertThat(heard.finishReasons).containsExactly("length");
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "GEMINI"})
    void textAfterItIsPartOfTheAnswer(Dialect dialect) throws Exception {
        Sse sse = Sse.of(
                piece(dialect, "one ", null), piece(dialect, "", reason(dialect, "stop")), piece(dialect, "two", null));
        if (dialect == Dialect.OPENAI) {
            sse.insert(3, "[DONE]");
        }

        Heard heard = Heard.ask(dialect, true, Reply.sse(sse), "");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo("one two");
        assertThat(heard.finishReasons).containsExactly("stop");
    }

    @Test
    void geminisUsageIsThatOfItsLastEvent() throws Exception {
        Heard heard = Heard.ask(
                Dialect.GEMINI, true, Reply.sse(liar(Dialect.GEMINI)), "'stream_options':{'include_usage':true},");

        assertThat(heard.call.getUsage()).isEqualTo(Usage.reported(4, 5, 0, 0));
        assertThat(heard.events
                        .get(heard.events.size() - 1)
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(5);
    }

    @Test
    void geminisSafetyStopIsToldAndEventsWithoutCandidatesEndNothing() throws Exception {
        Heard heard = Heard.ask(
                Dialect.GEMINI,
                true,
                Reply.sse(Sse.of(
                        piece(Dialect.GEMINI, "one ", "STOP"),
                        "{\"candidates\":[]}",
                        "{\"usageMetadata\":{\"promptTokenCount\":4}}",
                        "{\"candidates\":[{\"index\":0,\"finishReason\":\"SAFETY\"}]}")),
                "");

        assertThat(heard.content()).isEqualTo("one ");
        assertThat(heard.finishReasons).containsExactly("content_filter");
        Heard blocked = Heard.ask(
                Dialect.GEMINI,
                true,
                Reply.sse(Sse.of(
                        piece(Dialect.GEMINI, "one ", "STOP"),
                        "{\"candidates\":[],\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}")),
                "");
        assertThat(blocked.problem.upstream()).contains(UpstreamFailure.CONTENT_POLICY);
    }

    @Test
    void ofAnthropicMayComeTwiceAndBeforeTheEnd() throws Exception {
        Heard heard = Heard.ask(
                Dialect.ANTHROPIC,
                true,
                Reply.sse(Sse.of(Arrays.stream(new String[] {
                            "{'type':'message_start','message':{'id':'m','usage':{'input_tokens':5}}}",
                            "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'one '}}",
                            "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':1}}",
                            "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'two'}}",
                            "{'type':'content_block_stop','index':0}",
                            "{'type':'message_delta','delta':{'stop_reason':'max_tokens'},'usage':{'output_tokens':9}}",
                            "{'type':'message_stop'}",
                            "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'late'}}"
                        })
                        .map(event -> event.replace('\'', '"'))
                        .toList())),
                "");

        assertThat(heard.content()).isEqualTo("one two");
        assertThat(heard.finishReasons).containsExactly("length");
        assertThat(heard.call.getUsage()).isEqualTo(Usage.reported(5, 9, 0, 0));
    }

    @Test
    void ofOneChoiceDoesNotWaitForAnother() throws Exception {
        String both = "{'choices':[{'index':%d,'delta':{'content':'%s'},'finish_reason':%s}]}";
        Heard heard = Heard.ask(
                Dialect.OPENAI,
                true,
                Reply.sse(Sse.of(
                        both.formatted(0, "a", "'stop'").replace('\'', '"'),
                        both.formatted(1, "b", "null").replace('\'', '"'),
                        both.formatted(1, "c", "'length'").replace('\'', '"'),
                        "[DONE]")),
                "'n':2,");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo("abc");
        assertThat(heard.finishReasons).containsExactly("stop", "length");
    }
}
