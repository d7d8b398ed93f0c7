package io.github.camelllm.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Redaction;
import io.github.camelllm.call.Replay;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ManualTicker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The step in a route: what the model sees, and what the client gets. */
class RedactTest {

    private static final String ASK =
            "{'messages':[{'role':'user','content':'I am ann@example.org, write to bob@example.org'}]}";

    @TempDir
    Path config;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Redact redact = new Redact();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger asked = new AtomicInteger();
    private JsonNode seen;
    private String classification;
    private ObjectNode said = message("I write to <EMAIL_2> for <EMAIL_1>.");
    private int cut = 3;
    private Operation operation = Operation.CHAT;
    private UnaryOperator<ObjectNode> dialect;
    private Processor analyzer = exchange -> exchange.getMessage().setBody("[]");

    private record Outcome(Call call, ObjectNode message, List<String> events, Exception failure) {

        String text() {
            return message.path("content").asText();
        }
    }

    @BeforeEach
    void bind() {
        redact.setConfigDir(config.toString());
        redact.bindTo(meters);
        context.getRegistry().bind("ticker", new ManualTicker());
        context.getRegistry().bind("redact", redact);
        context.getRegistry().bind("client", new Client());
        context.getRegistry().bind("model", (Processor) this::answer);
        context.getRegistry().bind("analyzer", (Processor) exchange -> analyzer.process(exchange));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private static ObjectNode message(String text) {
        return Json.object().put("role", "assistant").put("content", text);
    }

    private static ObjectNode toolCall(String arguments) {
        ObjectNode message = Json.object().put("role", "assistant");
        message.putArray("tool_calls")
                .addObject()
                .put("id", "t1")
                .put("type", "function")
                .putObject("function")
                .put("name", "send")
                .put("arguments", arguments);
        return message;
    }

    private void start() throws Exception {
        if (!context.isStarted()) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(
                            ResourceHelper.fromString(
                                    "test.camel.yaml",
                                    """
                            - errorHandler:
                                noErrorHandler: {}
                            - route:
                                from:
                                  uri: direct:in
                                  steps:
                                    - policy: { ref: client }
                                    - policy: { ref: redact }
                                    - choice:
                                        when:
                                          - simple: "${exchangeProperty.llm.classification} == 'restricted'"
                                            steps:
                                              - setProperty: { name: llm.chain, constant: local }
                                    - process: { ref: model }
                            - route:
                                from:
                                  uri: direct:analyzer
                                  steps:
                                    - process: { ref: analyzer }
                            """));
            context.start();
        }
    }

    private void rules(String yaml) throws Exception {
        Files.writeString(config.resolve("privacy.yaml"), yaml + "\n");
    }

    private Outcome ask(String json) throws Exception {
        start();
        Call call = new Call(
                Calls.ticker(context),
                operation,
                new CallHeaders(),
                null,
                new Request(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dialect));
        call.identify(new Identity("k", "acme", "ann", "t", "free", Set.of()));
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        Exchange done = context.createProducerTemplate().send("direct:in", exchange);
        @SuppressWarnings("unchecked")
        List<String> events = done.getProperty("events", List.of(), List.class);
        return new Outcome(
                call, done.getProperty("message", Json.object(), ObjectNode.class), events, done.getException());
    }

