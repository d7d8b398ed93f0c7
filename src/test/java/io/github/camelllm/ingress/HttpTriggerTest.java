package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Header;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP trigger on a real server, down to the bytes. */
@Timeout(60)
class HttpTriggerTest {

    private static final String CHAT = "/v1/chat/completions";

    private HttpGateway gateway;

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private RawResponse post(String body, String... headers) throws Exception {
        return RawClient.post(gateway.port(), CHAT, body, headers);
    }

    // ------------------------------------------------------------------ plain answers

    @Test
    void answersWithTheAnswersOwnBytes() throws Exception {
        byte[] bytes = "{ \"a\": 1.0 }".getBytes(StandardCharsets.UTF_8);
        gateway = HttpGateway.start(answering(new Answer(bytes, Json.object().put("a", 1))));

        RawResponse response = post("{}");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(bytes);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void sendsNoHeadersButItsOwnAndThoseOfTheRoute() throws Exception {
        gateway = HttpGateway.start(exchange -> {
            exchange.getMessage().setHeader("X-Mine", "told");
            exchange.getMessage().setHeader("X-Object", new Object());
            exchange.getMessage().setHeader("X-Split", "a\r\nX-Evil: 1");
            exchange.getMessage().setHeader("X-Request-Id", "another");
            exchange.getMessage().setHeader("Content-Type", "text/evil");
            exchange.getMessage().setHeader("CamelFileName", "secret");
            Call call = Calls.of(exchange);
            call.attempt("gpt-4o", "openai");
            call.attempt("gpt-4o-mini", "openai");
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        });

        RawResponse response = post("{}", "X-Request-Id: my-id", "X-Client: mine");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers())
                .extracting(header -> header.name().toLowerCase(Locale.ROOT) + ": " + header.value())
                .containsExactlyInAnyOrder(
                        "content-type: application/json",
                        "content-length: 2",
                        "connection: close",
                        "x-request-id: my-id",
                        "x-mine: told",
                        "x-llm-model: gpt-4o-mini",
                        "x-llm-provider: openai",
                        "x-llm-attempts: 2",
                        "x-llm-cache: bypass");
    }

    @Test
    void tellsTheClientWhatWasLeftOutOfItsRequest() throws Exception {
        gateway = HttpGateway.start(exchange -> {
            Call call = Calls.of(exchange);
            call.tell("seed left out for m");
            call.tell("seed left out for m");
            call.warn("for the record alone");
            call.tell("fü\r\nX-Evil: 1 left out for m");
            for (int i = 0; i < 100; i++) {
                call.tell("field_" + i + " left out for m");
            }
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        });

        RawResponse response = post("{}");

        assertThat(response.header("X-LLM-Warnings"))
                .startsWith("seed left out for m; f???X-Evil: 1 left out for m; field_0 left out for m; ")
                .doesNotContain("record")
                .hasSizeBetween(900, 1000);
        assertThat(response.header("X-Evil")).isNull();
        assertThat(gateway.awaitEnded().getWarnings()).hasSize(103);
    }

    @Test
    void takesOfTheRequestOnlyWhatMeansSomething() throws Exception {
        AtomicReference<Exchange> seen = new AtomicReference<>();
        AtomicReference<String> headers = new AtomicReference<>();
        gateway = HttpGateway.start(exchange -> {
            seen.set(exchange);
            headers.set(exchange.getMessage().getHeaders().toString());
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        });

        RawClient.post(
                gateway.port(),
                CHAT + "?CamelHttpUri=http://evil&x-llm-user=eve&llm.chain=evil",
                "{\"n\":1}",
                "CamelHttpUri: http://evil",
                "llm.keyId: evil",
                "X-LLM-User: ann",
                "X-LLM-Task: code",
                "Cookie: a=b",
                "Authorization: Bearer sk-1");

        Call call = gateway.awaitEnded();
        assertThat(headers.get()).isEqualTo("{llm.keyId=evil, X-LLM-Task=code, X-LLM-User=ann}");
        assertThat(call.credential()).isEqualTo("sk-1");
        assertThat(call.headers().get("x-llm-user")).isEqualTo("ann");
        assertThat(call.getTask()).isEqualTo("code");
        assertThat(call.getRequest().tree()).hasToString("{\"n\":1}");
        assertThat(seen.get().getProperties().toString()).doesNotContain("evil");
    }

