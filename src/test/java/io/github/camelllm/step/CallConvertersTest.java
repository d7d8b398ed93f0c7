package io.github.camelllm.step;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes read calls, requests, answers and streams with what Camel has, and no code of their own. */
class CallConvertersTest {

    private static final String REQUEST =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a question of some length\"}]}";

    private final CamelContext context = new DefaultCamelContext();

    @TempDir
    Path directory;

    @BeforeEach
    void bindModels() {
        context.getRegistry().bind("pass", new Step() {
            @Override
            protected void around(io.github.camelllm.call.Call call, Exchange exchange, Chain next) throws Exception {
                next.proceed();
            }
        });
        context.getRegistry().bind("model", (Processor) exchange ->
                exchange.getMessage().setBody(new Answer(null, Json.object().put("answer", "forty-two"))));
        context.getRegistry().bind("streaming", (Processor) exchange -> exchange.getMessage()
                .setBody(TokenStream.of(List.of(new StreamEvent(Json.object().put("n", 1))))));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void simpleReadsTheCall() throws Exception {
        Exchange answer = run("- setBody: { simple: \"${exchangeProperty.llm.inputTokens} ${exchangeProperty.llm.asked}"
                + " ${exchangeProperty.llm.user} ${exchangeProperty.llm.operation} ${exchangeProperty.llm.stream}\" }");

        assertThat(said(answer)).matches("\\d+ m anonymous CHAT false");
    }

    @Test
    void simplePredicatesCompareTokens() throws Exception {
        Exchange answer = run(
                "- choice: { when: [ { simple: \"${exchangeProperty.llm.inputTokens} > 5\", steps:"
                        + " [ { setBody: { constant: long } } ] } ], otherwise: { steps: [ { setBody: { constant: short } } ] } }");

        assertThat(said(answer)).isEqualTo("long");
    }

    @Test
    void jsonpathReadsTheRequest() throws Exception {
        Exchange answer = run("- setBody: { jsonpath: { expression: \"$.messages[0].role\" } }");

        assertThat(said(answer)).isEqualTo("user");
    }

    @Test
    void jsonpathReadsTheAnswer() throws Exception {
        Exchange answer =
                run("- process: { ref: model }\n        - setBody: { jsonpath: { expression: \"$.answer\" } }");

        assertThat(said(answer)).isEqualTo("forty-two");
    }

    @Test
    void fileWritesTheAnswer() throws Exception {
        run("- process: { ref: model }\n        - to: { uri: \"file:" + directory + "?fileName=answer.json\" }");

        assertThat(Files.readString(directory.resolve("answer.json"))).isEqualTo("{\"answer\":\"forty-two\"}");
    }

    @Test
    void fileWritesAWholeStream() throws Exception {
        run("- process: { ref: streaming }\n        - to: { uri: \"file:" + directory + "?fileName=answer.sse\" }");

        assertThat(Files.readString(directory.resolve("answer.sse"))).isEqualTo("data: {\"n\":1}\n\ndata: [DONE]\n\n");
    }

    @Test
    void logShowsTheBodyAsItIs() throws Exception {
        Exchange answer = run("- process: { ref: model }\n        - to: { uri: \"log:answers?showAll=true\" }\n"
                + "        - log: { message: \"${body}\" }\n        - setBody: { simple: \"${body}\" }");

        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{\"answer\":\"forty-two\"}");
    }

    @Test
    void treesAndMapsComeFromAnswersAndRequests() throws Exception {
        Exchange answer = run("- process: { ref: model }");

        assertThat(answer.getMessage().getBody(JsonNode.class).path("answer").textValue())
                .isEqualTo("forty-two");
        assertThat(answer.getMessage().getBody(Map.class)).isEqualTo(Map.of("answer", "forty-two"));
        assertThat(Calls.last(answer).getRequest().bytes()).asString().isEqualTo(REQUEST);
    }

    /** What a route has set as the body is the text of the answer. */
    private static String said(Exchange answer) {
        return io.github.camelllm.call.AnswerText.of(answer.getMessage().getBody(JsonNode.class));
    }

    private Exchange run(String lines) throws Exception {
        String yaml = "- route:\n    errorHandler: { noErrorHandler: {} }\n    from:\n      uri: direct:in\n"
                + "      steps:\n        - policy: { ref: pass }\n        " + lines + "\n";
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        context.start();
        Exchange answer = context.createProducerTemplate()
                .request("direct:in", exchange -> exchange.getIn().setBody(REQUEST));
        assertThat(answer.getException()).isNull();
        return answer;
    }
}