    /** Reads an answer to its end, as whatever is above all does. */
    private static final class Client extends Step {
        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            next.proceed();
            Object body = exchange.getMessage().getBody();
            if (body instanceof Answer answer) {
                exchange.setProperty("message", answer.tree().at("/choices/0/message"));
            } else if (body instanceof TokenStream stream) {
                List<String> events = new ArrayList<>();
                StringBuilder text = new StringBuilder();
                StringBuilder arguments = new StringBuilder();
                try (stream) {
                    for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                        JsonNode delta = event.json().at("/choices/0/delta");
                        events.add(delta.toString());
                        text.append(delta.path("content").asText(""));
                        arguments.append(
                                delta.at("/tool_calls/0/function/arguments").asText(""));
                    }
                }
                ObjectNode message = message(text.toString()).put("arguments", arguments.toString());
                exchange.setProperty("message", message);
                exchange.setProperty("events", events);
            }
        }
    }

    private void answer(Exchange exchange) {
        Call call = Calls.of(exchange);
        asked.incrementAndGet();
        seen = call.getRequest().tree().deepCopy();
        classification = exchange.getProperty(Calls.CLASSIFICATION, String.class);
        call.chain(List.of(exchange.getProperty(Calls.CHAIN, "far", String.class)));
        ObjectNode whole = Completion.whole(call, "m", said.deepCopy(), "stop", Usage.NONE);
        if (!call.isStream()) {
            exchange.getMessage().setBody(new Answer(Json.write(whole), whole));
            return;
        }
        List<StreamEvent> pieces = new ArrayList<>();
        TokenStream replay = Replay.of(whole, false);
        for (StreamEvent event = replay.next(); event != null; event = replay.next()) {
            split(event, pieces);
        }
        exchange.getMessage().setBody(TokenStream.of(pieces));
    }

    /** An event of the replay as several, with a few characters each. */
    private void split(StreamEvent event, List<StreamEvent> pieces) {
        for (String path : List.of("/choices/0/delta", "/choices/0/delta/tool_calls/0/function")) {
            for (String field : List.of("content", "arguments")) {
                String text = event.json().at(path).path(field).asText("");
                for (int at = 0; at < text.length(); at += cut) {
                    JsonNode piece = event.json().deepCopy();
                    ((ObjectNode) piece.at(path)).put(field, text.substring(at, Math.min(text.length(), at + cut)));
                    pieces.add(new StreamEvent(piece));
                }
                if (!text.isEmpty()) {
                    return;
                }
            }
        }
        pieces.add(event);
    }

    private static String streamed(String json) {
        return json.replaceFirst("\\{", "{'stream':true,");
    }

    @Test
    void theModelSeesPlaceholdersAndTheClientValues() throws Exception {
        Outcome outcome = ask(ASK);
        assertThat(outcome.failure()).isNull();
        assertThat(seen.at("/messages/0/role").asText()).isEqualTo("system");
        assertThat(seen.at("/messages/0/content").asText()).contains("placeholders");
        assertThat(seen.at("/messages/1/content").asText()).isEqualTo("I am <EMAIL_1>, write to <EMAIL_2>");
        assertThat(outcome.text()).isEqualTo("I write to bob@example.org for ann@example.org.");
        assertThat(outcome.call().isRedacted()).isTrue();
        assertThat(outcome.call().personalAnswer().isGiven()).isFalse();
        assertThat(outcome.call().getRedactions())
                .containsExactly(new Redaction("EMAIL_ADDRESS", "request", "pseudonym", 2));
        assertThat(meters.get("llm.redactions")
                        .tags("type", "EMAIL_ADDRESS", "direction", "request", "action", "pseudonym")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void whatMayBeOfAHiddenTypeDoesNotLeaveAsAReportedOne() throws Exception {
        said = message("I will call <PHONE_1>.");
        for (String asked : List.of(
                "{'messages':[{'role':'user','content':'call me on 16 046 411 671'}]}",
                "{'messages':[{'role':'user','content':[{'type':'text','text':'call me on 16 046 411 671'}]}]}")) {
            for (String json : List.of(asked, streamed(asked))) {
                Outcome outcome = ask(json);
                assertThat(seen.toString()).contains("call me on <PHONE_1>").doesNotContain("411 671");
                assertThat(outcome.text()).isEqualTo("I will call 16 046 411 671.");
                assertThat(outcome.call().getRedactions())
                        .containsExactly(new Redaction("PHONE_NUMBER", "request", "pseudonym", 1));
            }
        }
    }

    @Test
    void inAnswersTooWhatMayBeOfAMaskedTypeDoesNotPassAsAReportedOne() throws Exception {
        rules("types: { PHONE_NUMBER: { answer: mask }, AU_ABN: { answer: report } }");
        said = message("Call them on 16 046 411 671, I think.");
        for (String json : List.of(
                "{'messages':[{'role':'user','content':'Whose?'}]}",
                "{'stream':true,'messages':[{'role':'user','content':'Whose?'}]}")) {
            assertThat(ask(json).text()).isEqualTo("Call them on ** *** **1 671, I think.");
        }
    }

    @Test
    void whatTheAnalyzerHidesIsHiddenThoughABuiltInTypeIsOnlyReported() throws Exception {
        redact.setAnalyzer("direct:analyzer");
        rules("types: { PHONE_NUMBER: { off: true }, KR_BRN: { request: report }, CASE_FILE: { external: true } }");
        analyzer = exchange -> exchange.getMessage()
                .setBody("[{'entity_type':'CASE_FILE','start':9,'end':21,'score':0.6}]".replace('\'', '"'));
        ask("{'messages':[{'role':'user','content':'my BRN is 220-81-62517.'}]}");
        assertThat(seen.toString()).contains("<CASE_FILE_1>").doesNotContain("62517");
    }

    @Test
    void aTypeOfOnesOwnThatIsAllowedIsAnException() throws Exception {
        rules("types: { TICKET: { request: allow } }\n"
                + "patterns: [{ type: TICKET, regex: '16 \\d{3} \\d{3} \\d{3}', score: 0.9 }]");
        ask("{'messages':[{'role':'user','content':'call me on 16 046 411 671'}]}");
        assertThat(seen.toString()).contains("16 046 411 671");
    }

    @Test
    void leavesACleanCallAlone() throws Exception {
        said = message("Four.");
        Outcome outcome = ask("{'messages':[{'role':'user','content':'What is two and two?'}]}");
        assertThat(seen).hasToString("{\"messages\":[{\"role\":\"user\",\"content\":\"What is two and two?\"}]}");
        assertThat(outcome.text()).isEqualTo("Four.");
        assertThat(outcome.call().isRedacted()).isFalse();
        assertThat(outcome.call().getRedactions()).isEmpty();
        assertThat(classification).isEqualTo("public");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "5", "7", "100"})
    void streamsCutAnywhereGiveTheSame(int size) throws Exception {
        cut = size;
        Outcome outcome = ask(streamed(ASK));
        assertThat(outcome.text()).isEqualTo("I write to bob@example.org for ann@example.org.");
        assertThat(outcome.events().get(outcome.events().size() - 1)).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource({"1", "4", "100"})
    void valuesComeBackInArgumentsOfTools(int size) throws Exception {
        cut = size;
        said = toolCall("{\"to\": \"\\u003cEMAIL_2\\u003e\", \"cc\": [\"<email_1>\", \"eve@example.net\"]}");
        String expected = "{\"to\": \"bob@example.org\", \"cc\": [\"ann@example.org\", \"eve@example.net\"]}";
        assertThat(ask(ASK).message().at("/tool_calls/0/function/arguments").asText())
                .isEqualTo(expected);
        assertThat(ask(streamed(ASK)).message().path("arguments").asText()).isEqualTo(expected);
    }

    @Test
    void whatIsNewInAnAnswerIsMaskedAndMayNotBeCached() throws Exception {
        Files.writeString(config.resolve("privacy.yaml"), "types: { CREDIT_CARD: { answer: mask } }\n");
        said = message("Her card is 4111 1111 1111 1111, mail eve@example.net");
        for (String json : List.of(ASK, streamed(ASK))) {
            Outcome outcome = ask(json);
            assertThat(outcome.text()).isEqualTo("Her card is **** **** **** 1111, mail eve@example.net");
            assertThat(outcome.call().personalAnswer().isGiven()).isTrue();
            assertThat(outcome.call().getRedactions())
                    .contains(
                            new Redaction("CREDIT_CARD", "answer", "mask", 1),
                            new Redaction("EMAIL_ADDRESS", "answer", "report", 1));
        }
    }

    @Test
    void answersThatAreOnlyLookedAtPassAsTheyCome() throws Exception {
        said = message("Her card is 4111 1111 1111 1111, mail eve@example.net");
        cut = 2;
        Outcome outcome = ask(streamed("{'messages':[{'role':'user','content':'hello'}]}"));
        assertThat(outcome.events()).contains("{\"content\":\"He\"}", "{\"content\":\"41\"}");
        assertThat(outcome.call().getRedactions())
                .containsExactly(
                        new Redaction("CREDIT_CARD", "answer", "report", 1),
                        new Redaction("EMAIL_ADDRESS", "answer", "report", 1));
        assertThat(outcome.call().personalAnswer().isGiven()).isTrue();
    }

    @Test
    void whatMustNotBeGivenEndsAnAnswer() throws Exception {
        Files.writeString(config.resolve("privacy.yaml"), "types: { CREDIT_CARD: { answer: block } }\n");
        said = message("Her card is 4111 1111 1111 1111.");
        for (String json : List.of(ASK, streamed(ASK))) {
            assertThat(ask(json).failure()).isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem)
                    .hasToString("sensitive_data: The answer holds a CREDIT_CARD, which this gateway does not give."));
        }
    }

    @Test
    void whatMustNotBeSentReachesNoModel() throws Exception {
        Files.writeString(config.resolve("privacy.yaml"), "types: { EMAIL_ADDRESS: { request: block } }\n");
        Outcome outcome = ask(ASK);
        assertThat(outcome.failure()).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.SENSITIVE_DATA);
            assertThat(problem.toString() + problem.param()).doesNotContain("ann@");
        });
        assertThat(asked).hasValue(0);
        assertThat(outcome.call().isWithheld()).isTrue();
    }

    @Test
    void routesCanGoByWhatWasFound() throws Exception {
        assertThat(ask(ASK).call().getChain()).containsExactly("far");
        assertThat(classification).isEqualTo("confidential");
        Outcome outcome = ask("{'messages':[{'role':'user','content':'my SSN is 536-90-4399'}]}");
        assertThat(classification).isEqualTo("restricted");
        assertThat(outcome.call().getChain()).containsExactly("local");
    }

    @Test
    void textsToEmbedAreNotPutBack() throws Exception {
        operation = Operation.EMBEDDINGS;
        ask("{'input':['mail ann@example.org']}");
        assertThat(seen).hasToString("{\"input\":[\"mail <EMAIL>\"]}");
    }

    @Test
    void anAnalyzerFindsMoreAndItsPlacesAreCodePoints() throws Exception {
        redact.setAnalyzer("direct:analyzer");
        List<String> questions = new ArrayList<>();
        analyzer = exchange -> {
            questions.add(exchange.getMessage().getBody(String.class));
            exchange.getMessage()
                    .setBody("[{\"entity_type\":\"PERSON\",\"start\":2,\"end\":10,\"score\":0.85},"
                            + "{\"entity_type\":\"PERSON\",\"start\":14,\"end\":29,\"score\":0.9},"
                            + "{\"entity_type\":\"LOCATION\",\"start\":11,\"end\":13,\"score\":0.2}]");
        };
        said = message("Hello <PERSON_1>");
        Outcome outcome = ask("{'messages':[{'role':'user','content':'😀 Ann Beth at ann@example.org'}]}");
        assertThat(questions).hasSize(1);
        assertThat(Json.read(questions.get(0).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Json.object()
                        .put("text", "😀 Ann Beth at ann@example.org\n\n")
                        .put("language", "en"));
        assertThat(seen.at("/messages/1/content").asText()).isEqualTo("😀 <PERSON_1> at <EMAIL_1>");
        assertThat(outcome.text()).isEqualTo("Hello Ann Beth");
    }

    @ParameterizedTest
    @CsvSource({
        "down, upstream_error",
        "slow, upstream_timeout",
        "'no json', upstream_error",
        "'{}', upstream_error",
        "'[{}]', upstream_error",
        "'[{\"entity_type\":\"P\",\"start\":5,\"end\":900,\"score\":1}]', upstream_error"
    })
    void anAnalyzerThatDoesNotAnswerDoesWhatIsSet(String how, String code) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        analyzer = exchange -> {
            if (how.equals("down")) {
                throw new java.net.ConnectException("ann@example.org");
            }
            if (how.equals("slow")) {
                never.await();
            }
            exchange.getMessage().setBody(how);
        };
        redact.setAnalyzer("direct:analyzer");
        redact.setAnalyzerTimeout(Duration.ofMillis(how.equals("slow") ? 50 : 5000));
        Outcome refused = ask(ASK);
        assertThat(refused.failure()).isInstanceOfSatisfying(Problem.class, problem -> assertThat(
                        problem.code().code())
                .isEqualTo(code));
        assertThat(asked).hasValue(0);
        assertThat(refused.failure().toString()).doesNotContain("ann@");
        context.stop();
        never.countDown();
    }

    /** The 257th question waits for its turn, and a question that is given up gives its place back. */
    @Test
    void moreCallsThanTheAnalyzerTakesAtOnceWait() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        Semaphore arrived = new Semaphore(0);
        analyzer = exchange -> {
            arrived.release();
            gate.await();
            exchange.getMessage().setBody("[]");
        };
        start();
        PrivacySettings settings =
                new PrivacySettings(config, new Keys(""), "direct:analyzer", "en", Duration.ofSeconds(30), true, 0.5);
        ExecutorService callers = Executors.newFixedThreadPool(257);
        try (EndpointAnalyzer many = new EndpointAnalyzer(context, settings)) {
            List<Future<?>> answers = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                answers.add(callers.submit(() -> many.find(List.of("x"))));
            }
            assertThat(arrived.tryAcquire(256, 30, TimeUnit.SECONDS)).isTrue();
            AtomicReference<Thread> last = new AtomicReference<>();
            Future<?> one = callers.submit(() -> {
                last.set(Thread.currentThread());
                return many.find(List.of("x"));
            });
            Await.until(
                    Duration.ofSeconds(30),
                    "the last question waits",
                    () -> one.isDone() || last.get() != null && last.get().getState() == Thread.State.TIMED_WAITING);
            gate.countDown();
            answers.add(one);
            for (Future<?> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(List.of(List.of()));
            }
        } finally {
            gate.countDown();
            callers.shutdownNow();
        }
    }

    @Test
    void callsMayGoOnWithoutAnAnalyzer() throws Exception {
        analyzer = exchange -> {
            throw new java.net.ConnectException("refused");
        };
        redact.setAnalyzer("direct:analyzer");
        redact.setAnalyzerDown("pass");
        Outcome outcome = ask(ASK);
        assertThat(outcome.failure()).isNull();
        assertThat(seen.at("/messages/1/content").asText()).isEqualTo("I am <EMAIL_1>, write to <EMAIL_2>");
        assertThat(outcome.call().getWarnings()).containsExactly("sent without the analyzer's look at it");
        assertThat(outcome.call().getRedactions())
                .containsExactly(new Redaction("EMAIL_ADDRESS", "request", "pseudonym", 2));
        assertThat(meters.get("llm.analyzer.failures")
                        .tag("how", "failed")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aWrongSettingOrFileStopsTheStart() throws Exception {
        redact.setAnalyzerDown("maybe");
        assertThatThrownBy(this::start)
                .hasStackTraceContaining("redact.analyzerDown is 'maybe'; refuse and pass are allowed");
    }

    @Test
    void aBrokenFileStopsTheStart() throws Exception {
        Files.writeString(config.resolve("privacy.yaml"), "types:\n  EMAIL_ADRESS: { request: mask }\n");
        assertThatThrownBy(this::start).hasStackTraceContaining("did you mean EMAIL_ADDRESS?");
    }

    /** Anthropic's clients get thinking with a signature over it, and send both back: as the model wrote it. */
    @Test
    void thinkingThatAnthropicSignsStaysAsItIs() throws Exception {
        said = message("To <EMAIL_1>").put("reasoning_content", "It is <EMAIL_1>, 4111 1111 1111 1111.");
        Files.writeString(config.resolve("privacy.yaml"), "default: { answer: mask }\n");
        assertThat(ask(ASK).message().path("reasoning_content").asText())
                .isEqualTo("It is ann@example.org, **** **** **** 1111.");
        dialect = tree -> tree;
        assertThat(ask(ASK).message().path("reasoning_content").asText())
                .isEqualTo("It is <EMAIL_1>, 4111 1111 1111 1111.");
        assertThat(ask(ASK).text()).isEqualTo("To ann@example.org");
        cut = 99;
        Outcome streamed = ask(streamed(ASK));
        assertThat(streamed.text()).isEqualTo("To ann@example.org");
        assertThat(thoughts(streamed)).isEqualTo("It is <EMAIL_1>, 4111 1111 1111 1111.");
    }

    private static String thoughts(Outcome streamed) throws Exception {
        StringBuilder thoughts = new StringBuilder();
        for (String event : streamed.events()) {
            thoughts.append(Json.read(event.getBytes(StandardCharsets.UTF_8))
                    .path("reasoning_content")
                    .asText(""));
        }
        return thoughts.toString();
    }
}
