package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model's tool calls are told apart by once they have come through its route, whatever dialect it speaks. */
@Timeout(60)
class ToolCallIndexesRouteTest {

    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi'}]}";
    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi'}]}";

    private static FakeUpstream upstream;
    private static ModelRoutes routes;

    @BeforeAll
    static void start() throws Exception {
        upstream = FakeUpstream.start();
        routes = ModelRoutes.ofAllDialects(upstream.port(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        upstream.close();
    }

    private List<JsonNode> stream(String template, String... events) throws Exception {
        upstream.next(Reply.sse(Sse.of(
                Arrays.stream(events).map(event -> event.replace('\'', '"')).toArray(String[]::new))));
        List<JsonNode> pieces = new ArrayList<>();
        routes.ask(
                template,
                Tries.chat(STREAM),
                body -> {
                    try (TokenStream stream = (TokenStream) body) {
                        for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                            event.json().findValues("tool_calls").forEach(list -> list.forEach(pieces::add));
                        }
                    }
                },
                Map.of());
        return pieces;
    }

    /** As a client puts them together: strings are joined. */
    private static String joined(List<JsonNode> pieces) {
        Map<Integer, String[]> calls = new TreeMap<>();
        for (JsonNode piece : pieces) {
            assertThat(piece.path("index").isInt()).as(piece.toString()).isTrue();
            String[] call = calls.computeIfAbsent(piece.path("index").intValue(), i -> new String[] {"", "", ""});
            call[0] += piece.path("id").asText("");
            call[1] += piece.at("/function/name").asText("");
            call[2] += piece.at("/function/arguments").asText("");
        }
        StringBuilder all = new StringBuilder();
        calls.forEach((index, call) -> all.append(index)
                .append(' ')
                .append(call[0].replaceAll("(call_)?[0-9a-f]{32}", "own"))
                .append(' ')
                .append(call[1])
                .append(' ')
                .append(call[2])
                .append("; "));
        return all.toString();
    }

    private static String chunk(String pieces) {
        return "{'choices':[{'index':0,'delta':{'tool_calls':[" + pieces + "]},'finish_reason':null}]}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            {'id':'a','function':{'name':'f','arguments':'['}} ; {'function':{'arguments':'1]'}} ; {'id':'b','function':{'name':'f','arguments':'[2]'}} | 0 a f [1]; 1 b f [2];
            {'index':0,'id':'a','function':{'name':'f','arguments':'[1]'}} ; {'index':0,'id':'b','function':{'name':'f','arguments':'[2]'}} | 0 a f [1]; 1 b f [2];
            {'index':1,'id':'a','function':{'name':'f','arguments':'['}} ; {'index':2,'id':'b','function':{'name':'g','arguments':'[2]'}} ; {'index':1,'function':{'arguments':'1]'}} | 0 a f [1]; 1 b g [2];
            {'index':0,'id':'a','function':{'name':'f','arguments':'['}} ; {'index':0,'id':'a','function':{'name':'f','arguments':'1]'}} | 0 a f [1];
            {'index':0,'id':'a','function':{'name':'f','arguments':''}} ; {'index':0,'id':'x','function':{'arguments':'[1]'}} | 0 a f [1];
            {'index':null,'function':{'name':'f','arguments':'[1]'}},{'function':{'name':'g','arguments':'[2]'}} | 0 own f [1]; 1 own g [2];
            """)
    void ofOpenAisImitators(String pieces, String expected) throws Exception {
        List<String> events = new ArrayList<>();
        for (String piece : pieces.split(" ; ")) {
            events.add(chunk(piece));
        }
        events.add("{'choices':[{'index':0,'delta':{},'finish_reason':'tool_calls'}]}");
        events.add("[DONE]");

        assertThat(joined(stream("openai", events.toArray(String[]::new))).strip())
                .isEqualTo(expected);
    }

    @Test
    void ofTwoChoicesAreCountedApart() throws Exception {
        String both =
                "{'choices':[{'index':%d,'delta':{'tool_calls':[{'id':'%s','function':{'name':'f','arguments':'{}'}}]},"
                        + "'finish_reason':'tool_calls'}]}";

        List<JsonNode> pieces = stream("openai", both.formatted(0, "a"), both.formatted(1, "b"), "[DONE]");

        assertThat(pieces).extracting(piece -> piece.path("index").asInt(-1)).containsExactly(0, 0);
        assertThat(pieces).extracting(piece -> piece.path("id").asText()).containsExactly("a", "b");
    }

    @Test
    void ofAnthropicWhoseBlocksTakeTurns() throws Exception {
        String begin =
                "{'type':'content_block_start','index':%1$d,'content_block':{'type':'tool_use','id':'%2$s','name':'f','input':{}}}";
        String piece =
                "{'type':'content_block_delta','index':%d,'delta':{'type':'input_json_delta','partial_json':'%s'}}";

        List<JsonNode> pieces = stream(
                "anthropic",
                "{'type':'message_start','message':{'id':'m','usage':{'input_tokens':1}}}",
                begin.formatted(1, "a"),
                begin.formatted(2, "b"),
                piece.formatted(1, "[1"),
                piece.formatted(2, "[2]"),
                piece.formatted(1, "]"),
                "{'type':'content_block_stop','index':1}",
                "{'type':'content_block_stop','index':2}",
                "{'type':'message_delta','delta':{'stop_reason':'tool_use'},'usage':{'output_tokens':1}}",
                "{'type':'message_stop'}");

        assertThat(joined(pieces)).isEqualTo("0 a f [1]; 1 b f [2]; ");
    }

    @Test
    void ofGeminiOverSeveralEvents() throws Exception {
        String event = "{'candidates':[{'index':0,'content':{'role':'model','parts':[%s]}%s}]}";
        String call = "{'functionCall':{'name':'%s','args':{'n':%d}}}";

        List<JsonNode> pieces = stream(
                "gemini",
                event.formatted(call.formatted("f", 1) + "," + call.formatted("f", 2), ""),
                event.formatted(call.formatted("g", 3), ",'finishReason':'STOP'"));

        assertThat(joined(pieces)).isEqualTo("0 own f {\"n\":1}; 1 own f {\"n\":2}; 2 own g {\"n\":3}; ");
    }

    @Test
    void wholeAnswersTellTheirCallsApartByTheirIds() throws Exception {
        upstream.next(Reply.json(
                200,
                ("{'choices':[{'index':0,'finish_reason':'tool_calls','message':{'role':'assistant','tool_calls':["
                                + "{'type':'function','function':{'name':'f','arguments':'{}'}},"
                                + "{'id':'f','type':'function','function':{'name':'f','arguments':'{}'}},"
                                + "{'id':'f','type':'function','function':{'name':'f','arguments':'{}'}}]}}]}")
                        .replace('\'', '"')));
        List<String> ids = new ArrayList<>();
        routes.ask(
                "openai",
                Tries.chat(PLAIN),
                body -> Json.read(((Answer) body).bytes())
                        .findValue("tool_calls")
                        .forEach(call -> ids.add(call.path("id").asText())),
                Map.of());

        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
        assertThat(ids.get(0)).startsWith("call_");
        assertThat(ids.get(1)).isEqualTo("f");
    }
}
