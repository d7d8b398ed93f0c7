package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams in every form in which servers write them, at each dialect. */
@Timeout(120)
class EventFormsRouteTest {

    private static final String[] WORDS = {"one ", "two ", "three"};
    private static final String SAID = "one two three";

    /** The events of a good stream, written so. */
    private static String written(Dialect dialect, String before, String after) {
        List<String> data = new ArrayList<>(dialect.sse(WORDS).data());
        StringBuilder stream = new StringBuilder();
        data.forEach(
                event -> stream.append(before).append("data: ").append(event).append(after));
        return stream.toString();
    }

    private static String withoutBlankLine(String stream) {
        return stream.substring(0, stream.length() - 2);
    }

    static Stream<Arguments> forms() {
        return Stream.of(Dialect.values()).flatMap(dialect -> {
            String plain = written(dialect, "", "\n\n");
            return Stream.of(
                    Arguments.of(dialect, "text/event-stream", written(dialect, "data:\n\ndata\n\n", "\n\n")),
                    Arguments.of(dialect, "text/event-stream", written(dialect, "event: ping\ndata:\n\n", "\n\n")),
                    Arguments.of(dialect, "text/event-stream", written(dialect, "event: ping\n\n: x\n\n", "\n\n")),
                    Arguments.of(dialect, "text/event-stream", written(dialect, "id: 7\nretry: 10\n", "\r\n\r\n")),
                    Arguments.of(dialect, "text/event-stream", written(dialect, "data: \r\rdata:\r\n\r\n", "\n\r\n")),
                    Arguments.of(dialect, "text/event-stream", "\ufeff" + plain),
                    Arguments.of(dialect, "text/event-stream", "\n\n" + withoutBlankLine(plain)),
                    Arguments.of(dialect, "text/event-stream", plain.substring(0, plain.length() - 1)),
                    Arguments.of(dialect, "text/event-stream", plain.replace("data: ", "data:")),
                    Arguments.of(dialect, "TEXT/EVENT-STREAM;charset=utf-8", plain),
                    Arguments.of(dialect, "text/plain", plain),
                    Arguments.of(dialect, "text/plain; charset=utf-8", ": hello\n\n" + plain),
                    Arguments.of(dialect, "application/octet-stream", "event: x\n" + plain),
                    Arguments.of(dialect, "application/json", "\r\n" + plain),
                    Arguments.of(dialect, null, "id: 1\n" + plain),
                    Arguments.of(dialect, "text/plain", "\ufeff" + plain));
        });
    }

    @ParameterizedTest
    @MethodSource("forms")
    void anEmptyEventOrAnotherContentTypeEndsNoStream(Dialect dialect, String contentType, String stream)
            throws Exception {
        Heard heard = Heard.ask(dialect, true, Heard.body(contentType, stream).chunked(), "");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo(SAID);
        assertThat(heard.finishReasons).containsExactly("stop");
        assertThat(heard.call.getWarnings()).isEmpty();
    }

    @Test
    void whatFollowsDoneIsNoPartOfTheAnswer() throws Exception {
        String stream = written(Dialect.OPENAI, "", "\n\n");
        for (String done : List.of("data:[DONE]", "data: [DONE] ", "data:  [DONE]\t")) {
            String late = stream.replace("data: [DONE]", done)
                    + "data: {'choices':[{'index':0,'delta':{'content':'late'}}]}\n\n".replace('\'', '"');

            Heard heard = Heard.ask(Dialect.OPENAI, true, Heard.body("text/event-stream", late), "");

            assertThat(heard.problem).isNull();
            assertThat(heard.content()).isEqualTo(SAID);
        }
    }

    @Test
    void chunksWithoutChoicesEndNothing() throws Exception {
        String stream = written(Dialect.OPENAI, "data: {\"choices\":[]}\n\ndata: {\"choices\":null}\n\n", "\n\n");

        Heard heard = Heard.ask(Dialect.OPENAI, true, Heard.body("text/event-stream", stream), "");

        assertThat(heard.content()).isEqualTo(SAID);
        assertThat(heard.events)
                .allSatisfy(event -> assertThat(event.path("choices").isArray()).isTrue());
    }

