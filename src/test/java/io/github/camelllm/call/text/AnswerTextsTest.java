package io.github.camelllm.call.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AnswerTextsTest {

    /** Holds the last characters of each text, and writes in capitals. */
    private static final class Late implements TextFilter {
        private final int most;
        private String held = "";

        Late(int most) {
            this.most = most;
        }

        @Override
        public String push(String piece) {
            String all = held + piece;
            int out = Math.max(0, all.length() - most);
            held = all.substring(out);
            return all.substring(0, out).toUpperCase(java.util.Locale.ROOT);
        }

        @Override
        public String end() {
            return held.toUpperCase(java.util.Locale.ROOT);
        }
    }

    private static StreamEvent event(String choices) {
        return new StreamEvent(
                ("{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":"
                                + choices + "}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static StreamEvent content(String text) {
        return event("[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]");
    }

    private static List<String> read(TokenStream stream) {
        List<String> data = new ArrayList<>();
        for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
            data.add(new String(event.data(), StandardCharsets.UTF_8));
        }
        return data;
    }

    private static List<JsonNode> deltas(List<StreamEvent> events, Function<AnswerPlace, TextFilter> filters) {
        TokenStream stream = AnswerTexts.rewrite(TokenStream.of(events), filters);
        List<JsonNode> deltas = new ArrayList<>();
        for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
            deltas.add(event.json().at("/choices/0/delta"));
        }
        return deltas;
    }

    @Test
    void leavesBytesThatNoFilterChanges() {
        StreamEvent odd =
                new StreamEvent("{\"choices\" : [ {\"delta\":{\"content\":\"a\"}} ]}".getBytes(StandardCharsets.UTF_8));
        assertThat(read(AnswerTexts.rewrite(TokenStream.of(List.of(odd)), place -> null)))
                .containsExactly("{\"choices\" : [ {\"delta\":{\"content\":\"a\"}} ]}");
    }

    @Test
    void letsOutWhatIsHeldBeforeTheFinishReason() {
        List<JsonNode> deltas = deltas(
                List.of(
                        content("abc"),
                        content("def"),
                        event("[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]")),
                place -> new Late(4));
        assertThat(deltas).hasSize(4);
        assertThat(deltas.get(0).path("content").asText()).isEmpty();
        assertThat(deltas.get(1).path("content").asText()).isEqualTo("AB");
        assertThat(deltas.get(2).path("content").asText()).isEqualTo("CDEF");
        assertThat(deltas.get(3)).isEmpty();
    }

    @Test
    void letsOutWhatIsHeldWithTheLastPieceWhereThatHasTheFinishReason() {
        List<JsonNode> deltas = deltas(
                List.of(
                        content("abc"),
                        event("[{\"index\":0,\"delta\":{\"content\":\"d\"},\"finish_reason\":\"stop\"}]")),
                place -> new Late(9));
        assertThat(deltas).hasSize(2);
        assertThat(deltas.get(1).path("content").asText()).isEqualTo("ABCD");
    }

    @Test
    void keepsTheOrderOfTextAndToolCalls() {
        List<JsonNode> deltas = deltas(
                List.of(
                        content("abc"),
                        event(
                                "[{\"index\":0,\"delta\":{\"content\":\"d\",\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"function\":"
                                        + "{\"name\":\"f\",\"arguments\":\"xy\"}}]},\"finish_reason\":null}]"),
                        event("[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"u\",\"function\":"
                                + "{\"name\":\"g\",\"arguments\":\"12\"}}]},\"finish_reason\":null}]"),
                        event(
                                "[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"z\"}}]},"
                                        + "\"finish_reason\":null}]")),
                place -> new Late(2));
        assertThat(deltas.get(0).path("content").asText()).isEqualTo("A");
        assertThat(deltas.get(1).path("content").asText()).isEqualTo("BCD");
        assertThat(deltas.get(1).at("/tool_calls/0/id").asText()).isEqualTo("t");
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        for (JsonNode delta : deltas) {
            for (JsonNode call : delta.path("tool_calls")) {
                (call.path("index").asInt() == 0 ? first : second)
                        .append(call.at("/function/arguments").asText());
            }
        }
        assertThat(first).hasToString("XYZ");
        assertThat(second).hasToString("12");
    }

    @Test
    void aToolCallIsCompleteBeforeTheNextBegins() {
        List<JsonNode> deltas = deltas(
                List.of(
                        event("[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"function\":"
                                + "{\"name\":\"f\",\"arguments\":\"wxyz\"}}]}}]"),
                        event("[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"u\",\"function\":"
                                + "{\"name\":\"g\",\"arguments\":\"\"}}]}}]"),
                        event(
                                "[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"12\"}}]}}]")),
                place -> new Late(2));
        assertThat(deltas)
                .extracting(delta -> delta.at("/tool_calls/0/index").asInt() + " "
                        + delta.at("/tool_calls/0/id").asText() + " "
                        + delta.at("/tool_calls/0/function/arguments").asText())
                .containsExactly("0 t WX", "0  YZ", "1 u ", "1  ", "1  12");
    }

    @Test
    void aToolCallThatIsNotCompleteGoesOnBesideTheNext() {
        String calls = "[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":\"%s\"}}]},"
                + "\"finish_reason\":null}]";
        List<AnswerPlace> filters = new ArrayList<>();
        List<JsonNode> deltas = deltas(
                List.of(
                        event(calls.formatted(0, "{`a`:`pla".replace("`", "\\\""))),
                        event(calls.formatted(1, "{`b`:`oth".replace("`", "\\\""))),
                        content("x"),
                        event(calls.formatted(0, "ce`}".replace("`", "\\\""))),
                        event(calls.formatted(1, "er`}".replace("`", "\\\""))),
                        event("[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]")),
                place -> {
                    filters.add(place);
                    return new Late(6);
                });
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        for (JsonNode delta : deltas) {
            for (JsonNode call : delta.path("tool_calls")) {
                (call.path("index").asInt() == 0 ? first : second)
                        .append(call.at("/function/arguments").asText());
            }
        }

        assertThat(first).hasToString("{\"A\":\"PLACE\"}");
        assertThat(second).hasToString("{\"B\":\"OTHER\"}");
        assertThat(filters).as("one filter sees each text whole").doesNotHaveDuplicates();
    }

    @Test
    void keepsChoicesApart() {
        TokenStream stream = AnswerTexts.rewrite(
                TokenStream.of(List.of(
                        event(
                                "[{\"index\":0,\"delta\":{\"content\":\"abc\"}},{\"index\":1,\"delta\":{\"content\":\"xyz\"}}]"),
                        event("[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]"),
                        event("[{\"index\":0,\"delta\":{\"content\":\"d\"},\"finish_reason\":\"stop\"}]"))),
                place -> new Late(2));
        StringBuilder[] texts = {new StringBuilder(), new StringBuilder()};
        for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
            for (JsonNode choice : event.json().path("choices")) {
                texts[choice.path("index").asInt()].append(
                        choice.at("/delta/content").asText());
            }
        }
        assertThat(texts[0]).hasToString("ABCD");
        assertThat(texts[1]).hasToString("XYZ");
    }

    @Test
    void letsOutWhatIsHeldBeforeAFailure() {
        Iterator<StreamEvent> events = List.of(content("abc")).iterator();
        TokenStream broken = new TokenStream() {
            @Override
            protected StreamEvent pull() {
                if (events.hasNext()) {
                    return events.next();
                }
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "broken");
            }

            @Override
            protected void release() {
                // nothing is held
            }
        };
        TokenStream stream = AnswerTexts.rewrite(broken, place -> new Late(2));
        assertThat(stream.next().json().at("/choices/0/delta/content").asText()).isEqualTo("A");
        assertThat(stream.next().json().at("/choices/0/delta/content").asText()).isEqualTo("BC");
        assertThatThrownBy(stream::next).isInstanceOf(Problem.class).hasMessage("broken");
        assertThatThrownBy(stream::next).isInstanceOf(Problem.class);
    }

    @Test
    void aFilterThatThrowsEndsTheStreamAtOnce() {
        TokenStream stream =
                AnswerTexts.rewrite(TokenStream.of(List.of(content("a"), content("b"))), place -> new TextFilter() {
                    @Override
                    public String push(String piece) {
                        throw Problem.of(ErrorCode.CONTENT_POLICY_VIOLATION, "no further");
                    }

                    @Override
                    public String end() {
                        return "";
                    }
                });
        assertThatThrownBy(stream::next).isInstanceOf(Problem.class).hasMessage("no further");
        assertThatThrownBy(stream::next).isInstanceOf(Problem.class).hasMessage("no further");
    }

    @Test
    void changesWholeAnswersAndDropsTheirLogProbabilities() throws IOException {
        byte[] bytes =
                ("{\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[]},\"message\":{\"content\":\"abc\",\"tool_calls\":"
                                + "[{\"id\":\"t\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}")
                        .getBytes(StandardCharsets.UTF_8);
        Answer same = new Answer(bytes, (ObjectNode) Json.read(bytes));
        assertThat(AnswerTexts.rewrite(same, place -> null)).isFalse();
        assertThat(same.bytes()).isSameAs(bytes);

        Answer changed = new Answer(bytes, (ObjectNode) Json.read(bytes));
        assertThat(AnswerTexts.rewrite(changed, place -> place.kind() == AnswerPlace.Kind.CONTENT ? new Late(1) : null))
                .isTrue();
        assertThat(changed.tree().at("/choices/0/message/content").asText()).isEqualTo("ABC");
        assertThat(changed.tree().at("/choices/0").has("logprobs")).isFalse();
        assertThat(changed.tree()
                        .at("/choices/0/message/tool_calls/0/function/arguments")
                        .asText())
                .isEqualTo("{}");
    }
}
