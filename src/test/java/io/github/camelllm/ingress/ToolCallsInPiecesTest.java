package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tool calls that come in pieces, in whatever order and however labelled, through the route of Anthropic's clients: whole
 * blocks, one after the other, and never an error.
 */
@Timeout(60)
class ToolCallsInPiecesTest {

    private HttpGateway gateway;

    @AfterEach
    void stop() {
        gateway.close();
    }

    /** A delta is {@code text T}, {@code thought T}, {@code end REASON}, or the pieces of tool calls as JSON. */
    private List<String> blocks(String deltas) throws Exception {
        return read(Arrays.stream(deltas.split(" ; "))
                .map(ToolCallsInPiecesTest::chunk)
                .toList());
    }

    private static String chunk(String delta) {
        if (delta.startsWith("text ")) {
            return delta("{\"content\":\"" + delta.substring(5) + "\"}", "null");
        } else if (delta.startsWith("thought ")) {
            return delta("{\"reasoning_content\":\"" + delta.substring(8) + "\"}", "null");
        } else if (delta.startsWith("end ")) {
            return delta("{}", "\"" + delta.substring(4) + "\"");
        }
        return delta("{\"tool_calls\":[" + delta.replace('\'', '"') + "]}", "null");
    }

    private static String delta(String delta, String reason) {
        return "{\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + reason + "}]}";
    }

    /** The blocks as a client puts them together; checks that each is opened, filled and closed before the next. */
    private List<String> read(List<String> chunks) throws Exception {
        List<StreamEvent> events = chunks.stream()
                .map(chunk -> new StreamEvent(chunk.getBytes(StandardCharsets.UTF_8)))
                .toList();
        gateway = HttpGateway.start(exchange -> exchange.getMessage().setBody(TokenStream.of(events)));
        RawResponse response = RawClient.post(
                gateway.port(),
                "/v1/messages",
                "{\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        List<String> blocks = new ArrayList<>();
        StringBuilder content = null;
        String last = "";
        for (String line : response.text().split("\n")) {
            if (!line.startsWith("data: ")) {
                continue;
            }
            JsonNode event = Json.read(line.substring(6).getBytes(StandardCharsets.UTF_8));
            last = event.path("type").asText();
            switch (last) {
                case "content_block_start" -> {
                    assertThat(content).as("a block within a block").isNull();
                    assertThat(event.path("index").asInt()).isEqualTo(blocks.size());
                    JsonNode block = event.path("content_block");
                    content = new StringBuilder(block.path("type").asText());
                    if (block.path("type").asText().equals("tool_use")) {
                        content.append(' ').append(block.path("id").asText().replaceAll("call_[0-9a-f]{32}", "own"));
                        content.append(' ').append(block.path("name").asText());
                    }
                    content.append(' ');
                }
                case "content_block_delta" -> {
                    assertThat(content).as("a delta of no block").isNotNull();
                    assertThat(event.path("index").asInt()).isEqualTo(blocks.size());
                    JsonNode delta = event.path("delta");
                    content.append(delta.path("text").asText())
                            .append(delta.path("thinking").asText())
                            .append(delta.path("partial_json").asText());
                }
                case "content_block_stop" -> {
                    blocks.add(content.toString().strip());
                    content = null;
                }
                case "message_delta" ->
                    blocks.add("= " + event.at("/delta/stop_reason").asText());
                default -> {
                    // the message's beginning and end
                }
            }
        }
        assertThat(last).isEqualTo("message_stop");
        return blocks;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            interleaved        | {'index':0,'id':'a','function':{'name':'f','arguments':''}} ; {'index':1,'id':'b','function':{'name':'g','arguments':''}} ; {'index':0,'function':{'arguments':'[1'}} ; {'index':1,'function':{'arguments':'[2'}} ; {'index':0,'function':{'arguments':']'}} ; {'index':1,'function':{'arguments':']'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            text between       | {'index':0,'id':'a','function':{'name':'f','arguments':'['}} ; text Hm ; {'index':0,'function':{'arguments':'1]'}} ; text m ; end tool_calls | tool_use a f [1], text Hmm, = tool_use
            thought between    | {'index':0,'id':'a','function':{'name':'f','arguments':'['}} ; thought Hm ; {'index':0,'function':{'arguments':'1]'}} ; text Yes ; end tool_calls | tool_use a f [1], thinking Hm, text Yes, = tool_use
            text and thoughts  | text A ; thought B ; text C ; {'index':0,'id':'a','function':{'name':'f','arguments':'[]'}} ; text D ; end stop | text A, thinking B, text C, tool_use a f [], text D, = tool_use
            two at one index   | {'index':0,'id':'a','function':{'name':'f','arguments':'[1]'}} ; {'index':0,'id':'b','function':{'name':'f','arguments':'[2]'}} ; end tool_calls | tool_use a f [1], tool_use b f [2], = tool_use
            by id at one index | {'index':0,'id':'a','function':{'name':'f','arguments':'['}} ; {'index':0,'id':'b','function':{'name':'g','arguments':'['}} ; {'index':0,'id':'a','function':{'arguments':'1]'}} ; {'index':0,'id':'b','function':{'arguments':'2]'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            no index           | {'id':'a','function':{'name':'f','arguments':'['}} ; {'function':{'arguments':'1]'}} ; {'id':'b','function':{'name':'g','arguments':'[2]'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            neither of them    | {'function':{'name':'f','arguments':'[1]'}},{'function':{'name':'f','arguments':'[2]'}} ; {'function':{'name':'f','arguments':'[3]'}} ; end tool_calls | tool_use own f [1], tool_use own f [2], tool_use own f [3], = tool_use
            by place           | {'id':'a','function':{'name':'f'}},{'id':'b','function':{'name':'g'}} ; {'function':{'arguments':'[1'}},{'function':{'arguments':'[2'}} ; {'function':{'arguments':']'}},{'function':{'arguments':']'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            name comes late    | {'index':0,'id':'a','function':{'arguments':'['}} ; {'index':0,'function':{'arguments':'1]'}} ; {'index':0,'function':{'name':'f'}} ; end tool_calls | tool_use a f [1], = tool_use
            late after another | {'index':0,'id':'a','function':{'name':''}} ; {'index':1,'id':'b','function':{'name':'g','arguments':'[2]'}} ; {'index':0,'function':{'name':'f','arguments':'[1]'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            id comes late      | {'index':0,'function':{'name':'f','arguments':'['}} ; {'index':0,'id':'a','function':{'arguments':'1]'}} ; end tool_calls | tool_use a f [1], = tool_use
            late of the second | {'index':0,'id':'a','function':{'name':'f','arguments':'[1]'}} ; {'index':0,'id':'b','function':{}} ; {'index':0,'function':{'name':'g','arguments':'[2]'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            no id at all       | {'index':0,'function':{'name':'f','arguments':'[1]'}} ; end tool_calls | tool_use own f [1], = tool_use
            an id a piece      | {'index':0,'id':'a','function':{'name':'f','arguments':''}} ; {'index':0,'id':'x','function':{'arguments':'[1'}} ; {'index':0,'id':'y','function':{'arguments':']'}} ; end tool_calls | tool_use a f [1], = tool_use
            said again         | {'index':0,'id':'a','function':{'name':'f','arguments':'['}} ; {'index':0,'id':'a','function':{'name':'f','arguments':'1]'}} ; end tool_calls | tool_use a f [1], = tool_use
            one id for both    | {'index':0,'id':'a','function':{'name':'f','arguments':'[1]'}} ; {'index':1,'id':'a','function':{'name':'f','arguments':'[2]'}} ; end tool_calls | tool_use a f [1], tool_use a_1 f [2], = tool_use
            begins late        | {'index':3,'id':'a','function':{'name':'f','arguments':'[1'}} ; {'index':7,'id':'b','function':{'name':'g','arguments':'[2]'}} ; {'index':3,'function':{'arguments':']'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            in words           | {'index':'0','id':'a','function':{'name':'f','arguments':'[1'}} ; {'index':'1','id':'b','function':{'name':'g','arguments':'[2]'}} ; {'index':'0','function':{'arguments':']'}} ; end tool_calls | tool_use a f [1], tool_use b g [2], = tool_use
            without arguments  | {'index':0,'id':'a','function':{'name':'f'}} ; {'index':1,'id':'b','function':{'name':'g','arguments':'[2]'}} ; text Done ; end tool_calls | tool_use a f, tool_use b g [2], text Done, = tool_use
            cut                | {'index':0,'id':'a','function':{'name':'f','arguments':'[1'}} ; {'index':1,'id':'b','function':{'name':'g','arguments':'[2'}} ; end length | tool_use a f [1, tool_use b g [2, = max_tokens
            nothing of a call  | {'index':0,'function':{}} ; text Hi ; end stop | text Hi, = end_turn
            """)
    void becomeWholeBlocks(String what, String deltas, String expected) throws Exception {
        assertThat(String.join(", ", blocks(deltas))).as(what).isEqualTo(expected);
    }

    @Test
    void whatIsOpenGoesOnAtOnceAndIsNotHeldToTheEnd() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        List<String> chunks = List.of(
                chunk("{'index':0,'id':'a','function':{'name':'f','arguments':'[1'}}"),
                chunk("{'index':0,'function':{'arguments':']'}}"),
                chunk("end tool_calls"));
        gateway = HttpGateway.start(exchange -> exchange.getMessage().setBody(new TokenStream() {
            private int next;

            @Override
            protected StreamEvent pull() {
                if (next == 1) {
                    await(seen);
                }
                return next == chunks.size()
                        ? null
                        : new StreamEvent(chunks.get(next++).getBytes(StandardCharsets.UTF_8));
            }

            @Override
            protected void release() {
                // nothing is held
            }
        }));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(
                    "/v1/messages",
                    "{\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
            client.head();
            String event = client.event();
            while (!event.contains("input_json_delta")) {
                event = client.event();
            }
            assertThat(event).contains("[1");
            seen.countDown();
            assertThat(client.events()).last().asString().contains("message_stop");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noneIsLostOrMergedInWhateverOrderPiecesCome(long seed) throws Exception {
        Random random = new Random(seed);
        int count = 2 + random.nextInt(6);
        List<List<ObjectNode>> waiting = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String arguments = "{\"n\":" + i + ",\"quote\":\"\\\"}{\",\"list\":[[" + random.nextInt(1000) + "]]}";
            expected.add("tool_use id" + i + " f" + i % 2 + " " + arguments);
            waiting.add(pieces(i, arguments, random));
        }
        List<String> chunks = new ArrayList<>();
        List<Integer> begun = new ArrayList<>();
        while (waiting.stream().anyMatch(list -> !list.isEmpty())) {
            int i = random.nextInt(count);
            boolean inTurn = begun.contains(i) || i == begun.size(); // calls begin in their order
            if (inTurn && !waiting.get(i).isEmpty()) {
                if (!begun.contains(i)) {
                    begun.add(i);
                }
                ObjectNode delta = Json.object();
                delta.putArray("tool_calls").add(waiting.get(i).remove(0));
                chunks.add(delta(delta.toString(), "null"));
            }
        }
        chunks.add(chunk("end tool_calls"));
        expected.add("= tool_use");

        assertThat(read(chunks)).isEqualTo(expected);
    }

    private static List<ObjectNode> pieces(int index, String arguments, Random random) {
        List<ObjectNode> pieces = new ArrayList<>();
        ObjectNode first = Json.object().put("index", index).put("id", "id" + index);
        first.putObject("function").put("name", "f" + index % 2).put("arguments", "");
        pieces.add(first);
        for (int at = 0; at < arguments.length(); ) {
            int to = Math.min(arguments.length(), at + 1 + random.nextInt(6));
            ObjectNode piece = Json.object().put("index", index);
            piece.putObject("function").put("arguments", arguments.substring(at, to));
            pieces.add(piece);
            at = to;
        }
        return pieces;
    }
}