    /** Half an event at the end says nothing, and what lacks its finish reason is cut. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aLastEventThatIsCutOffDoesNotCount(Dialect dialect) throws Exception {
        String whole = written(dialect, "", "\n\n");
        int last = whole.lastIndexOf("data: ", whole.indexOf("three"));
        String cut = whole.substring(0, last + 20);

        Heard heard = Heard.ask(dialect, true, Heard.body("text/event-stream", cut), "");

        assertThat(heard.problem.upstream()).contains(UpstreamFailure.BROKEN_OFF);
        assertThat(heard.content()).isEqualTo("one two ");
    }

    @ParameterizedTest
    @CsvSource({"OPENAI, ''", "ANTHROPIC, ''", "GEMINI, ''", "OPENAI, text/event-stream", "GEMINI, text/plain"})
    void aWholeAnswerToAWishForAStreamBecomesOne(Dialect dialect, String contentType) throws Exception {
        Reply reply = Heard.body(contentType.isEmpty() ? "application/json" : contentType, dialect.json(WORDS));

        Heard heard = Heard.ask(dialect, true, reply, "'stream_options':{'include_usage':true},");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo(SAID);
        assertThat(heard.finishReasons).containsExactly("stop");
        assertThat(heard.events)
                .allSatisfy(event -> assertThat(event.path("object").asText()).isEqualTo("chat.completion.chunk"));
        assertThat(heard.events
                        .get(heard.events.size() - 1)
                        .at("/usage/prompt_tokens")
                        .asInt())
                .isPositive();
        assertThat(heard.call.getUsage().estimated()).isFalse();
        assertThat(heard.call.getWarnings()).containsExactly("the stream of m came as one whole answer");
    }

    @Test
    void toolCallsOfAWholeAnswerHaveTheirIndexInItsStream() throws Exception {
        Heard heard = Heard.ask(
                Dialect.OPENAI,
                true,
                Heard.json(
                        "{'choices':[{'index':0,'finish_reason':'tool_calls','message':{'role':'assistant','content':null,"
                                + "'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':{'x':1}}},"
                                + "{'id':'b','type':'function','function':{'name':'g','arguments':'[]'}}]}}]}"),
                "");

        assertThat(heard.calls()).isEqualTo("f{\"x\":1};g[];");
        assertThat(heard.finishReasons).containsExactly("tool_calls");
    }

    /** What Gemini sends to a request that has lost its {@code alt=sse}. */
    @Test
    void aStreamInOneArrayIsRead() throws Exception {
        String array = "[" + String.join(",\r\n", Dialect.GEMINI.sse(WORDS).data()) + "]";

        Heard heard = Heard.ask(Dialect.GEMINI, true, Heard.body("application/json; charset=UTF-8", array), "");

        assertThat(heard.problem).isNull();
        assertThat(heard.content()).isEqualTo(SAID);
        assertThat(heard.finishReasons).containsExactly("stop");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whatIsNoAnswerIsNoneToAWishForAStreamEither(Dialect dialect) throws Exception {
        for (String body : List.of("{", "{'id':'x'}", "[]", "[1]", "<html></html>", "", "data", "dataset: 1")) {
            Heard heard = Heard.ask(dialect, true, Heard.body("application/json", body), "");
            assertThat(heard.problem.upstream()).as(body).contains(UpstreamFailure.BAD_ANSWER);
        }
        Heard error = Heard.ask(dialect, true, Reply.json(200, dialect.errorBody(500, "oops")), "");
        assertThat(error.problem.upstream()).contains(UpstreamFailure.IN_BAND_ERROR);
        Heard cut =
                Heard.ask(dialect, true, Reply.json(200, dialect.json(WORDS)).cutAfterBytes(40, Cut.FIN), "");
        assertThat(cut.problem.upstream()).contains(UpstreamFailure.BROKEN_OFF);
    }

    @Test
    void aConnectionServesAgainAfterEachForm() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                ModelRoutes routes =
                        ModelRoutes.start(Map.of("baseUrl", upstream.baseUrl().toString(), "key", "k"))) {
            upstream.next(Reply.json(200, Dialect.OPENAI.json(WORDS)));
            upstream.next(Heard.body("text/plain", written(Dialect.OPENAI, "", "\n\n")));
            for (int i = 0; i < 3; i++) {
                assertThat(Heard.ask(routes, true, "").problem).isNull();
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }
}
