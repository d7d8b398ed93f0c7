package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class SimulatorTest {

    private static final Duration NEVER = Duration.ofDays(1);

    private final CamelContext context = new DefaultCamelContext();
    private final Simulator simulator = new Simulator();

    @Test
    void saysThatItIsASimulatorAndRepeatsTheLastUserMessage() {
        Call call = Tries.chat("{'messages':[{'role':'user','content':'first'},{'role':'user','content':'Hi 😀'},"
                + "{'role':'assistant','content':'no'}]}");

        JsonNode answer = ((Answer) ask(call)).tree();

        assertThat(answer.at("/choices/0/message/content").asText())
                .isEqualTo("This is the simulator of camel-llm-gateway, not a language model. You said: Hi 😀");
        assertThat(answer.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.path("model").asText()).isEqualTo("m");
        assertThat(answer.at("/usage/prompt_tokens").asLong()).isEqualTo(call.getInputTokens());
        assertThat(answer.at("/usage/completion_tokens").asLong()).isEqualTo(call.getOutputTokens());
        assertThat(call.getUsage().estimated()).isFalse();
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void streamsTheSameWords() {
        simulator.setEventDelay(Duration.ZERO);
        Call call = Tries.chat("{'stream':true,'messages':[{'role':'user','content':'one two'}]}");

        List<JsonNode> chunks = chunks((TokenStream) ask(call));

        StringBuilder text = new StringBuilder();
        chunks.forEach(chunk -> text.append(chunk.at("/choices/0/delta/content").asText("")));
        assertThat(text)
                .hasToString("This is the simulator of camel-llm-gateway, not a language model. You said: one two");
        assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(chunks.get(chunks.size() - 1).at("/choices/0/finish_reason").asText())
                .isEqualTo("stop");
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.has("usage")).isFalse();
        });
        assertThat(call.getUsage().outputTokens()).isPositive();
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void reportsTheUsageOfAStreamToAClientThatAsks() {
        simulator.setEventDelay(Duration.ZERO);
        Call call = Tries.chat("{'stream':true,'stream_options':{'include_usage':true},'messages':[]}");

        List<JsonNode> chunks = chunks((TokenStream) ask(call));

        JsonNode last = chunks.get(chunks.size() - 1);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/completion_tokens").asLong()).isEqualTo(call.getOutputTokens());
    }

    @Test
    void callsTheToolItIsTold() {
        String request = "{'stream':STREAM,'tools':[{'function':{'name':'f'}},{'function':{'name':'g','parameters':"
                + "{'type':'object','properties':{'city':{'type':'string'},'days':{'type':'integer','minimum':3}}}}}],"
                + "'tool_choice':{'type':'function','function':{'name':'g'}}}";
        simulator.setEventDelay(Duration.ZERO);

        JsonNode answer = ((Answer) ask(Tries.chat(request.replace("STREAM", "false")))).tree();
        List<JsonNode> chunks = chunks((TokenStream) ask(Tries.chat(request.replace("STREAM", "true"))));

        JsonNode call = answer.at("/choices/0/message/tool_calls/0");
        assertThat(call.at("/function/name").asText()).isEqualTo("g");
        assertThat(call.at("/function/arguments").asText()).isEqualTo("{\"city\":\"simulated\",\"days\":3}");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        StringBuilder arguments = new StringBuilder();
        chunks.forEach(chunk -> arguments.append(
                chunk.at("/choices/0/delta/tool_calls/0/function/arguments").asText("")));
        assertThat(arguments).hasToString("{\"city\":\"simulated\",\"days\":3}");
    }

    @Test
    void fillsTheSchemaItIsGiven() {
        JsonNode said = structured("{'type':'object','properties':{'a':{'type':'array','items':{'$ref':'#/$defs/x'}},"
                + "'b':{'enum':['p','q']},'c':{'const':7},'d':{'anyOf':[{'type':'boolean'}]},'e':{'type':['null']}},"
                + "'$defs':{'x':{'type':'number'}}}");

        assertThat(said).hasToString("{\"a\":[1.5],\"b\":\"p\",\"c\":7,\"d\":true,\"e\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'$ref':'#'}",
                "{'$ref':'nowhere'}",
                "{'$ref':'#nowhere'}",
                "{'$ref':'#/nowhere'}",
                "{'$ref':7}",
                "{'type':7}",
                "{'properties':7}",
                "7",
                "{'anyOf':[{'$ref':'#'}]}"
            })
    void survivesSchemasThatAreNone(String schema) {
        assertThat(structured(schema)).isNotNull();
    }

    @Test
    void survivesASchemaThatMultipliesItself() {
        StringBuilder properties = new StringBuilder("{");
        for (int i = 0; i < 50; i++) {
            properties.append(i == 0 ? "" : ",").append("'p").append(i).append("':{'$ref':'#'}");
        }

        assertThat(structured("{'properties':" + properties + "}}").toString()).hasSizeLessThan(50_000);
    }

    @Test
    void embedsEveryInputTheSameWayEachTime() {
        JsonNode answer = embeddings("{'input':['a','b','a']}");

        assertThat(answer.path("data")).hasSize(3);
        assertThat(answer.at("/data/0/embedding")).hasSize(256).isEqualTo(answer.at("/data/2/embedding"));
        assertThat(answer.at("/data/0/embedding")).isNotEqualTo(answer.at("/data/1/embedding"));
        assertThat(answer.at("/data/1/index").asInt()).isEqualTo(1);
        double square = 0;
        for (JsonNode number : answer.at("/data/0/embedding")) {
            square += number.asDouble() * number.asDouble();
        }
        assertThat(square).isBetween(0.999, 1.001);
    }

    @Test
    void embedsInBase64AndInAsManyDimensionsAsAsked() {
        JsonNode floats = embeddings("{'input':'a','dimensions':5}").at("/data/0/embedding");
        String base64 = embeddings("{'input':'a','dimensions':5,'encoding_format':'base64'}")
                .at("/data/0/embedding")
                .asText();

        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(floats).hasSize(5);
        for (JsonNode number : floats) {
            assertThat(bytes.getFloat()).isEqualTo(number.floatValue());
        }
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void takesAListOfTokensForOneInput() {
        assertThat(embeddings("{'input':[1,2,3]}").path("data")).hasSize(1);
        assertThat(embeddings("{'input':[[1,2],[3]]}").path("data")).hasSize(2);
    }

    @Test
    void refusesToEmbedMoreThanMemoryHolds() {
        String input = "{'dimensions':4096,'input':[" + "'a',".repeat(300) + "'a']}";

        assertThatThrownBy(() -> embeddings(input))
                .isInstanceOf(Problem.class)
                .hasMessage("The simulator embeds no more than 256 inputs of 4096 dimensions at once, not 301.");
    }

    @Test
    void aPauseBeforeAPlainAnswerEndsWhenTheClientLeaves() throws Exception {
        simulator.setFirstTokenDelay(NEVER);
        Call call = Tries.chat("{'messages':[]}");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<Object> asked = thread.submit(() -> ask(call));

        call.cancellation().cancel();

        assertThatThrownBy(asked::get).hasCauseInstanceOf(CancellationException.class);
        assertThat(call.getUsage()).isNull();
        thread.shutdown();
    }

    @Test
    void aPauseInAStreamEndsWhenItIsClosed() throws Exception {
        simulator.setEventDelay(NEVER);
        Call call = Tries.chat("{'stream':true,'messages':[]}");
        TokenStream stream = (TokenStream) ask(call);
        stream.next();
        CountDownLatch reading = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<StreamEvent> second = thread.submit(() -> {
            reading.countDown();
            return stream.next();
        });
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

        stream.close();

        assertThatThrownBy(second::get).hasCauseInstanceOf(CancellationException.class);
        thread.shutdown();
    }

    @Test
    void countsWhatWasSaidUntilTheClientLeft() {
        simulator.setEventDelay(Duration.ZERO);
        Call call = Tries.chat("{'stream':true,'messages':[]}");
        TokenStream stream = (TokenStream) ask(call);
        stream.next(); // the role
        stream.next();
        stream.next();

        stream.close();

        assertThat(call.getUsage().outputTokens()).isEqualTo(3); // "This " is two, "is " one
        assertThat(call.getUsage().estimated()).isFalse();
        assertThat(call.getFinishReason()).isNull();
    }

    @Test
    void refusesToWaitANegativeTime() {
        assertThatThrownBy(() -> simulator.setEventDelay(Duration.ofMillis(-1)))
                .hasMessage("eventDelay is -1 ms; it must be 0 or more");
        assertThatThrownBy(() -> simulator.setFirstTokenDelay(Duration.ofMillis(-1)))
                .hasMessage("firstTokenDelay is -1 ms; it must be 0 or more");
    }

    private JsonNode structured(String schema) {
        Answer answer = (Answer)
                ask(Tries.chat("{'response_format':{'type':'json_schema','json_schema':{'schema':" + schema + "}}}"));
        return parse(answer.tree().at("/choices/0/message/content").asText());
    }

    private JsonNode embeddings(String body) {
        return ((Answer) ask(Tries.call(Operation.EMBEDDINGS, body))).tree();
    }

    private Object ask(Call call) {
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        simulator.process(exchange);
        return exchange.getMessage().getBody();
    }

    private static List<JsonNode> chunks(TokenStream stream) {
        List<JsonNode> chunks = new ArrayList<>();
        Tries.drain(stream).forEach(data -> chunks.add(parse(data)));
        return chunks;
    }

    private static JsonNode parse(String json) {
        try {
            return Json.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }
}
