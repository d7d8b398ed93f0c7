package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.RedisServer;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that is repeated under one Idempotency-Key, through the chain. */
class IdempotencyTest {

    private static final String KEY = "Idempotency-Key: order-7";
    private static final String CHAIN = EditedChain.REST.replace(
            "- setProperty: { name: llm.chain", "- policy: { ref: idempotency }\n- setProperty: { name: llm.chain");
    private static final String BEAN =
            "- beans:\n    - { name: idempotency, type: io.github.camelllm.idempotency.Idempotency }\n";

    private final AtomicInteger number = new AtomicInteger();
    private FakeUpstream upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstream.start();
        counting();
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    private void counting() {
        upstream.always(request -> {
            ChatScript script = ChatScript.of("answer ", String.valueOf(number.incrementAndGet()));
            return request.json().path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
        });
    }

    /** What models were asked: others on this machine may come upon the port. */
    private List<io.github.camelllm.testkit.Received> asked() {
        return upstream.received().stream()
                .filter(request -> request.method().equals("POST"))
                .toList();
    }

    private EditedChain chain() throws Exception {
        return chain("");
    }

    private EditedChain chain(String store) throws Exception {
        return new EditedChain.Setup().chain(CHAIN).store(store).more(BEAN).start(upstream);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRepetitionGetsTheFirstAnswerAndIsNotPaid(boolean stream) throws Exception {
        try (EditedChain chain = chain()) {
            RawResponse first = chain.chat("mail ann@example.com", stream, KEY);
            RawResponse again = chain.chat("mail ann@example.com", stream, KEY);
            RawResponse other = chain.chat("mail ann@example.com", stream, "Idempotency-Key: order-8");

            assertThat(first.status()).isEqualTo(200);
            assertThat(again.text()).isEqualTo(first.text());
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(first.header("Idempotent-Replayed")).isNull();
            assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
            assertThat(other.text()).isNotEqualTo(first.text());
            assertThat(asked()).hasSize(2);
            assertThat(chain.awaitFinished().attempts()).hasSize(1);
            FinishedCall replayed = chain.awaitFinished();
            assertThat(replayed.attempts()).isEmpty();
            assertThat(replayed.flags()).contains("idempotent_replay");
        }
    }

    @Test
    void anotherBodyUnderTheSameKeyIsAConflict() throws Exception {
        try (EditedChain chain = chain()) {
            chain.chat("mail ann@example.com", false, KEY);

            for (RawResponse refused : List.of(
                    chain.chat("mail bob@example.com", false, KEY), chain.chat("mail ann@example.com", true, KEY))) {
                assertThat(refused.status()).isEqualTo(409);
                assertThat(refused.json().at("/error/code").asText()).isEqualTo("idempotency_conflict");
            }
            RawResponse anthropic = RawClient.post(
                    chain.port(),
                    "/v1/messages",
                    "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                    KEY);
            assertThat(anthropic.status()).isEqualTo(409);
            assertThat(asked()).hasSize(1);
        }
    }

    @Test
    void aKeyMustBeOne() throws Exception {
        try (EditedChain chain = chain()) {
            RawResponse refused = chain.chat("x", false, "Idempotency-Key: " + "k".repeat(256));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().at("/error/param").asText()).isEqualTo("Idempotency-Key");
            assertThat(chain.chat("x", false, "Idempotency-Key: a b").status()).isEqualTo(400);
        }
    }

    @Test
    void aFailureIsNoAnswer() throws Exception {
        upstream.next(Reply.error(400));
        try (EditedChain chain = chain()) {
            assertThat(chain.chat("x", false, KEY).status()).isEqualTo(400);
            assertThat(chain.chat("x", false, KEY).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fiftyAtOnceAreOneCall(boolean stream) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try (EditedChain chain = chain()) {
            for (int round = 0; round < 5; round++) {
                String key = "Idempotency-Key: round-" + round + stream;
                List<Future<RawResponse>> answers = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    answers.add(threads.submit(() -> chain.chat("x", stream, key)));
                }
                String text = answers.get(0).get().text();
                for (Future<RawResponse> answer : answers) {
                    assertThat(answer.get().status()).isEqualTo(200);
                    assertThat(answer.get().text()).isEqualTo(text);
                }
                assertThat(asked()).hasSize(round + 1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatLeftFindsItsAnswer(boolean stream) throws Exception {
        Gate gate = new Gate();
        upstream.always(request -> stream
                ? Reply.sse(ChatScript.of("one ", "two ", "three").sse().gateBefore(2, gate))
                : Reply.json(200, ChatScript.of("one ", "two ", "three").json()).headersAfter(gate));
        try (EditedChain chain = chain()) {
            try (RawClient client = RawClient.connect(chain.port())) {
                client.postJson(
                        "/v1/chat/completions",
                        "{\"model\":\"m\",\"stream\":" + stream
                                + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                        KEY);
                gate.awaitReached(Duration.ofSeconds(10));
                if (stream) {
                    client.head();
                    client.event();
                }
                client.hangUp(Cut.RST);
            }
            gate.open();
            RawResponse again = chain.chat("x", stream, KEY);

            assertThat(again.status()).isEqualTo(200);
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(again.text()).contains("three");
            assertThat(asked()).hasSize(1);
        }
    }

    @Test
    void theCallsOfOneRouteAreToldApart() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .chain(CHAIN)
                .more(BEAN)
                .http(EditedChain.CALL + "\n- setBody: { constant: \"and again\" }\n" + EditedChain.CALL)
                .start(upstream)) {
            RawResponse first = chain.chat("x", false, KEY);
            RawResponse again = chain.chat("x", false, KEY);

            assertThat(first.status()).isEqualTo(200);
            assertThat(again.text()).isEqualTo(first.text());
            assertThat(asked()).hasSize(2);
        }
    }

    @Test
    void theCallsOfARouteWithoutAnHttpStepAreToldApart() throws Exception {
        String twice =
                "- to: { uri: direct:llm-chat }\n- setBody: { simple: \"Translate: ${body}\" }\n- to: { uri: direct:llm-chat }";
        String parts = "- split:\n    expression: { tokenize: { token: \",\" } }\n    aggregationStrategy: \"#class:"
                + "org.apache.camel.processor.aggregate.StringAggregationStrategy\"\n    steps:\n      - to: { uri: direct:llm-chat }";
        try (EditedChain chain = new EditedChain.Setup()
                .chain(CHAIN)
                .more(BEAN + EditedChain.route("direct:twice", twice) + EditedChain.route("direct:parts", parts))
                .start(upstream)) {
            var template = chain.context().createProducerTemplate();
            String first = template.requestBodyAndHeader("direct:twice", "x", "Idempotency-Key", "k1", String.class);
            assertThat(template.requestBodyAndHeader("direct:twice", "x", "Idempotency-Key", "k1", String.class))
                    .isEqualTo(first);
            assertThat(asked()).hasSize(2);
            String both =
                    template.requestBodyAndHeader("direct:parts", "alpha,beta", "Idempotency-Key", "k2", String.class);
            assertThat(both).isEqualTo("answer 3answer 4");
            assertThat(template.requestBodyAndHeader(
                            "direct:parts", "alpha,beta", "Idempotency-Key", "k2", String.class))
                    .isEqualTo(both);
            assertThat(asked()).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gatewaysShareKeysOverRedis(boolean stream) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try (RedisServer redis = RedisServer.started();
                EditedChain one = chain(redis.url());
                EditedChain two = chain(redis.url())) {
            String text = one.chat("x", stream, KEY).text();
            io.github.camelllm.testkit.Await.until(
                    Duration.ofSeconds(10), "the answer at the other gateway", () -> "true"
                            .equals(two.chat("x", stream, KEY).header("Idempotent-Replayed")));
            assertThat(two.chat("x", stream, KEY).text()).isEqualTo(text);
            assertThat(asked()).hasSize(1);
            assertThat(two.chat("y", stream, KEY).status()).isEqualTo(409);
            upstream.reset();
            counting();
            List<Future<RawResponse>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                EditedChain chain = i % 2 == 0 ? one : two;
                answers.add(threads.submit(() -> chain.chat("x", stream, "Idempotency-Key: both")));
            }
            for (Future<RawResponse> answer : answers) {
                assertThat(answer.get().text()).isEqualTo(answers.get(0).get().text());
            }
            assertThat(asked()).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }
}
