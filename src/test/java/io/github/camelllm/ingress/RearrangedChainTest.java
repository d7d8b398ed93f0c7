package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route author writes between the lines of a gateway means what it says in Camel. */
class RearrangedChainTest {

    private FakeUpstream upstream;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstream.start();
        echo();
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    /** The provider says what it was asked. */
    private void echo() {
        upstream.always(request -> {
            ChatScript script = ChatScript.of("re: ", said(request));
            return request.json().path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
        });
    }

    private static String said(Received request) {
        JsonNode messages = request.json().path("messages");
        return messages.get(messages.size() - 1).path("content").asText();
    }

    private List<String> asked() {
        return upstream.received().stream().map(RearrangedChainTest::said).toList();
    }

    private static String text(RawResponse response) {
        return response.json().at("/choices/0/message/content").asText();
    }

    private Path limits(String rule) throws IOException {
        Path file = directory.resolve("limits.yaml");
        Files.writeString(file, "limits:\n  - " + rule + "\n");
        return file;
    }

    // Calls

    @Test
    void theSecondCallOfARouteIsAnother() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http(EditedChain.CALL + "\n- setBody: { constant: \"and again\" }\n" + EditedChain.CALL)
                .start(upstream)) {
            RawResponse response = chain.chat("first", false);

            assertThat(text(response)).isEqualTo("re: and again");
            assertThat(asked()).containsExactly("first", "and again");
            FinishedCall one = chain.awaitFinished();
            FinishedCall two = chain.awaitFinished();
            assertThat(one.callId()).isNotEqualTo(two.callId());
            assertThat(List.of(one.requestId(), two.requestId())).containsOnly(response.header("X-Request-Id"));
        }
    }

    @Test
    void theAnswerOfOneCallIsTheMessageOfTheNext() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http(EditedChain.CALL + "\n" + EditedChain.CALL)
                .start(upstream)) {
            assertThat(text(chain.chat("x", false))).isEqualTo("re: re: x");
            assertThat(streamed(chain, "y")).isEqualTo("re: re: y");
        }
    }

    @Test
    void aLoopAsksAsOftenAsItsLimitsAllow() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .limits(limits("{ scope: global, requests: 3, per: minute }"))
                .http("- loop:\n    constant: \"8\"\n    copy: true\n    steps:\n      " + EditedChain.CALL)
                .start(upstream)) {
            RawResponse response = chain.chat("again", false);
            assertThat(response.status()).isEqualTo(429);
            assertThat(upstream.received()).hasSize(3);
            List<String> codes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                codes.add(String.valueOf(chain.awaitFinished().errorCode()));
            }
            assertThat(codes).containsExactly("null", "null", "null", "global_rate_limited");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachPartOfASplitIsACall(boolean parallel) throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http(
                        "- setBody: { constant: \"a,b,c,d,e,f,g,h\" }\n- split:\n    expression: { tokenize: { token: \",\" } }\n"
                                + "    parallelProcessing: " + parallel + "\n    aggregationStrategy: \"#class:"
                                + Joining.class.getName() + "\"\n    steps:\n      " + EditedChain.CALL)
                .start(upstream)) {
            RawResponse response = chain.chat("x", false);

            assertThat(new TreeSet<>(List.of(text(response).split(" \\| "))))
                    .containsExactly("re: a", "re: b", "re: c", "re: d", "re: e", "re: f", "re: g", "re: h");
            Set<String> calls = new TreeSet<>();
            for (int i = 0; i < 8; i++) {
                FinishedCall finished = chain.awaitFinished();
                assertThat(finished.errorCode()).isNull();
                assertThat(finished.attempts()).hasSize(1);
                calls.add(finished.callId());
            }
            assertThat(calls).hasSize(8);
        }
    }

    /** Joins what the parts say. */
    public static final class Joining implements org.apache.camel.AggregationStrategy {
        @Override
        public Exchange aggregate(Exchange before, Exchange next) {
            String said = next.getMessage().getBody(String.class);
            next.getMessage()
                    .setBody(before == null ? said : before.getMessage().getBody() + " | " + said);
            return next;
        }
    }

    @Test
    void partsOfACallAreCallsOfTheirOwn() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .chain(
                        "- policy: { ref: redact }\n- multicast:\n    parallelProcessing: true\n    aggregationStrategy: \"#class:"
                                + Joining.class.getName() + "\"\n    steps:\n"
                                + "      - to: { uri: \"direct:part-m\" }\n      - to: { uri: \"direct:part-n\" }")
                .more(EditedChain.route("direct:part-m", part("m")) + EditedChain.route("direct:part-n", part("n")))
                .start(upstream)) {
            for (int round = 0; round < 20; round++) {
                RawResponse response = chain.chat("x", round % 2 == 1);

                assertThat(response.status()).isEqualTo(200);
                List<FinishedCall> records = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    records.add(chain.awaitFinished());
                }
                assertThat(records)
                        .allSatisfy(one -> assertThat(one.errorCode()).isNull());
                assertThat(records.stream()
                                .mapToInt(one -> one.attempts().size())
                                .sum())
                        .isEqualTo(2);
            }
        }
    }

    private static String part(String model) {
        return "- setProperty: { name: llm.chain, constant: " + model + " }\n- policy: { ref: failover }\n"
                + "- policy: { ref: quota }\n- toD: { uri: \"direct:llm-model-${exchangeProperty.llm.model}\" }\n";
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFallbackOfDoCatchIsACallOfWhatTheClientAsked(boolean stream) throws Exception {
        upstream.always(request -> request.json().path("model").asText().equals("n2")
                ? stream
                        ? Reply.sse(ChatScript.of("saved ", said(request)).sse())
                        : Reply.json(200, ChatScript.of("saved ", said(request)).json())
                : Reply.error(500));
        try (EditedChain chain = new EditedChain.Setup()
                .http(
                        "- doTry:\n    steps:\n      - to: { uri: direct:llm-chat }\n    doCatch:\n"
                                + "      - exception: [ java.lang.Exception ]\n        steps:\n          - to: { uri: direct:spare }")
                .more(EditedChain.route(
                                "direct:spare",
                                "- policy: { ref: account }\n- policy: { ref: redact }\n- setProperty: { name: llm.chain, constant: n2 }\n"
                                        + "- policy: { ref: failover }\n- toD: { uri: \"direct:llm-model-${exchangeProperty.llm.model}\" }")
                        + "- templatedRoute:\n    routeTemplateRef: openai\n    routeId: llm-model-n2\n    parameters:\n"
                        + "      - { name: model, value: n2 }\n      - { name: key, value: sk }\n      - { name: baseUrl, value: \""
                        + upstream.baseUrl() + "\" }\n")
                .start(upstream)) {
            if (stream) {
                assertThat(streamed(chain, "mail ann@example.com")).isEqualTo("saved mail ann@example.com");
            } else {
                assertThat(text(chain.chat("mail ann@example.com", false))).isEqualTo("saved mail ann@example.com");
            }
            assertThat(chain.awaitFinished().errorCode()).isEqualTo("upstream_error");
            FinishedCall spare = chain.awaitFinished();
            assertThat(spare.errorCode()).isNull();
            assertThat(spare.attempts()).hasSize(1);
            assertThat(asked()).allSatisfy(said -> assertThat(said).doesNotContain("example.com"));
        }
    }

    @Test
    void aRedeliveryIsAnotherCall() throws Exception {
        upstream.next(Reply.error(400), Reply.error(400));
        try (EditedChain chain = new EditedChain.Setup()
                .more(
                        "- route:\n    errorHandler: { defaultErrorHandler: { redeliveryPolicy: { maximumRedeliveries: \"3\","
                                + " redeliveryDelay: \"1\" } } }\n    from:\n      uri: direct:patient\n      steps:\n"
                                + "        - to: { uri: direct:llm-chat }\n")
                .start(upstream)) {
            String answer = chain.context().createProducerTemplate().requestBody("direct:patient", "hi", String.class);

            assertThat(answer).isEqualTo("re: hi");
            assertThat(upstream.received()).hasSize(3);
            assertThat(chain.awaitFinished().errorCode()).isEqualTo("invalid_request");
            assertThat(chain.awaitFinished().errorCode()).isEqualTo("invalid_request");
            assertThat(chain.awaitFinished().errorCode()).isNull();
        }
    }

    @Test
    void nothingOfACallStaysButFacts() throws Exception {
        try (EditedChain chain = new EditedChain.Setup().start(upstream)) {
            Exchange done = chain.context().createProducerTemplate().request("direct:llm-chat", exchange -> {
                exchange.getMessage().setBody("hi");
                exchange.getMessage().setHeader("CamelFileName", "a.txt");
                exchange.getMessage().setHeader("CamelKafkaKey", "k");
                exchange.setProperty("llm.tags", "mine");
            });

            assertThat(done.getMessage().getBody()).isEqualTo("re: hi");
            assertThat(done.getMessage().getHeaders()).containsOnlyKeys("CamelFileName", "CamelKafkaKey");
            assertThat(done.getProperties())
                    .containsEntry("llm.tags", "mine")
                    .containsEntry("CamelLlmModel", "m")
                    .containsEntry("CamelLlmProvider", "openai")
                    .containsEntry("CamelLlmAttempts", 1)
                    .containsKeys("CamelLlmRequestId", "CamelLlmInputTokens", "CamelLlmOutputTokens")
                    .doesNotContainKeys("llm", "llm.asked", "llm.task", "llm.model", "llm.chain", "CamelLlmErrorCode");
        }
    }

    // Bodies

    /** As an application may have one. */
    public record Message(String role, String content) {}

    /** As an application may have one. */
    public record Ask(String model, List<Message> messages) {}

    @Test
    void answersInTheFormOfTheBody() throws Exception {
        try (EditedChain chain = new EditedChain.Setup().start(upstream)) {
            Map<String, Object> map =
                    Map.of("model", "m", "messages", List.of(Map.of("role", "user", "content", "map")));
            String json = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"json\"}]}";

            assertThat(ask(chain, "text")).isEqualTo("re: text");
            assertThat(ask(chain, "text".getBytes(StandardCharsets.UTF_8))).isEqualTo("re: text");
            assertThat(ask(chain, new ByteArrayInputStream("in".getBytes(StandardCharsets.UTF_8))))
                    .isEqualTo("re: in");
            assertThat(ask(chain, map)).isInstanceOfSatisfying(Map.class, answer -> assertThat(answer)
                    .containsKeys("id", "choices"));
            assertThat(ask(chain, Json.MAPPER.valueToTree(map)))
                    .isInstanceOfSatisfying(JsonNode.class, answer -> assertThat(
                                    answer.at("/choices/0/message/content").asText())
                            .isEqualTo("re: map"));
            assertThat(ask(chain, new Ask("m", List.of(new Message("user", "pojo")))))
                    .isInstanceOfSatisfying(Answer.class, answer -> assertThat(answer.tree()
                                    .at("/choices/0/message/content")
                                    .asText())
                            .isEqualTo("re: pojo"));
            assertThat(ask(chain, json)).isInstanceOf(Answer.class);
            assertThat(
                            ask(
                                    chain,
                                    "{\"model\":\"m\",\"max_tokens\":9,\"system\":\"be brief\",\"messages\":[{\"role\":\"user\",\"content\":\"claude\"}]}"))
                    .isInstanceOfSatisfying(Answer.class, answer -> assertThat(
                                    answer.tree().at("/content/0/text").asText())
                            .isEqualTo("re: claude"));
            assertThat(upstream.lastRequest().json().at("/messages/0/role").asText())
                    .isEqualTo("system");
        }
    }

    @Test
    void givesAStreamToWhomAsksForOne() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .more(EditedChain.route(
                        "direct:to-file",
                        "- to: { uri: direct:llm-chat }\n- to: { uri: \"file:" + directory
                                + "?fileName=answer.sse\" }"))
                .start(upstream)) {
            chain.context()
                    .createProducerTemplate()
                    .requestBody(
                            "direct:to-file",
                            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"s\"}]}");

            assertThat(Files.readString(directory.resolve("answer.sse")))
                    .contains("\"content\":\"re: \"")
                    .endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void namesABodyThatCanBeNoRequest() throws Exception {
        try (EditedChain chain = new EditedChain.Setup().start(upstream)) {
            assertThat(refusal(chain, List.of(1, 2)))
                    .startsWith("The body is a List of Integer; expected text, or a chat request");
            assertThat(refusal(chain, 42)).startsWith("The body is an Integer; expected");
            assertThat(refusal(chain, new int[] {1})).startsWith("The body is an array of int; expected");
            assertThat(refusal(chain, Json.MAPPER.createArrayNode())).startsWith("The body is a JSON array; expected");
            assertThat(refusal(chain, new byte[] {(byte) 0xff, 1}))
                    .isEqualTo("The body is neither UTF-8 text nor JSON.");
            assertThat(refusal(chain, " ")).startsWith("The request has no");
            assertThat(refusal(chain, "{\"model\":")).startsWith("The body is not valid JSON");
            assertThat(upstream.received()).isEmpty();
        }
    }

    private static Object ask(EditedChain chain, Object body) {
        return chain.context().createProducerTemplate().requestBody("direct:llm-chat", body);
    }

    private static String refusal(EditedChain chain, Object body) {
        Exchange done = chain.context()
                .createProducerTemplate()
                .request("direct:llm-chat", exchange -> exchange.getMessage().setBody(body));
        assertThat(done.getException()).isInstanceOf(Problem.class);
        assertThat(done.getMessage().getBody()).as("the body stays").isSameAs(body);
        assertThat(((Problem) done.getException()).status()).isEqualTo(400);
        return done.getException().getMessage();
    }

    @Test
    void aRequestWithoutAModelAsksForTheUsualOne() throws Exception {
        try (EditedChain chain = new EditedChain.Setup().chain(EditedChain.REST).start(upstream)) {
            assertThat(ask(chain, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"))
                    .isInstanceOf(Answer.class);
        }
    }

    // Streams

    @Test
    void aStreamThatARouteHasSplitIsStillThatOfItsClient() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http(EditedChain.CALL
                        + "\n- split:\n    simple: \"${body}\"\n    steps:\n      - log: { message: piece }")
                .start(upstream)) {
            assertThat(streamed(chain, "x")).isEqualTo("re: x");
            assertThat(text(chain.chat("x", false))).isEqualTo("re: x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: x\\n\\nab\\n\\ndata: [DONE]\\n\\n", "data: {\\n\\ndata: [DONE]\\n\\n"})
    void aTextThatIsLikeAStreamIsAText(String like) throws Exception {
        String said = like.replace("\\n", "\n");
        try (EditedChain chain = new EditedChain.Setup()
                .http(EditedChain.CALL + "\n- process: { ref: like }")
                .more("- beans:\n    - { name: like, type: io.github.camelllm.ingress.RearrangedChainTest$Like }\n")
                .start(upstream)) {
            chain.context().getRegistry().lookupByNameAndType("like", Like.class).text = said;
            assertThat(text(chain.chat("x", false))).isEqualTo(said);
        }
    }

    /** Answers by a text. */
    public static final class Like implements org.apache.camel.Processor {
        private volatile String text;

        @Override
        public void process(Exchange exchange) {
            exchange.getMessage().setBody(text);
        }
    }

    @Test
    void theStatusOfARouteIsThatOfAStreamToo() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http(EditedChain.CALL + "\n- setHeader: { name: CamelHttpResponseCode, constant: \"202\" }")
                .start(upstream)) {
            assertThat(chain.chat("x", true).status()).isEqualTo(202);
            assertThat(chain.chat("x", false).status()).isEqualTo(202);
        }
    }

    // Transforms

    @ParameterizedTest
    @CsvSource({"above, false", "above, true", "below, false", "below, true", "model, false", "model, true"})
    void whatIsPutInTheBodyIsWhatTheModelGets(String place, boolean stream) throws Exception {
        String change = "- setBody: { simple: \"call ann@example.com${exchangeProperty.none}\" }\n";
        String rest = EditedChain.REST;
        String chain =
                switch (place) {
                    case "above" -> change + rest;
                    case "below" -> rest.replace("- policy: { ref: failover }", change + "- policy: { ref: failover }");
                    default -> rest.replace("- toD", change + "- toD");
                };
        try (EditedChain edited = new EditedChain.Setup().chain(chain).start(upstream)) {
            String answer = stream ? streamed(edited, "original") : text(edited.chat("original", false));

            assertThat(asked()).hasSize(1);
            if (place.equals("above")) {
                assertThat(asked().get(0)).startsWith("call ").doesNotContain("ann@example.com");
            } else {
                assertThat(asked()).containsExactly("call ann@example.com"); // its author's concern
            }
            assertThat(answer).isEqualTo("re: call ann@example.com");
            assertThat(upstream.lastRequest().json().path("stream").asBoolean()).isEqualTo(stream);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- setBody: { constant: 'by hand' }",
                "- transform: { expression: { constant: 'by hand' } }",
                "- bean: { beanType: io.github.camelllm.ingress.RearrangedChainTest$ByHand }",
                "- enrich: { expression: { constant: 'direct:by-hand' } }"
            })
    void anOwnAnswerGoesOutInTheClientsDialectAndForm(String change) throws Exception {
        for (String lines : List.of(EditedChain.CALL + "\n" + change, change)) {
            try (EditedChain chain = new EditedChain.Setup()
                    .http(lines)
                    .more(EditedChain.route("direct:by-hand", "- setBody: { constant: 'by hand' }"))
                    .start(upstream)) {
                assertThat(text(chain.chat("x", false))).isEqualTo("by hand");
                assertThat(streamed(chain, "x")).isEqualTo("by hand");
                RawResponse message = RawClient.post(
                        chain.port(),
                        "/v1/messages",
                        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
                assertThat(message.json().at("/content/0/text").asText()).isEqualTo("by hand");
                assertThat(message.json().path("type").asText()).isEqualTo("message");
            }
        }
    }

    /** As an application may have one. */
    public static final class ByHand {
        public String say(Object body) {
            return "by hand";
        }
    }

    @Test
    void aStepSeesWhatARouteAnswersBelowIt() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .chain("- policy: { ref: redact }\n- setBody: { jsonpath: { expression: \"$.messages[1].content\" } }\n"
                        + "- process: { ref: answer }")
                .more(
                        "- beans:\n    - { name: answer, type: io.github.camelllm.ingress.RearrangedChainTest$Repeats }\n")
                .start(upstream)) {
            assertThat(text(chain.chat("mail ann@example.com", false))).isEqualTo("mail ann@example.com");
        }
    }

    /** Answers with what the body is. */
    public static final class Repeats implements org.apache.camel.Processor {
        @Override
        public void process(Exchange exchange) {
            exchange.getMessage().setBody(exchange.getMessage().getBody(String.class));
        }
    }

    // Headers

    @Test
    void headersAreTheClientsAndTheRoutes() throws Exception {
        upstream.always(request -> Reply.json(200, ChatScript.of("a").json())
                .header("Set-Cookie", "provider")
                .header("X-Provider", "secret"));
        try (EditedChain chain = new EditedChain.Setup()
                .chain("- setHeader: { name: X-Route, simple: \"team ${header.x-team}\" }\n" + EditedChain.REST)
                .http(EditedChain.CALL + "\n- setHeader: { name: X-Seen, simple: \"${header.X-Team} ${header.X-Route}"
                        + " ${header.Set-Cookie} ${header.X-Provider} ${header.Authorization}\" }")
                .start(upstream)) {
            RawResponse response = chain.chat("x", false, "X-Team: a", "Cookie: mine", "Authorization: Bearer none");

            assertThat(response.header("X-Seen").strip()).isEqualTo("a team a");
            assertThat(response.header("X-Route")).isEqualTo("team a");
            assertThat(response.header("X-Team")).as("not sent back").isNull();
            assertThat(response.header("X-Provider")).isNull();
            assertThat(upstream.lastRequest().header("X-Team")).isNull();
            assertThat(upstream.lastRequest().header("X-Route")).isNull();
            assertThat(upstream.lastRequest().header("Cookie")).isNull();
        }
    }

    // Errors

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "throwException: { exceptionType: io.github.camelllm.problem.Problem, message: 'user_rate_limited: Come back tomorrow.' } | 429 | user_rate_limited | Come back tomorrow.",
                "throwException: { exceptionType: io.github.camelllm.problem.Problem, message: '403: Not for you.' } | 403 | model_not_allowed | Not for you.",
                "throwException: { exceptionType: io.github.camelllm.problem.Problem, message: 'No code: secret' } | 500 | internal_error | No code: secret",
                "throwException: { exceptionType: java.lang.IllegalStateException, message: secret } | 500 | internal_error | The gateway failed",
                "validate: { simple: '${header.X-Team} == 1' } | 400 | invalid_request | does not hold to a rule",
                "convertBodyTo: { type: java.lang.Integer } | 400 | invalid_request | not of the kind",
                "throwException: { exceptionType: java.util.concurrent.RejectedExecutionException, message: secret } | 503 | overloaded | try again",
            })
    void aFailureSaysWhatItsExceptionMeans(String line, int status, String code, String message) throws Exception {
        for (boolean inChain : new boolean[] {false, true}) {
            EditedChain.Setup setup = new EditedChain.Setup();
            setup = inChain
                    ? setup.chain("- " + line + "\n" + EditedChain.REST)
                    : setup.http("- " + line + "\n" + EditedChain.CALL);
            try (EditedChain chain = setup.start(upstream)) {
                RawResponse response = chain.chat("x", inChain);

                assertThat(response.status()).as(response.text()).isEqualTo(status);
                assertThat(response.json().at("/error/code").asText()).isEqualTo(code);
                assertThat(response.json().at("/error/message").asText()).contains(message);
            }
        }
    }

    @Test
    void aStatusThatTheRouteHasSetIsThatOfItsFailure() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http("- setHeader: { name: CamelHttpResponseCode, constant: \"402\" }\n"
                        + "- throwException: { exceptionType: java.lang.IllegalStateException, message: secret }")
                .start(upstream)) {
            RawResponse response = chain.chat("x", false);

            assertThat(response.status()).isEqualTo(402);
            assertThat(response.text()).doesNotContain("secret");
        }
    }

    @Test
    void aThrottleThatRejectsIsARateLimit() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http(
                        "- throttle: { expression: { constant: \"1\" }, timePeriodMillis: \"60000\", rejectExecution: true,"
                                + " correlationExpression: { simple: \"${header.X-Team}\" } }\n" + EditedChain.CALL)
                .start(upstream)) {
            assertThat(chain.chat("x", false, "X-Team: a").status()).isEqualTo(200);
            RawResponse refused = chain.chat("x", false, "X-Team: a");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.json().at("/error/code").asText()).isEqualTo("global_rate_limited");
            assertThat(refused.header("Retry-After")).isNotNull();
            assertThat(chain.chat("x", true, "X-Team: b").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deadLetterChannel: { deadLetterUri: direct:dead, useOriginalMessage: false }",
                "defaultErrorHandler: {}"
            })
    void failoverWorksWhateverErrorHandlerStandsOutside(String handler) throws Exception {
        upstream.next(
                Reply.error(500),
                Reply.error(500),
                Reply.json(200, ChatScript.of("second").json()));
        List<Exchange> dead = java.util.Collections.synchronizedList(new ArrayList<>());
        String route =
                "- route:\n    errorHandler: { " + handler + " }\n    from:\n      uri: direct:handled\n      steps:\n"
                        + ("- policy: { ref: account }\n" + EditedChain.REST).indent(8);
        try (EditedChain chain = new EditedChain.Setup()
                .http("- to: { uri: direct:handled }")
                .more(route + EditedChain.route("direct:dead", "- process: { ref: dead }")
                        + "- beans:\n    - { name: dead, type: io.github.camelllm.ingress.RearrangedChainTest$Dead }\n")
                .start(upstream)) {
            chain.context().getRegistry().lookupByNameAndType("dead", Dead.class).into = dead;
            assertThat(text(chain.chat("x", false))).isEqualTo("second");
            assertThat(dead).isEmpty();

            upstream.always(Reply.error(500));
            RawResponse failed = chain.chat("mail ann@example.com", false);
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.json().at("/error/code").asText()).isEqualTo("upstream_error");
            if (handler.startsWith("dead")) {
                assertThat(dead).hasSize(1);
                assertThat(dead.get(0).getMessage().getBody(String.class)).contains("mail ann@example.com");
                assertThat(dead.get(0).getProperties())
                        .containsEntry("CamelLlmErrorCode", "upstream_error")
                        .containsEntry("CamelLlmErrorStatus", 502)
                        .containsKey("CamelLlmAttempts");
            }
        }
    }

    /** Where dead letters go. */
    public static final class Dead implements org.apache.camel.Processor {
        private List<Exchange> into;

        @Override
        public void process(Exchange exchange) {
            into.add(exchange.copy());
        }
    }

    @Test
    void onExceptionMayAnswer() throws Exception {
        upstream.always(Reply.error(500));
        String route =
                "- route:\n    errorHandler: { defaultErrorHandler: {} }\n    from:\n      uri: direct:handled\n      steps:\n"
                        + "        - doTry:\n            steps:\n              - to: { uri: direct:llm-chat }\n            doCatch:\n"
                        + "              - exception: [ io.github.camelllm.problem.Problem ]\n                steps:\n"
                        + "                  - setBody: { simple: \"sorry: ${exchangeProperty.CamelLlmErrorCode}\" }\n";
        try (EditedChain chain = new EditedChain.Setup()
                .http("- to: { uri: direct:handled }")
                .more(route)
                .start(upstream)) {
            assertThat(text(chain.chat("x", false))).isEqualTo("sorry: upstream_error");
            assertThat(streamed(chain, "x")).isEqualTo("sorry: upstream_error");
        }
    }

    @Test
    void aCircuitBreakerOfTheRouteHasAFallback() throws Exception {
        upstream.always(Reply.error(500));
        try (EditedChain chain = new EditedChain.Setup()
                .http(
                        "- circuitBreaker:\n    steps:\n      - to: { uri: direct:llm-chat }\n    onFallback:\n      steps:\n"
                                + "        - setBody: { constant: \"later\" }")
                .start(upstream)) {
            assertThat(text(chain.chat("x", false))).isEqualTo("later");
            assertThat(streamed(chain, "x")).isEqualTo("later");
        }
    }

    // Steps that act sometimes

    @Test
    void aStepActsWhenItsConditionHolds() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .chain(EditedChain.REST.replace("ref: redact", "ref: redactSales"))
                .more(
                        "- beans:\n    - name: redactSales\n      type: io.github.camelllm.privacy.Redact\n      properties:\n"
                                + "        file: config/privacy.yaml\n        when: \"${header.X-Team} == 'sales'\"\n")
                .start(upstream)) {
            chain.chat("ann@example.com", false, "X-Team: sales");
            chain.chat("ann@example.com", true, "X-Team: other");
            chain.chat("ann@example.com", false);

            assertThat(asked()).element(0).asString().doesNotContain("ann@example.com");
            assertThat(asked().subList(1, 3)).containsOnly("ann@example.com");
        }
    }

    @Test
    void aStepThatIsTheLastLineOfABranchIsRefusedWithAWayOut() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new EditedChain.Setup()
                        .chain("- choice:\n    when:\n      - simple: \"${header.X-Team} == 'sales'\"\n        steps:\n"
                                + "          - policy: { ref: redact }\n" + EditedChain.REST)
                        .start(upstream))
                .hasStackTraceContaining("policy 'redact' is the last line of its list")
                .hasStackTraceContaining("when:");
    }

    private static String streamed(EditedChain chain, String said) throws Exception {
        RawResponse response = chain.chat(said, true);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.header("Content-Type")).startsWith("text/event-stream");
        assertThat(response.text()).endsWith("data: [DONE]\n\n");
        StringBuilder text = new StringBuilder();
        for (String line : response.text().split("\n")) {
            if (line.startsWith("data: {")) {
                text.append(Json.read(line.substring(6).getBytes(StandardCharsets.UTF_8))
                        .at("/choices/0/delta/content")
                        .asText(""));
            }
        }
        return text.toString();
    }
}
