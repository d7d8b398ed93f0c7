package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped template {@code openai} as a whole, against an upstream on a real socket. */
@Timeout(60)
class OpenAiRouteTest {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi'}]}";
    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi'}]}";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private FakeUpstream upstream;
    private ModelRoutes routes;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (routes != null) {
            routes.close();
        }
        threads.shutdownNow();
        upstream.close();
    }

    private void start(String... namesAndValues) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("baseUrl", upstream.baseUrl().toString());
        parameters.put("key", "sk-upstream");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        routes = ModelRoutes.start(parameters);
    }

    @Test
    void sendsTheHeadersThatAreMeantAndNoOthers() throws Exception {
        start();
        Call call = Tries.chat(PLAIN);
        Map<String, Object> spoofed = new HashMap<>();
        spoofed.put("Authorization", "Bearer client");
        spoofed.put("Cookie", "a=b");
        spoofed.put("X-Forwarded-For", "1.2.3.4");
        spoofed.put("CamelHttpUri", "http://127.0.0.1:1/evil");
        spoofed.put("CamelHttpPath", "/evil");
        spoofed.put("CamelHttpQuery", "evil=1");
        spoofed.put("CamelHttpMethod", "DELETE");
        spoofed.put("CamelHttpProtocolVersion", "HTTP/1.0");
        spoofed.put("CamelRestHttpUri", "http://127.0.0.1:1/evil");

        routes.ask("m", call, body -> {}, spoofed);

        Received request = upstream.lastRequest();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/v1/chat/completions");
        assertThat(request.headerNames())
                .containsExactlyInAnyOrder(
                        "accept",
                        "authorization",
                        "content-type",
                        "traceparent",
                        "content-length",
                        "host",
                        "connection",
                        "user-agent");
        assertThat(request.header("Authorization")).isEqualTo("Bearer sk-upstream");
        assertThat(request.header("Content-Type")).isEqualTo("application/json");
        assertThat(request.header("Accept")).isEqualTo("application/json");
        assertThat(request.header("Connection")).isEqualTo("keep-alive");
        assertThat(request.header("User-Agent")).isEqualTo("camel-llm-gateway");
        assertThat(request.header("traceparent")).isEqualTo(call.getTrace().traceparent());
        assertThat(request.text()).isEqualTo("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    }

    @Test
    void asksForAStreamAsAStream() throws Exception {
        start("upstreamModel", "gpt-real", "path", "/openai/chat?api-version=1");

        routes.ask(Tries.chat(STREAM));

        Received request = upstream.lastRequest();
        assertThat(request.target()).isEqualTo("/v1/openai/chat?api-version=1");
        assertThat(request.header("Accept")).isEqualTo("text/event-stream");
        assertThat(request.json().path("model").asText()).isEqualTo("gpt-real");
        assertThat(request.json().at("/stream_options/include_usage").asBoolean())
                .isTrue();
    }

    @Test
    void letsNoHeaderOfTheProviderPass() throws Exception {
        start();
        upstream.next(Reply.json(200, ChatScript.of("a").json())
                .header("Set-Cookie", "a=b")
                .header("X-Internal", "host-7")
                .header("CamelHttpResponseCode", "418")
                .header("CamelFileName", "/etc/passwd"));

        Exchange done = routes.ask(Tries.chat(PLAIN));

        assertThat(done.getMessage().getHeaders()).containsOnlyKeys("model"); // which the route itself has set
        assertThat(done.getMessage().getBody()).isInstanceOf(Answer.class);
    }

    @Test
    void believesTheStatusLineAndNoHeader() throws Exception {
        start();
        upstream.next(Reply.error(500).header("CamelHttpResponseCode", "200"));

        assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
    }

    @Test
    void keepsNoCookies() throws Exception {
        start();
        upstream.next(Reply.json(200, ChatScript.of("a").json()).header("Set-Cookie", "a=b; Path=/"));
        routes.ask(Tries.chat(PLAIN));

        routes.ask(Tries.chat(PLAIN));

        assertThat(upstream.lastRequest().header("Cookie")).isNull();
    }

    @Test
    void followsNoRedirect() throws Exception {
        start();
        upstream.next(Reply.of(302, null, new byte[0])
                .header("Location", upstream.baseUrl().resolve("/elsewhere").toString()));

        assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(upstream.received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void sendsARefusedRequestOnce(int status) throws Exception {
        start();
        upstream.always(Reply.error(status).header("Retry-After", "1"));

        Problem problem = problem(Tries.chat(PLAIN));

        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(upstream.received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIN", "RST"})
    void sendsARequestOnceThoughTheConnectionBreaks(Cut cut) throws Exception {
        start();
        upstream.always(Reply.hangUp(cut));

        Problem problem = problem(Tries.chat(PLAIN));

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(problem).hasMessage("The provider of 'm' broke off the connection.");
        assertThat(upstream.received()).hasSize(1);
    }

    @Test
    void needsItsKey() throws Exception {
        start("key", "");

        Problem problem = problem(Tries.chat(PLAIN));

        assertThat(problem.code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(problem.detail()).contains("OPENAI_API_KEY is not set");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void needsNoKeyIfNoneIsNamed() throws Exception {
        start("key", "", "keyName", "");

        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
        assertThat(upstream.lastRequest().header("Authorization")).isNull();
    }

    @Test
    void recordsTheAttempt() throws Exception {
        start("provider", "acme");
        upstream.next(Reply.error(503));
        Call failed = Tries.chat(PLAIN);
        routes.ask(failed);
        Call answered = Tries.chat(PLAIN);
        routes.ask(answered);

        Attempt attempt = failed.attempt();
        assertThat(attempt.model()).isEqualTo("m");
        assertThat(attempt.provider()).isEqualTo("acme");
        assertThat(attempt.status()).isEqualTo(503);
        assertThat(attempt.problem().code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(attempt.waitedNanos()).isPositive();
        assertThat(answered.attempt().status()).isEqualTo(200);
        assertThat(answered.attempt().problem()).isNull();
        assertThat(answered.getUsage().estimated()).isFalse();
    }

    @Test
    void embeds() throws Exception {
        start("operation", "embeddings", "path", "/embeddings");

        Exchange done = routes.ask(Tries.call(Operation.EMBEDDINGS, "{'input':'a','model':'x'}"));

        assertThat(done.getMessage().getBody(Answer.class).tree().path("data")).hasSize(1);
    }

    @Test
    void theBreakerOpensOnFailuresOfTheModelAndKeepsCallsFromIt() throws Exception {
        start("minimumNumberOfCalls", "4", "slidingWindowSize", "4");
        upstream.always(Reply.error(500));
        for (int i = 0; i < 4; i++) {
            assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        }

        Problem problem = problem(Tries.chat(PLAIN));

        assertThat(problem.code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(problem.detail()).contains("circuit breaker open");
        assertThat(problem.retryAfter()).isPresent();
        assertThat(upstream.received()).hasSize(4);
    }

    @Test
    void theBreakerOpensOnStreamsThatBreakOffThoughAllBeginWellAndSomeAreWhole() throws Exception {
        start("minimumNumberOfCalls", "10", "slidingWindowSize", "20");
        for (int i = 0; i < 15; i++) {
            Sse sse = ChatScript.of("one ", "two").sse();
            upstream.next(Reply.sse(i % 4 == 0 ? sse : sse.cutAfter(2, Cut.FIN)));
            routes.ask(Tries.chat(STREAM));
        }

        assertThat(problem(Tries.chat(STREAM)).upstream()).contains(UpstreamFailure.CIRCUIT_OPEN);
    }

    @Test
    void theBreakerStaysClosedWhileFewStreamsBreakOff() throws Exception {
        start("minimumNumberOfCalls", "10", "slidingWindowSize", "20");
        for (int i = 0; i < 30; i++) {
            Sse sse = ChatScript.of("one ", "two").sse();
            upstream.next(Reply.sse(i % 4 == 0 ? sse.cutAfter(2, Cut.FIN) : sse));
            routes.ask(Tries.chat(STREAM));
        }

        assertThat(upstream.received()).hasSize(30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[{}]}",
                "{'choices':[{'index':0,'message':{'content':''},'finish_reason':null}]}",
                "{'choices':[{'index':0,'message':{'content':''},'finish_reason':'stop'}],'error':{'message':'x'}}",
                "{'choices':[{'index':0,'message':{'content':'a'},'finish_reason':'error'}]}"
            })
    void takesNoAnswerForWholeThatDoesNotSaySo(String answer) throws Exception {
        start();
        upstream.next(Reply.json(200, answer.replace('\'', '"')));

        assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413, 422, 429})
    void theBreakerCountsNoRefusalThatSpeaksNotAgainstTheModel(int status) throws Exception {
        start("minimumNumberOfCalls", "4", "slidingWindowSize", "4");
        upstream.always(Reply.error(status));
        for (int i = 0; i < 8; i++) {
            assertThat(problem(Tries.chat(PLAIN)).code()).isNotEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        }
        assertThat(upstream.received()).hasSize(8);
    }

    @Test
    void theBreakerCountsNoRequestThatCannotBeSent() throws Exception {
        start("minimumNumberOfCalls", "4", "slidingWindowSize", "4");
        for (int i = 0; i < 8; i++) {
            assertThat(problem(Tries.chat("[]")).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
    }

    /** Of ten calls five fail and five clients leave: were these counted as successes, half of the calls would go well. */
    @Test
    void theBreakerTakesNoClientThatLeavesForASuccess() throws Exception {
        start("minimumNumberOfCalls", "5", "slidingWindowSize", "10", "failureRateThreshold", "90");
        for (int i = 0; i < 5; i++) {
            upstream.reset().always(Reply.silence());
            Call left = Tries.chat(PLAIN);
            Future<Problem> asked = threads.submit(() -> problem(left));
            upstream.awaitRequest(PATIENCE);
            left.cancellation().cancel();
            assertThat(asked.get().code()).isEqualTo(ErrorCode.CLIENT_GONE);
            upstream.reset().always(Reply.error(500));
            assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.STATUS_500);
        }

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.CIRCUIT_OPEN);
    }

    @Test
    void theBreakerTakesNoCallWhoseOwnTimeIsUpForASuccess() throws Exception {
        start("minimumNumberOfCalls", "5", "slidingWindowSize", "10", "failureRateThreshold", "90");
        for (int i = 0; i < 5; i++) {
            upstream.reset().always(Reply.silence());
            Call hasty = Tries.chat(PLAIN);
            hasty.deadline(hasty.ticker().nanos() + Duration.ofMillis(50).toNanos());
            assertThat(problem(hasty).upstream()).contains(UpstreamFailure.DEADLINE);
            upstream.reset().always(Reply.error(500));
            assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.STATUS_500);
        }

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.CIRCUIT_OPEN);
    }

    private CircuitBreaker halfOpenBreaker() {
        CircuitBreaker breaker = routes.context().getRoute("llm-model-m").filter("*").stream()
                .filter(ResilienceProcessor.class::isInstance)
                .map(step -> ((ResilienceProcessor) step).getCircuitBreaker())
                .findFirst()
                .orElseThrow();
        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        return breaker;
    }

    /** Reads a stream that breaks off after so many other calls have gone well. */
    private void breakOffAfter(int others) {
        upstream.next(Reply.sse(ChatScript.of("one ", "two").sse().cutAfter(2, Cut.FIN)));
        routes.ask(Tries.chat(STREAM), body -> {
            try (TokenStream stream = (TokenStream) body) {
                for (int i = 0; i < others; i++) {
                    assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
                }
                Tries.drain(stream);
            }
        });
    }

    @Test
    void theBreakerOpensWhenTheStreamOfATrialBreaksOff() throws Exception {
        start("minimumNumberOfCalls", "4", "slidingWindowSize", "20", "permittedInHalfOpenState", "1");
        CircuitBreaker breaker = halfOpenBreaker();

        breakOffAfter(3);

        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void theBreakerStaysClosedWhenATrialsStreamBreaksOffLongAfter() throws Exception {
        start("minimumNumberOfCalls", "4", "slidingWindowSize", "20", "permittedInHalfOpenState", "1");
        CircuitBreaker breaker = halfOpenBreaker();

        breakOffAfter(8);

        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(breaker.getMetrics().getNumberOfFailedCalls())
                .as("it counts as any other does")
                .isEqualTo(2);
    }

    @Test
    void theBreakerTakesNoClientThatLeavesForAFailure() throws Exception {
        start("minimumNumberOfCalls", "2", "slidingWindowSize", "4");
        upstream.always(Reply.silence());
        for (int i = 0; i < 4; i++) {
            Call left = Tries.chat(PLAIN);
            Future<Problem> asked = threads.submit(() -> problem(left));
            upstream.awaitRequest(PATIENCE);
            left.cancellation().cancel();
            assertThat(asked.get().code()).isEqualTo(ErrorCode.CLIENT_GONE);
            upstream.reset().always(Reply.silence());
        }
        upstream.reset();

        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
    }

    @Test
    void theBreakerCountsNoClientThatLeaves() throws Exception {
        start("minimumNumberOfCalls", "2", "slidingWindowSize", "2");
        for (int i = 0; i < 3; i++) {
            Call call = Tries.chat(PLAIN);
            call.cancellation().cancel();
            assertThat(problem(call).code()).isEqualTo(ErrorCode.CLIENT_GONE);
        }
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
        assertThat(upstream.received())
                .as("nothing was sent for a client that was gone")
                .hasSize(1);
    }

    @Test
    void aLiveStreamOutlivesTheBreakersBlock() throws Exception {
        start();
        Gate gate = new Gate();
        upstream.next(Reply.sse(ChatScript.of("one ", "two").sse().gateBefore(2, gate)));
        List<String> events = new ArrayList<>();

        Exchange done = routes.ask(Tries.chat(STREAM), body -> {
            try (TokenStream stream = (TokenStream) body) {
                stream.next();
                stream.next();
                gate.awaitReached(PATIENCE);
                gate.open();
                events.addAll(Tries.drain(stream));
            }
        });

        assertThat(done.getException()).isNull();
        assertThat(events).hasSize(2).first().asString().contains("two");
    }

    @Test
    void closingAStreamEndsTheUpstreamsWorkAtOnce() throws Exception {
        start();
        Gate never = new Gate();
        upstream.always(Reply.sse(ChatScript.of("one ", "two").sse().gateBefore(2, never)));
        Call call = Tries.chat(STREAM);

        Exchange done = routes.ask(call, body -> {
            TokenStream stream = (TokenStream) body;
            stream.next();
            stream.next();
            Future<?> reading = threads.submit(() -> stream.next());
            never.awaitReached(PATIENCE);
            stream.close(); // from another thread than the one that reads
            assertThatThrownBy(() -> reading.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
            upstream.lastRequest().awaitClientClosed(SOON);
        });

        assertThat(done.getException()).isNull();
        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 1));
    }

    @Test
    void aStreamThatNobodyReadsEndsWithItsExchange() throws Exception {
        start();
        upstream.always(Reply.sse(ChatScript.of("one ", "two").sse().gateBefore(2, new Gate())));

        routes.ask(Tries.chat(STREAM), body -> {});

        upstream.lastRequest().awaitClientClosed(SOON);
    }

    @Test
    void aClientThatLeavesBeforeTheFirstByteEndsTheRequest() throws Exception {
        start();
        upstream.always(Reply.silence());
        Call call = Tries.chat(PLAIN);
        Future<Problem> asked = threads.submit(() -> problem(call));
        Received request = upstream.awaitRequest(PATIENCE);

        call.cancellation().cancel();

        request.awaitClientClosed(SOON);
        assertThat(asked.get().code()).isEqualTo(ErrorCode.CLIENT_GONE);
        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 0));
    }

    @Test
    void aClientThatLeavesWithinAPlainAnswerEndsTheRequest() throws Exception {
        start();
        upstream.always(Reply.json(200, ChatScript.of("a").json()).stallAfterBytes(20));
        Call call = Tries.chat(PLAIN);
        Future<Problem> asked = threads.submit(() -> problem(call));
        Received request = upstream.awaitRequest(PATIENCE);

        call.cancellation().cancel();

        request.awaitClientClosed(SOON);
        assertThat(asked.get().code()).isEqualTo(ErrorCode.CLIENT_GONE);
    }

    @Test
    void aConnectionServesAgain() throws Exception {
        start();
        upstream.next(
                Reply.sse(ChatScript.of("a").sse()),
                Reply.sse(ChatScript.of("a").streamUsage(true).sse()),
                Reply.sse(ChatScript.of("a").withoutDone().sse()),
                Reply.json(200, ChatScript.of("a").json()),
                Reply.json(200, ChatScript.of("a").json()).chunked(),
                Reply.error(400),
                Reply.error(429),
                Reply.error(500),
                Reply.of(200, "application/json", new byte[0]),
                Reply.sse(ChatScript.of("a").sse()));
        for (int i = 0; i < 10; i++) {
            routes.ask(Tries.chat(i < 3 || i == 9 ? STREAM : PLAIN));
        }

        assertThat(upstream.received()).hasSize(10);
        assertThat(upstream.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void aStreamThatDoesNotEndInOrderCostsItsConnection() throws Exception {
        start();
        Gate never = new Gate();
        Sse sse = ChatScript.of("a").sse();
        upstream.next(Reply.sse(sse.gateBefore(sse.data().size(), never)));
        Call call = Tries.chat(STREAM);

        assertThat(routes.ask(call).getException()).isNull();

        upstream.lastRequest().awaitClientClosed(PATIENCE);
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void aStreamMayEndWithItsConnection() throws Exception {
        start();
        upstream.next(Reply.sse(ChatScript.of("a").sse()).untilClose());

        assertThat(routes.ask(Tries.chat(STREAM)).getException()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"FIN, false", "RST, false", "FIN, true"})
    void aStreamThatIsCutIsNoWholeOne(Cut cut, boolean untilClose) throws Exception {
        start();
        Reply reply = Reply.sse(ChatScript.of("one ", "two").sse().cutAfter(2, cut));
        upstream.next(untilClose ? reply.untilClose() : reply);
        Call call = Tries.chat(STREAM);

        Problem problem = problem(call);

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(call.getUsage().estimated()).isTrue();
    }

    @Test
    void aPlainAnswerThatIsCutIsNone() throws Exception {
        start();
        upstream.next(Reply.json(200, ChatScript.of("a").json()).cutAfterBytes(30, Cut.FIN));

        assertThat(problem(Tries.chat(PLAIN))).hasMessage("The provider of 'm' broke off the connection.");
    }

    @Test
    void whatAProviderTookAndDidNotRefuseMayBeBilled() throws Exception {
        start();
        String answer = ChatScript.of("a").json();
        upstream.next(Reply.json(200, answer).cutAfterBytes(30, Cut.FIN));
        upstream.next(Reply.json(200, "{\"garbage\":true}"));
        upstream.next(Reply.html(200)); // to a request for a stream
        upstream.next(Reply.error(500));
        upstream.next(Reply.error(429));
        upstream.next(Reply.json(200, "{\"error\":{\"message\":\"failed\"}}"));

        for (String request : List.of(PLAIN, PLAIN, STREAM)) {
            Call billed = Tries.chat(request);
            problem(billed);
            assertThat(billed.attempt().usage()).isEqualTo(Usage.estimate(billed.inputEstimate(), 0));
        }
        for (int i = 0; i < 3; i++) {
            Call refused = Tries.chat(PLAIN);
            problem(refused);
            assertThat(refused.attempt().usage()).isNull();
        }
    }

    @Test
    void anAnswerThatIsNoStreamIsNoneToAStreamedRequest() throws Exception {
        start();
        upstream.next(Reply.html(200));

        assertThat(problem(Tries.chat(STREAM)))
                .hasMessage("The provider of 'm' answered a streamed request with something else.");
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
    }

    @Test
    void anErrorKeepsItsMeaningHoweverLongItsBody() throws Exception {
        start();
        upstream.next(Reply.of(429, "text/html", new byte[500_000]));
        upstream.next(Reply.of(429, "text/html", new byte[1000]).cutAfterBytes(100, Cut.FIN));

        assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
    }

    @Test
    void anUpstreamThatIsNotThere() throws Exception {
        int port = upstream.port();
        upstream.close();
        start("baseUrl", "http://127.0.0.1:" + port + "/v1");

        Problem problem = problem(Tries.chat(PLAIN));

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(problem).hasMessage("The provider of 'm' cannot be reached.");
    }

    @Test
    void timesOutBeforeTheFirstByte() throws Exception {
        start("firstByteTimeout", "200");
        upstream.next(Reply.silence());

        assertThat(problem(Tries.chat(PLAIN)))
                .hasMessage("The provider of 'm' did not answer in time.")
                .extracting(Problem.class::cast)
                .extracting(Problem::code)
                .isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        upstream.lastRequest().awaitClientClosed(SOON);
    }

    @Test
    void theFirstByteTimeoutIsOverWithTheHeaders() throws Exception {
        start("firstByteTimeout", "200");
        upstream.next(Reply.sse(ChatScript.of("a").sse().firstAfter(Duration.ofMillis(500))));

        assertThat(routes.ask(Tries.chat(STREAM)).getException()).isNull();
    }

    @Test
    void timesOutBetweenEvents() throws Exception {
        start("idleTimeout", "200");
        upstream.next(Reply.sse(ChatScript.of("one ", "two").sse().stallAfter(2)));
        Call call = Tries.chat(STREAM);

        Problem problem = problem(call);

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(problem).hasMessage("The provider of 'm' fell silent.");
        upstream.lastRequest().awaitClientClosed(SOON);
        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 1));
    }

    @Test
    void timesOutWithinAPlainAnswer() throws Exception {
        start("idleTimeout", "200");
        upstream.next(Reply.json(200, ChatScript.of("a").json()).stallAfterBytes(20));

        assertThat(problem(Tries.chat(PLAIN)).code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
    }

    @Test
    void aConnectionForgetsTheTimeoutsOfItsLastCall() throws Exception {
        start("idleTimeout", "200", "firstByteTimeout", "20000");
        routes.ask(Tries.chat(STREAM));
        upstream.next(Reply.json(200, ChatScript.of("a").json()).headersAfter(Duration.ofMillis(500)));

        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
        assertThat(upstream.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void timesOutInTotal() throws Exception {
        start("totalTimeout", "300");
        upstream.next(Reply.sse(ChatScript.of("one ", "two").sse().stallAfter(2)));
        upstream.next(Reply.silence());

        Problem streamed = problem(Tries.chat(STREAM));
        Problem plain = problem(Tries.chat(PLAIN));

        assertThat(streamed.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(streamed).hasMessage("The provider of 'm' took longer than it may.");
        assertThat(plain).hasMessage("The provider of 'm' took longer than it may.");
        upstream.lastRequest().awaitClientClosed(SOON);
    }

    @Test
    void boundsTheCallsInFlightUntilTheirStreamsEnd() throws Exception {
        start("maxInFlight", "1");

        routes.ask(Tries.chat(STREAM), body -> {
            Problem second = problem(Tries.chat(PLAIN));
            assertThat(second.code()).isEqualTo(ErrorCode.TOO_MANY_IN_FLIGHT);
            assertThat(second.retryAfter()).isPresent();
            ((TokenStream) body).close();
        });

        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).as("given up").isNull();
        upstream.next(Reply.error(500), Reply.sse(ChatScript.of("a").sse().cutAfter(1, Cut.RST)));
        routes.ask(Tries.chat(PLAIN));
        routes.ask(Tries.chat(STREAM));
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).as("failed").isNull();
        assertThat(upstream.received()).hasSize(5);
    }

    @Test
    void manyCallsAtOnceDoNotMix() throws Exception {
        start();
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String text = "n" + i + "n";
            String body = (i % 2 == 0 ? PLAIN : STREAM).replace("Hi", text);
            all.add(threads.submit(() -> {
                StringBuilder said = new StringBuilder();
                Exchange done = routes.ask(Tries.chat(body), answer -> {
                    if (answer instanceof TokenStream stream) {
                        Tries.drain(stream).forEach(said::append);
                    } else {
                        said.append(((Answer) answer).tree());
                    }
                });
                return done.getException() != null
                        ? done.getException().toString()
                        : said.indexOf(text) >= 0 ? "" : text + " got " + said;
            }));
        }
        for (Future<String> one : all) {
            assertThat(one.get()).isEmpty();
        }
    }

    @Test
    void entersTheModelInTheListAndTakesItOut() throws Exception {
        start();
        assertThat(routes.models().find("m")).isPresent();
        assertThat(routes.models().all()).hasSizeGreaterThan(5);

        routes.context().getRouteController().stopRoute("llm-model-m");

        assertThat(routes.models().find("m")).isEmpty();
        routes.context().getRouteController().startRoute("llm-model-m");
        assertThat(routes.models().find("m")).isPresent();
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
    }

    private Problem problem(Call call) {
        Exchange done = routes.ask(call);
        Problem problem = catchThrowableOfType(Problem.class, () -> {
            if (done.getException() != null) {
                throw done.getException();
            }
        });
        assertThat(problem).as("a problem").isNotNull();
        return problem;
    }
}