    @ParameterizedTest
    @CsvSource({"my-id, my-id", "a.b:c/d+e=f@g_h-i, a.b:c/d+e=f@g_h-i"})
    void echoesAUsableRequestId(String sent, String echoed) throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));

        assertThat(post("{}", "X-Request-Id: " + sent).header("X-Request-Id")).isEqualTo(echoed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "<script>", "ä", "a\tb", "a;b", "\u0007"})
    void makesItsOwnRequestIdInsteadOfAStrangeOne(String sent) throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));

        RawResponse response = post("{}", "X-Request-Id: " + sent);

        if (response.status() == 200) {
            assertThat(response.header("X-Request-Id")).matches("req_[0-9a-f]{32}");
        } else {
            assertThat(response.status()).as("refused as no HTTP").isEqualTo(400);
        }
    }

    @Test
    void answersManyRequestsOnOneConnection() throws Exception {
        gateway = HttpGateway.start(exchange -> exchange.getMessage()
                .setBody(new Answer(null, Calls.of(exchange).getRequest().tree())));
        StringBuilder pipelined = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            String body = "{\"n\":" + (100 + i) + "}";
            pipelined
                    .append("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
                    .append("Content-Length: " + body.length() + "\r\n\r\n" + body);
        }
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(pipelined.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.response().text()).isEqualTo("{\"n\":" + (100 + i) + "}");
            }
        }
    }

    @Test
    void aPipelinedRequestGetsItsAnswerBehindAStream() throws Exception {
        gateway = HttpGateway.start(exchange -> {
            boolean stream = Calls.of(exchange).isStream();
            exchange.getMessage()
                    .setBody(stream ? events(3) : new Answer(null, Json.object().put("plain", true)));
        });
        String head = "POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ";
        String streamed = "{\"stream\":true}";
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head + streamed.length() + "\r\n\r\n" + streamed + head + "2\r\n\r\n{}");

            client.head();
            assertThat(client.events()).hasSize(4);
            assertThat(client.response().text()).isEqualTo("{\"plain\":true}");
        }
    }

    @Test
    void aLargeAnswerToAClientThatNeverReadsIsGivenUp() throws Exception {
        byte[] large = new byte[64 * 1024 * 1024];
        gateway = HttpGateway.start("500ms", answering(new Answer(large, Json.object())));
        try (RawClient client = RawClient.connect(gateway.port(), 4096)) {
            client.postJson(CHAT, "{}");

            gateway.awaitEnded();

            assertThatThrownBy(client::head)
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("the body ended after");
        }
        assertThat(gateway.active.count()).isZero();
    }

    // ------------------------------------------------------------------ errors

    @Test
    void tellsAProblemAsOpenAiDoes() throws Exception {
        gateway = HttpGateway.start(failing(Problem.invalid("messages[0].role", "wrong \ud800 \"role\"")
                .withRetryAfter(Duration.ofMillis(1500))
                .withDetail("for operators")));

        RawResponse response = post("{}", "X-Request-Id: my-id", "X-Client: mine");

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.header("Retry-After")).isEqualTo("2");
        assertThat(response.header("X-Request-Id")).isEqualTo("my-id");
        assertThat(response.json().at("/error/message").asText()).endsWith("\"role\"");
        assertThat(response.json().at("/error/param").asText()).isEqualTo("messages[0].role");
        assertThat(response.json().at("/error/request_id").asText()).isEqualTo("my-id");
        assertThat(response.toString()).doesNotContain("operators");
    }

    @Test
    void saysNothingOfABug() throws Exception {
        gateway = HttpGateway.start(failing(new IllegalStateException("jdbc:secret")));

        RawResponse response = post("{}");

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.json().at("/error/code").asText()).isEqualTo("internal_error");
        assertThat(response.toString()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void anErrorThatIsNoExceptionIsAnsweredToo() throws Exception {
        gateway = HttpGateway.start(exchange -> {
            throw new StackOverflowError("deep");
        });

        assertThat(post("{}").status()).isEqualTo(500);
    }

    @Test
    void aChainThatLeavesNoAnswerIsAnError() throws Exception {
        gateway = HttpGateway.start(exchange -> {
            if (!Calls.of(exchange).isStream()) {
                exchange.getMessage().setBody(null);
            }
        });

        assertThat(post("{}").status()).isEqualTo(500);
        assertThat(post("{\"stream\":true}").status())
                .as("the request is no answer")
                .isEqualTo(500);
    }

    @Test
    void anAnswerMayBeWhateverCamelCanMakeBytesOf() throws Exception {
        gateway = HttpGateway.start(exchange -> exchange.getMessage().setBody("{\"made\":\"by hand\"}"));

        assertThat(post("{}").text()).isEqualTo("{\"made\":\"by hand\"}");
    }

    @Test
    void answersWhatTheServerItselfRefusesInTheSameShape() throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));
        int port = gateway.port();
        byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
        String type = "Content-Type: application/json";

        assertError(RawClient.exchange(port, "POST", "/nowhere", json, type), 404, "not_found");
        assertError(RawClient.exchange(port, "GET", "/v1/nowhere", null), 404, "not_found");
        assertError(RawClient.exchange(port, "POST", "/V1/chat/completions", json, type), 404, "not_found");
        for (String method : new String[] {"GET", "PUT", "DELETE", "PATCH", "TRACE", "BREW"}) {
            RawResponse response = RawClient.exchange(port, method, CHAT, null);
            assertError(response, 405, "method_not_allowed");
            assertThat(response.header("Allow")).isEqualTo("POST, OPTIONS");
        }
        assertError(RawClient.exchange(port, "POST", CHAT, json), 415, "unsupported_media_type");
        for (String other : new String[] {
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonx",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            ";",
            "application/json, text/plain"
        }) {
            assertError(
                    RawClient.exchange(port, "POST", CHAT, json, "Content-Type: " + other),
                    415,
                    "unsupported_media_type");
        }
        for (String good : new String[] {
            "application/json; charset=UTF-8",
            "APPLICATION/JSON",
            "application/json;charset=\"utf-8\"",
            "application/json ;a=b"
        }) {
            assertThat(RawClient.exchange(port, "POST", CHAT, json, "Content-Type: " + good)
                            .status())
                    .as(good)
                    .isEqualTo(200);
        }
    }

    @Test
    void aHeadRequestGetsNoBody() throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("HEAD " + CHAT + " HTTP/1.1\r\nHost: x\r\n\r\n");
            RawResponse head = client.interimOrFinalHead();
            client.send("POST " + CHAT
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

            assertThat(head.status()).isEqualTo(405);
            assertThat(client.response().text()).isEqualTo("{}");
        }
    }

    @Test
    void refusesABodyThatIsTooLargeByItsLengthOrWhenItGetsSo() throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));
        int port = gateway.port();
        byte[] fits = ("{\"a\":\"" + "x".repeat(HttpGateway.MAX_BODY - 8) + "\"}").getBytes(StandardCharsets.UTF_8);
        byte[] large = new byte[1_000_000];
        String type = "Content-Type: application/json";

        assertThat(fits).hasSize(HttpGateway.MAX_BODY);
        assertThat(RawClient.exchange(port, "POST", CHAT, fits, type).status()).isEqualTo(200);
        assertError(RawClient.exchange(port, "POST", CHAT, large, type), 413, "request_too_large");
        try (RawClient client = RawClient.connect(port)) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\n" + type + "\r\nContent-Length: 5000000000\r\n\r\n");
            assertError(client.response(), 413, "request_too_large");
        }
        try (RawClient client = RawClient.connect(port)) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\n" + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                client.send("400\r\n" + "x".repeat(1024) + "\r\n");
            }
            assertError(client.response(), 413, "request_too_large");
        }
        gateway.awaitEnded();
        assertThat(gateway.ended).as("calls of requests that were refused").isEmpty();
    }

    @Test
    void asksForTheBodyOfWhoWaitsToBeAsked() throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));
        String head = "POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: TYPE\r\nExpect: 100-continue\r\n";
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head.replace("TYPE", "application/json") + "Content-Length: 2\r\n\r\n");
            assertThat(client.interimOrFinalHead().status()).isEqualTo(100);
            client.send("{}");
            assertThat(client.response().status()).isEqualTo(200);
        }
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head.replace("TYPE", "text/plain") + "Content-Length: 2\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(415);
        }
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Expect: a-miracle\r\nContent-Length: 2\r\n\r\n");
            assertError(client.response(), 400, "invalid_request");
        }
    }

    @Test
    void refusesMoreCallsThanThereAreThreadsForAndNothingElse() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        gateway = HttpGateway.start(1, exchange -> {
            working.countDown();
            goOn.await();
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        });
        try (RawClient first = RawClient.connect(gateway.port())) {
            first.postJson(CHAT, "{}");
            await(working);

            RawResponse refused = post("{}");

            assertError(refused, 429, "too_many_in_flight");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            try (RawClient other = RawClient.connect(gateway.port())) {
                other.send("GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n");
                assertError(other.response(), 404, "not_found");
            }
            goOn.countDown();
            assertThat(first.response().status()).isEqualTo(200);
        }
        Await.until("the place to be free", () -> post("{}").status() == 200);
    }

    @Test
    void refusesNewCallsWhileDraining() throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));
        gateway.draining.set(true);

        RawResponse response = post("{}", "X-Request-Id: my-id", "X-Client: mine");

        assertError(response, 503, "shutting_down");
        assertThat(response.header("Retry-After")).isEqualTo("1");
        assertThat(response.header("X-Request-Id")).isEqualTo("my-id");
        assertThat(gateway.ended).isEmpty();
    }

    @Test
    void aClientThatLeavesWithinItsRequestIsNoMatter() throws Exception {
        gateway = HttpGateway.start(answering(new Answer(null, Json.object())));
        for (Cut cut : Cut.values()) {
            RawClient client = RawClient.connect(gateway.port());
            client.send("POST " + CHAT
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{");
            client.hangUp(cut);
        }

        assertThat(post("{}").status()).isEqualTo(200);
        gateway.awaitEnded();
        assertThat(gateway.ended).as("calls of requests that were cut off").isEmpty();
    }

    // ------------------------------------------------------------------ streams

    @Test
    void streamsEventsAndSaysThatItIsDone() throws Exception {
        gateway = HttpGateway.start(exchange -> {
            Calls.of(exchange).attempt("m", "p");
            exchange.getMessage().setBody(events(2));
        });
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, "{\"stream\":true}");
            RawResponse head = client.head();

            assertThat(client.events()).containsExactly("data: {\"n\":0}", "data: {\"n\":1}", "data: [DONE]");
            assertThat(head.headers())
                    .extracting(Header::name)
                    .extracting(name -> name.toLowerCase(Locale.ROOT))
                    .containsExactlyInAnyOrder(
                            "content-type",
                            "cache-control",
                            "x-accel-buffering",
                            "transfer-encoding",
                            "connection",
                            "x-request-id",
                            "x-llm-model",
                            "x-llm-provider",
                            "x-llm-attempts",
                            "x-llm-cache");
            assertThat(head.header("Content-Type")).isEqualTo("text/event-stream; charset=utf-8");
        }
    }

    @Test
    void eachEventLeavesBeforeTheNextIsThere() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        gateway = HttpGateway.start(
                exchange -> exchange.getMessage().setBody(events(2).map(event -> {
                    if (event.json().path("n").asInt() == 1) {
                        await(second);
                    }
                    return event;
                })));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, "{}");
            client.head();

            assertThat(client.event()).isEqualTo("data: {\"n\":0}");
            second.countDown();
            assertThat(client.event()).isEqualTo("data: {\"n\":1}");
        }
    }

    @Test
    void aStreamThatFailsBeforeItsFirstEventHasAStatus() throws Exception {
        Probe probe = new Probe(0, Problem.of(ErrorCode.UPSTREAM_TIMEOUT, "too late"));
        gateway = HttpGateway.start(answering(probe));

        assertError(post("{\"stream\":true}"), 504, "upstream_timeout");
        assertThat(probe.released).hasValue(1);
    }

    @Test
    void aStreamThatFailsLaterEndsWithTheErrorAndNotWithDone() throws Exception {
        Probe probe = new Probe(2, Problem.of(ErrorCode.UPSTREAM_ERROR, "cut"));
        gateway = HttpGateway.start(answering(probe));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, "{}", "X-Request-Id: my-id");
            client.head();

            List<String> events = client.events();
            assertThat(events).hasSize(3);
            assertThat(events.get(2))
                    .isEqualTo("data: {\"error\":{\"message\":\"cut\",\"type\":\"server_error\","
                            + "\"code\":\"upstream_error\",\"param\":null,\"request_id\":\"my-id\"}}");
        }
        Await.until("the stream to be released", () -> probe.released.get() == 1);
    }

    @Test
    void aBugWithinAStreamEndsItWithAnErrorThatSaysNothing() throws Exception {
        gateway = HttpGateway.start(
                exchange -> exchange.getMessage().setBody(events(3).map(event -> {
                    if (event.json().path("n").asInt() == 1) {
                        throw new StackOverflowError("jdbc:secret");
                    }
                    return event;
                })));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, "{}");
            client.head();

            assertThat(client.events())
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("internal_error")
                    .doesNotContain("jdbc");
        }
    }

    @Test
    void aClientThatDoesNotReadSlowsTheSource() throws Exception {
        byte[] data = Json.write(Json.object().put("text", "x".repeat(1000)));
        AtomicInteger pulled = new AtomicInteger();
        TokenStream endless = new TokenStream() {
            @Override
            protected StreamEvent pull() {
                pulled.incrementAndGet();
                return new StreamEvent(data);
            }

            @Override
            protected void release() {
                // nothing is held
            }
        };
        gateway = HttpGateway.start(answering(endless));
        try (RawClient client = RawClient.connect(gateway.port(), 4096)) {
            client.postJson(CHAT, "{}");
            client.head();
            int before = Await.value("the source to rest", () -> restingAt(pulled), count -> count > 0);

            assertThat(before).as("1 KB events until all buffers were full").isLessThan(8000);
            for (int i = 0; i < 5000; i++) {
                client.event();
            }
            assertThat(pulled.get()).as("reading on makes it go on").isGreaterThan(before);
        }
        assertCancelled(gateway.awaitEnded());
    }

    /** A count that did not change for a while; 0 while it changes. */
    private static int restingAt(AtomicInteger counter) throws InterruptedException {
        int before = counter.get();
        new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        return counter.get() == before ? before : 0;
    }

    @Test
    void aWriterThatOutrunsTheEventLoopIsHeldBackToo() throws Exception {
        int events = 200_000;
        AtomicInteger pulled = new AtomicInteger();
        AtomicInteger farthest = new AtomicInteger();
        AtomicInteger read = new AtomicInteger();
        byte[] data = Json.write(Json.object().put("text", "x".repeat(100)));
        TokenStream fast = new TokenStream() {
            @Override
            protected StreamEvent pull() {
                farthest.accumulateAndGet(pulled.get() - read.get(), Math::max);
                return pulled.incrementAndGet() > events ? null : new StreamEvent(data);
            }

            @Override
            protected void release() {
                // nothing is held
            }
        };
        gateway = HttpGateway.start(answering(fast));
        try (RawClient client = RawClient.connect(gateway.port(), 4096)) {
            client.postJson(CHAT, "{}");
            client.head();
            for (String event = client.event(); event != null; event = client.event()) {
                read.incrementAndGet();
            }
        }
        assertThat(read).as("none lost, and [DONE]").hasValue(events + 1);
        assertThat(farthest.get()).as("events between source and client").isLessThan(80_000);
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesWithinAStreamEndsItsSource(Cut cut) throws Exception {
        Probe probe = new Probe(1, null);
        gateway = HttpGateway.start(answering(probe));
        RawClient client = RawClient.connect(gateway.port());
        client.postJson(CHAT, "{}");
        client.head();
        client.event();
        await(probe.blocked);

        client.hangUp(cut);

        assertCancelled(gateway.awaitEnded());
        assertThat(probe.released).hasValue(1);
        assertThat(probe.releasedBy.get()).doesNotContain("eventloop");
        Await.until("no call is under way", () -> gateway.active.count() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesBeforeItsPlainAnswerCancelsTheCall(Cut cut) throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        gateway = HttpGateway.start(exchange -> {
            Calls.of(exchange).cancellation().onCancel(cancelled::countDown);
            working.countDown();
            await(cancelled);
            throw new CancellationException("nobody waits");
        });
        RawClient client = RawClient.connect(gateway.port());
        client.postJson(CHAT, "{}");
        await(working);

        client.hangUp(cut);

        await(cancelled);
        gateway.awaitEnded();
        Await.until("no call is under way", () -> gateway.active.count() == 0);
    }

    @Test
    void aSlowCancellationHoldsUpNobodyElse() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch cancelling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        gateway = HttpGateway.start(exchange -> {
            if (Calls.of(exchange).isStream()) {
                Calls.of(exchange).cancellation().onCancel(() -> {
                    cancelling.countDown();
                    await(goOn);
                });
                working.countDown();
                await(goOn);
            }
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        });
        RawClient client = RawClient.connect(gateway.port());
        client.postJson(CHAT, "{\"stream\":true}");
        await(working);
        client.hangUp(Cut.RST);
        await(cancelling);

        assertThat(post("{}").status()).isEqualTo(200);
        goOn.countDown();
    }

    @Test
    void aClientThatStallsIsGivenUpAndItsConnectionClosed() throws Exception {
        byte[] data = Json.write(Json.object().put("text", "x".repeat(10_000)));
        Probe probe = new Probe(Integer.MAX_VALUE, null) {
            @Override
            protected StreamEvent pull() {
                return new StreamEvent(data);
            }
        };
        gateway = HttpGateway.start("300ms", answering(probe));
        try (RawClient client = RawClient.connect(gateway.port(), 4096)) {
            client.postJson(CHAT, "{}");

            assertCancelled(gateway.awaitEnded());
            assertThat(probe.released).hasValue(1);
            client.head();
            assertThatThrownBy(() -> {
                        while (client.event() != null) {
                            // what had been sent before
                        }
                    })
                    .as("neither an end in order nor an open connection")
                    .isInstanceOfAny(EOFException.class, java.net.SocketException.class);
        }
    }

    @Test
    void aSlowClientIsNoStalledOne() throws Exception {
        byte[] data = Json.write(Json.object().put("text", "x".repeat(100_000)));
        AtomicInteger left = new AtomicInteger(200);
        TokenStream stream = new TokenStream() {
            @Override
            protected StreamEvent pull() {
                return left.getAndDecrement() > 0 ? new StreamEvent(data) : null;
            }

            @Override
            protected void release() {
                // nothing is held
            }
        };
        gateway = HttpGateway.start("1s", answering(stream));
        try (RawClient client = RawClient.connect(gateway.port(), 4096)) {
            client.postJson(CHAT, "{}");
            client.head();
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2500);
            while (System.nanoTime() < until) {
                client.event();
                new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
            }
            assertThat(client.events()).last().isEqualTo("data: [DONE]");
        }
    }

    // ------------------------------------------------------------------ shutdown

    @Test
    void cancellingAllEndsStreamsWithAnErrorAndPlainCallsWithAStatus() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        Probe probe = new Probe(1, null);
        gateway = HttpGateway.start(exchange -> {
            if (Calls.of(exchange).isStream()) {
                exchange.getMessage().setBody(probe);
                return;
            }
            CountDownLatch cancelled = new CountDownLatch(1);
            Calls.of(exchange).cancellation().onCancel(() -> {
                throw new IllegalStateException("a step that cannot be cancelled in order");
            });
            Calls.of(exchange).cancellation().onCancel(cancelled::countDown);
            working.countDown();
            await(cancelled);
            throw Problem.of(ErrorCode.CLIENT_GONE, "left");
        });
        try (RawClient streaming = RawClient.connect(gateway.port());
                RawClient plain = RawClient.connect(gateway.port())) {
            streaming.postJson(CHAT, "{\"stream\":true}");
            plain.postJson(CHAT, "{}");
            streaming.head();
            streaming.event();
            await(probe.blocked);
            await(working);
            assertThat(gateway.active.count()).isEqualTo(2);
            assertThat(gateway.active.awaitIdle(Duration.ofMillis(1))).isFalse();

            gateway.active.cancelAll();

            assertThat(streaming.events()).singleElement().asString().contains("\"code\":\"shutting_down\"");
            assertError(plain.response(), 503, "shutting_down");
            assertThat(gateway.active.awaitIdle(Duration.ofSeconds(10))).isTrue();
        }
    }

    // ------------------------------------------------------------------ what is behind the trigger

    /** Gives so many events, then fails, or blocks until it is released. */
    private static class Probe extends TokenStream {
        final AtomicInteger released = new AtomicInteger();
        final AtomicReference<String> releasedBy = new AtomicReference<>("");
        final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private final RuntimeException failure;
        private int left;

        Probe(int events, RuntimeException failure) {
            this.left = events;
            this.failure = failure;
        }

        @Override
        protected StreamEvent pull() {
            if (left-- > 0) {
                return new StreamEvent(Json.object().put("left", left));
            }
            if (failure != null) {
                throw failure;
            }
            blocked.countDown();
            await(release);
            throw new IllegalStateException("closed");
        }

        @Override
        protected void release() {
            released.incrementAndGet();
            releasedBy.set(Thread.currentThread().getName());
            release.countDown();
        }
    }

    private static Processor answering(Object body) {
        return exchange -> exchange.getMessage().setBody(body);
    }

    private static Processor failing(Exception failure) {
        return exchange -> {
            throw failure;
        };
    }

    private static TokenStream events(int count) {
        return TokenStream.of(java.util.stream.IntStream.range(0, count)
                .mapToObj(n -> new StreamEvent(Json.object().put("n", n)))
                .toList());
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(15, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private static void assertCancelled(Call call) throws Exception {
        Await.until("the call to be cancelled", call.cancellation()::cancelled);
    }

    private static void assertError(RawResponse response, int status, String code) {
        assertThat(response.status()).as(response.toString()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        assertThat(response.header("X-Request-Id")).isNotBlank();
        assertThat(response.json().at("/error/code").asText()).isEqualTo(code);
        assertThat(response.json().at("/error/request_id").asText()).isEqualTo(response.header("X-Request-Id"));
    }
}
