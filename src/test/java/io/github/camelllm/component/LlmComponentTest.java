package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls by {@code llm:} from routes in YAML. */
@Timeout(60)
class LlmComponentTest {

    private static final String ASK = "- to: { uri: llm:chat, parameters: { model: gpt-4o } }\n";

    private FakeUpstream upstream;
    private LlmContext llm;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstream.start();
        upstream.always(request -> {
            if (request.path().endsWith("/embeddings")) {
                return Reply.json(
                        200,
                        "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5]}],\"model\":\"e\",\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}");
            }
            ChatScript script = ChatScript.of("re: ", said(request));
            return request.json().path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
        });
    }

    @AfterEach
    void stop() throws IOException {
        if (llm != null) {
            llm.close();
        }
        upstream.close();
    }

    private void routes(String... yaml) throws Exception {
        llm = LlmContext.started(upstream, Map.of(), String.join("", yaml));
    }

    private static String ask(String lines) {
        return LlmContext.route("direct:ask", lines);
    }

    private static String said(Received request) {
        JsonNode messages = request.json().path("messages");
        return messages.get(messages.size() - 1).path("content").asText();
    }

    private JsonNode asked() {
        List<Received> all = upstream.received();
        return all.get(all.size() - 1).json();
    }

    private static Problem problem(Exchange exchange) {
        return (Problem) exchange.getException();
    }

    // Bodies

    @Test
    void aTextIsAnsweredByATextAndWhatBecameOfTheCallStandsInHeaders() throws Exception {
        routes(ask(ASK));

        Exchange answer = llm.send("ask", "hello", Map.of("X-Order", "17"));

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("re: hello");
        assertThat(answer.getMessage().getHeader("X-Order")).isEqualTo("17");
        assertThat(answer.getMessage().getHeader(LlmConstants.MODEL)).isEqualTo("gpt-4o");
        assertThat(answer.getMessage().getHeader(LlmConstants.PROVIDER)).isEqualTo("openai");
        assertThat(answer.getMessage().getHeader(LlmConstants.INPUT_TOKENS)).isInstanceOf(Long.class);
        assertThat(answer.getMessage().getHeader(LlmConstants.OUTPUT_TOKENS)).isInstanceOf(Long.class);
        assertThat(answer.getMessage().getHeader(LlmConstants.COST_USD)).isInstanceOf(BigDecimal.class);
        assertThat(answer.getMessage().getHeader(LlmConstants.ATTEMPTS)).isEqualTo(1);
        assertThat(answer.getMessage().getHeader(LlmConstants.CACHE)).isNotNull();
        assertThat(answer.getMessage().getHeader(LlmConstants.FINISH_REASON)).isEqualTo("stop");
        assertThat(answer.getMessage().getHeader(LlmConstants.REQUEST_ID))
                .isEqualTo(llm.awaitFinished().requestId());
        assertThat(answer.getMessage().getHeader(LlmConstants.ERROR_CODE)).isNull();
        assertThat(answer.getProperty("llm")).isNull();
        assertThat(answer.getProperties().keySet()).noneMatch(name -> name.startsWith("llm.asked"));
    }

    @Test
    void aMapIsAnsweredByAMapATreeByATreeAndJsonByJson() throws Exception {
        routes(ask("- to: { uri: llm:chat }\n"));
        String json = "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

        Exchange map =
                llm.send("ask", Map.of("model", "gpt-4o", "messages", List.of(Map.of("role", "user", "content", "x"))));
        assertThat(map.getMessage().getBody()).isInstanceOf(Map.class);
        Exchange tree = llm.send("ask", Json.read(json.getBytes(StandardCharsets.UTF_8)));
        assertThat(tree.getMessage().getBody()).isInstanceOf(JsonNode.class);
        Exchange text = llm.send("ask", json);
        assertThat(text.getMessage().getBody()).isInstanceOf(Answer.class);
        for (Object answer : List.of(
                Json.MAPPER.valueToTree(map.getMessage().getBody()),
                tree.getMessage().getBody(),
                text.getMessage().getBody(JsonNode.class))) {
            assertThat(((JsonNode) answer).at("/choices/0/message/content").asText())
                    .isEqualTo("re: x");
        }
    }

    @Test
    void anAnthropicRequestIsAnsweredInItsWordsAndByATextIfAsked() throws Exception {
        routes(ask(ASK), LlmContext.route("direct:text", "- to: { uri: \"llm:chat?model=gpt-4o&result=text\" }\n"));
        String body =
                "{\"model\":\"claude-x\",\"max_tokens\":9,\"system\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]}";

        assertThat(llm.send("ask", body)
                        .getMessage()
                        .getBody(JsonNode.class)
                        .at("/content/0/text")
                        .asText())
                .isEqualTo("re: x");
        assertThat(llm.send("text", body).getMessage().getBody()).isEqualTo("re: x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void theResultThatIsAskedForCountsWhateverTheBody(String result) throws Exception {
        routes(ask("- to: { uri: \"llm:chat?model=gpt-4o&result=" + result + "\" }\n"));
        String json = "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

        for (Object body : List.of("x", json)) {
            Object answer = llm.send("ask", body).getMessage().getBody();
            if (result.equals("text")) {
                assertThat(answer).isEqualTo("re: x");
            } else {
                assertThat(((Answer) answer)
                                .tree()
                                .at("/choices/0/message/content")
                                .asText())
                        .isEqualTo("re: x");
            }
        }
    }

    @Test
    void aBodyThatCanBeNoRequestIsNamedAndStaysAsItIs() throws Exception {
        routes(ask(ASK));

        Exchange answer = llm.send("ask", List.of(1, 2));

        assertThat(problem(answer).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem(answer)).hasMessageContaining("a List of Integer");
        assertThat(answer.getMessage().getBody()).isEqualTo(List.of(1, 2));
        assertThat(answer.getMessage().getHeader(LlmConstants.ERROR_CODE)).isEqualTo("invalid_request");
        assertThat(answer.getProperty(LlmConstants.ERROR_STATUS)).isEqualTo(400);
    }

    @Test
    void embeddingsTakeATextAndAListOfTexts() throws Exception {
        routes(
                ask("- to: { uri: llm:embeddings, parameters: { model: e } }\n"),
                "- templatedRoute:\n    routeTemplateRef: openai\n    routeId: llm-model-e\n    parameters:\n"
                        + "      - { name: model, value: e }\n      - { name: operation, value: embeddings }\n"
                        + "      - { name: path, value: /embeddings }\n");

        Exchange one = llm.send("ask", "hello");
        assertThat(one.getException()).isNull();
        assertThat(one.getMessage()
                        .getBody(JsonNode.class)
                        .at("/data/0/embedding/0")
                        .asDouble())
                .isEqualTo(0.5);
        assertThat(asked().path("input").asText()).isEqualTo("hello");

        assertThat(llm.send("ask", List.of("a", "b")).getException()).isNull();
        assertThat(asked().path("input").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(one.getMessage().getHeader(LlmConstants.MODEL)).isEqualTo("e");

        llm.context().getComponent("llm", LlmComponent.class).getConfiguration().setResult("text");
        assertThat(llm.send("ask", "hello").getException()).isNull();
        assertThat(problem(llm.send("ask", "hello", Map.of(LlmConstants.RESULT, "stream"))))
                .hasMessageContaining("llm:embeddings answers with nothing else");
    }

    // Streams

    @Test
    void aStreamIsSplitIntoThePiecesOfItsText() throws Exception {
        routes(ask("- to: { uri: \"llm:chat?model=gpt-4o&result=stream\" }\n"
                + "- split:\n    simple: \"${body}\"\n    streaming: true\n    aggregationStrategy: \"#class:"
                + Pieces.class.getName() + "\"\n    steps:\n      - setHeader: { name: seen, constant: \"1\" }\n"));

        Exchange answer = llm.send("ask", "hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo(List.of("re: ", "hello"));
        assertThat(llm.awaitFinished().errorCode()).isNull();
    }

    /** Collects what a split makes. */
    public static final class Pieces implements org.apache.camel.AggregationStrategy {
        @Override
        public Exchange aggregate(Exchange before, Exchange part) {
            List<Object> all = new ArrayList<>();
            if (before != null) {
                all.addAll((List<?>) before.getMessage().getBody());
            }
            all.add(part.getMessage().getBody());
            part.getMessage().setBody(all);
            return part;
        }
    }

    @Test
    void aStreamIsWrittenToAFileAsEvents() throws Exception {
        routes(ask("- to: { uri: \"llm:chat?model=gpt-4o&result=stream\" }\n- to: { uri: \"file:" + directory
                + "?fileName=answer.txt\" }\n"));

        assertThat(llm.send("ask", "hello").getException()).isNull();

        assertThat(Files.readString(directory.resolve("answer.txt")))
                .startsWith("data: {")
                .contains("hello")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void aTextIsWrittenToAFile() throws Exception {
        routes(ask(ASK + "- to: { uri: \"file:" + directory + "?fileName=answer.txt\" }\n"));

        assertThat(llm.send("ask", "hello").getException()).isNull();

        assertThat(Files.readString(directory.resolve("answer.txt"))).isEqualTo("re: hello");
    }

    // Any number of calls

    @Test
    void theSecondCallOfARouteIsNotSteeredByTheFirst() throws Exception {
        routes(ask("- to: { uri: llm:chat, parameters: { model: gpt-4o } }\n"
                + "- to: { uri: llm:chat, parameters: { model: gpt-4.1 } }\n"));

        Exchange answer = llm.send("ask", "hello");

        assertThat(answer.getMessage().getBody()).isEqualTo("re: re: hello");
        assertThat(answer.getMessage().getHeader(LlmConstants.MODEL)).isEqualTo("gpt-4.1");
        assertThat(upstream.received().stream().map(r -> r.json().path("model").asText()))
                .containsExactly("gpt-4o", "gpt-4.1");
        assertThat(llm.awaitFinished().callId())
                .isNotEqualTo(llm.awaitFinished().callId());
    }

    @Test
    void aHundredPartsOfAParallelSplitAreAHundredCalls() throws Exception {
        routes(ask("- split:\n    expression: { tokenize: { token: \",\" } }\n    parallelProcessing: true\n"
                + "    aggregationStrategy: \"#class:" + Pieces.class.getName() + "\"\n    steps:\n      - "
                + ASK.substring(2)));
        List<String> parts = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            parts.add("p" + i);
            expected.add("re: p" + i);
        }

        Exchange answer = llm.send("ask", String.join(",", parts));

        assertThat(answer.getException()).isNull();
        assertThat((List<?>) answer.getMessage().getBody()).hasSize(100);
        assertThat(new TreeSet<>((List<?>) answer.getMessage().getBody())).isEqualTo(new TreeSet<>(expected));
        TreeSet<String> calls = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            calls.add(llm.awaitFinished().callId());
        }
        assertThat(calls).hasSize(100);
    }

    @Test
    void aCallWithinAChainLeavesTheCallAroundItAlone() throws Exception {
        routes(
                ask("- to: { uri: llm:chat, parameters: { chain: outer, model: gpt-4.1 } }\n"),
                LlmContext.route(
                        "direct:outer",
                        "- policy: { ref: llmAccount }\n- setProperty: { name: llm.chain, constant: gpt-4.1 }\n"
                                + "- policy: { ref: llmChoose }\n- enrich:\n    constant: \"direct:aside\"\n"
                                + "    aggregationStrategy: \"#class:" + Original.class.getName() + "\"\n"
                                + "- toD: { uri: \"direct:llm-model-${exchangeProperty.llm.model}\" }\n"),
                LlmContext.route(
                        "direct:aside",
                        "- setBody: { constant: aside }\n"
                                + "- to: { uri: \"llm:chat?model=gpt-4o&system=Be brief\" }\n"));

        Exchange answer = llm.send("ask", "hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("re: hello");
        assertThat(upstream.received().stream().map(LlmComponentTest::said)).containsExactly("aside", "hello");
        assertThat(asked().path("messages")).hasSize(1);
        assertThat(answer.getMessage().getHeader(LlmConstants.MODEL)).isEqualTo("gpt-4.1");
    }

    /** Keeps the message that is enriched. */
    public static final class Original implements org.apache.camel.AggregationStrategy {
        @Override
        public Exchange aggregate(Exchange original, Exchange resource) {
            return original;
        }
    }

    // Parameters and headers

    @Test
    void parametersBecomeFieldsAndHeadersStandForThem() throws Exception {
        routes(ask("- to:\n    uri: llm:chat\n    parameters:\n      model: gpt-4o\n      temperature: 0.5\n"
                + "      maxTokens: 77\n      system: \"You answer ${header.customer}.\"\n      task: code\n"
                + "      tags: \"a,b\"\n      template: \"greeting@3\"\n      cache: no-store\n      timeout: 30s\n"));

        assertThat(llm.send("ask", "hello", Map.of("customer", "ACME")).getException())
                .isNull();
        assertThat(asked().path("model").asText()).isEqualTo("gpt-4o");
        assertThat(asked().path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(asked().path("max_tokens").asInt()).isEqualTo(77);
        assertThat(asked().at("/messages/0/role").asText()).isEqualTo("system");
        assertThat(asked().at("/messages/0/content").asText()).isEqualTo("You answer ACME.");

        llm.send(
                "ask",
                "hello",
                Map.of(
                        LlmConstants.REQUEST_MODEL,
                        "gpt-4.1",
                        LlmConstants.TEMPERATURE,
                        "1",
                        LlmConstants.MAX_TOKENS,
                        5,
                        LlmConstants.SYSTEM,
                        "Own ${body}",
                        LlmConstants.RESULT,
                        "text"));
        assertThat(asked().path("model").asText()).isEqualTo("gpt-4.1");
        assertThat(asked().path("temperature").asDouble()).isEqualTo(1);
        assertThat(asked().path("max_tokens").asInt()).isEqualTo(5);
        assertThat(asked().at("/messages/0/content").asText()).isEqualTo("Own ${body}");
    }

    @Test
    void parametersOverruleTheBodyAndTheComponentsDefaultsDoNot() throws Exception {
        llm = LlmContext.started(upstream, Map.of(), ask(ASK) + LlmContext.route("direct:bare", "- to: llm:chat\n"));
        LlmConfiguration defaults =
                llm.context().getComponent("llm", LlmComponent.class).getConfiguration();
        defaults.setModel("gpt-4.1-mini");
        defaults.setTemperature(0.1);
        String body = "{\"model\":\"gpt-4.1\",\"temperature\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

        llm.send("ask", body);
        assertThat(asked().path("model").asText()).isEqualTo("gpt-4o");
        llm.send("bare", body);
        assertThat(asked().path("model").asText()).isEqualTo("gpt-4.1");
        assertThat(asked().path("temperature").asInt()).isEqualTo(1);
        llm.send("bare", "text");
        assertThat(asked().path("model").asText()).isEqualTo("gpt-4.1-mini");
        assertThat(asked().path("temperature").asDouble()).isEqualTo(0.1);
    }

    @Test
    void aTemplateIsRenderedWithBodyHeadersAndVariables() throws Exception {
        Path template = directory.resolve("summary.txt");
        Files.writeString(template, "Summarise in a ${variable.tone} tone for ${header.customer}: ${body}");
        routes(ask("- to: { uri: llm:chat, parameters: { model: gpt-4o, template: \"file:" + template
                + "\", variables.tone: formal } }\n"));

        Exchange answer = llm.send("ask", "the text", Map.of("customer", "ACME"));

        assertThat(answer.getMessage().getBody()).isEqualTo("re: Summarise in a formal tone for ACME: the text");
        assertThat(answer.getVariable("tone")).isNull();
    }

    @Test
    void aHeaderThatIsWrongIsNamed() throws Exception {
        routes(ask(ASK));
        Map<String, Object> wrong = Map.of(
                LlmConstants.RESULT, "xml",
                LlmConstants.TEMPERATURE, "hot",
                LlmConstants.MAX_TOKENS, 0,
                LlmConstants.TIMEOUT, "soon",
                LlmConstants.CACHE_CONTROL, "never",
                LlmConstants.REQUEST_MODEL, "no model!");

        wrong.forEach((name, value) -> {
            Exchange answer = llm.send("ask", "x", Map.of(name, value));
            assertThat(problem(answer).code()).as(name).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(problem(answer).getMessage()).contains(name, String.valueOf(value));
            assertThat(answer.getMessage().getHeader(LlmConstants.ERROR_CODE)).isEqualTo("invalid_request");
        });
        assertThat(upstream.received()).isEmpty();
    }

    // Failures

    @Test
    void aFailurePropagatesAsInAnyRouteAndLeavesTheOriginalBody() throws Exception {
        upstream.always(
                request -> Reply.json(400, "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\"}}"));
        routes(
                "- onException:\n    exception: [ io.github.camelllm.problem.Problem ]\n    handled: { constant: \"true\" }\n"
                        + "    steps:\n      - setHeader: { name: told, simple: \"${header.CamelLlmErrorCode}/${exchangeProperty.CamelLlmErrorStatus}: ${body}\" }\n",
                ask(ASK).replace("- route:\n", "- route:\n    errorHandler: { defaultErrorHandler: {} }\n"));

        Exchange answer = llm.send("ask", "hello", Map.of("Authorization", "Basic own"));

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getHeader("told", String.class)).isEqualTo("invalid_request/400: hello");
        assertThat(answer.getMessage().getHeader("Authorization")).isEqualTo("Basic own");
        assertThat(answer.getMessage().getHeader(LlmConstants.MODEL)).isNull();
    }

    @Test
    void aDoCatchFindsTheCodeAndGoesOnWithAnotherModel() throws Exception {
        upstream.always(request -> request.json().path("model").asText().equals("gpt-4o")
                ? Reply.json(400, "{\"error\":{\"message\":\"no\"}}")
                : Reply.json(200, ChatScript.of("second: ", said(request)).json()));
        routes(ask("- doTry:\n    steps:\n      - to: \"llm:chat?model=gpt-4o\"\n    doCatch:\n"
                + "      - exception: [ io.github.camelllm.problem.Problem ]\n        steps:\n"
                + "          - setHeader: { name: told, simple: \"${header.CamelLlmErrorCode}\" }\n"
                + "          - to: \"llm:chat?model=gpt-4.1\"\n"));

        Exchange answer = llm.send("ask", "hello");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("second: hello");
        assertThat(answer.getMessage().getHeader("told")).isEqualTo("invalid_request");
        assertThat(answer.getMessage().getHeader(LlmConstants.ERROR_CODE)).isNull();
        assertThat(answer.getProperty(LlmConstants.ERROR_CODE)).isNull();
    }

    @Test
    void eachRedeliveryIsACallAndTheDeadLetterHoldsTheOriginal() throws Exception {
        upstream.always(request -> Reply.json(400, "{\"error\":{\"message\":\"no\"}}"));
        routes(
                ask(ASK).replace(
                                "- route:\n",
                                "- route:\n    errorHandler:\n      deadLetterChannel:\n        deadLetterUri: direct:dead\n"
                                        + "        redeliveryPolicy: { maximumRedeliveries: 2, redeliveryDelay: 0 }\n"),
                LlmContext.route(
                        "direct:dead",
                        "- setHeader: { name: dead, simple: \"${body}/${header.CamelLlmErrorStatus}\" }\n"));

        Exchange answer = llm.send("ask", "hello");

        assertThat(answer.getMessage().getHeader("dead")).isEqualTo("hello/400");
        assertThat(upstream.received()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(llm.awaitFinished().errorCode()).isEqualTo("invalid_request");
        }
    }

    @Test
    void aTimeoutEndsTheCall() throws Exception {
        upstream.always(request -> Reply.silence());
        routes(ask("- to: { uri: \"llm:chat?model=gpt-4o&timeout=300ms\" }\n"));

        Exchange answer = llm.send("ask", "hello");

        assertThat(problem(answer).code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(answer.getMessage().getHeader(LlmConstants.ERROR_STATUS)).isEqualTo(504);
    }
}
