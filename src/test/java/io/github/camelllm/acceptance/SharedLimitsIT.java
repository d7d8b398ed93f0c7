package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.RedisServer;
import io.github.camelllm.testkit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways, two processes, that keep their limits in one Redis. */
class SharedLimitsIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String KEYLESS = "{\"model\":\"steady\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\","
            + "\"content\":\"Say hello\"}]}";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<GatewayProcess> gateways = new ArrayList<>();
    private RedisServer redis;
    private FakeUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.started();
        upstream = FakeUpstream.start();
        upstream.always(Reply.json(200, ChatScript.of("hello").json()));
    }

    @AfterEach
    void stop() throws Exception {
        for (GatewayProcess gateway : gateways) {
            gateway.close();
        }
        upstream.close();
        redis.close();
    }

    private GatewayProcess gateway(String whenDown, String limit) throws Exception {
        GatewaySetup setup = GatewaySetup.shipped()
                .upstream(upstream)
                .model("steady", GatewayAcceptance.with(GatewayAcceptance.NO_BREAKER, "maxInFlight", "1000"))
                .env("LLM_STORE", redis.url())
                .env("LLM_STORE_WHEN_DOWN", whenDown)
                .env("LLM_STORE_INSTANCES", "2")
                .env("LLM_STORE_LEASE", "3s")
                .write("config/limits.yaml", "limits: [" + limit + "]\n");
        GatewayProcess gateway = setup.start();
        gateways.add(gateway);
        return gateway;
    }

    private static int ask(GatewayProcess gateway) throws Exception {
        return RawClient.post(gateway.port(), CHAT, KEYLESS).status();
    }

    /** How the caller's only limit stands, as one gateway tells it. */
    private static JsonNode usage(GatewayProcess gateway) throws Exception {
        return Await.value(
                "the store to tell",
                () -> RawClient.exchange(gateway.port(), "GET", "/v1/usage", null)
                        .json()
                        .path("limits")
                        .path(0),
                limit -> limit.path("used").isNumber());
    }

    private static List<Integer> atOnce(int threads, List<Callable<Integer>> calls) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> future : pool.invokeAll(calls, 120, TimeUnit.SECONDS)) {
                statuses.add(future.get());
            }
            return statuses;
        } finally {
            pool.shutdownNow();
        }
    }

    /** A hundred and fifty at any moment, while every processor is busy with other things. */
    @ParameterizedTest
    @CsvSource({"local, 1000", "allow, 300", "deny, 150"})
    void aBurstOverTwoGatewaysOnALimitOfAHundredAdmitsExactlyAHundred(String whenDown, int burst) throws Exception {
        GatewayProcess one = gateway(whenDown, "{ scope: user, requests: 100, per: day }");
        GatewayProcess two = gateway(whenDown, "{ scope: user, requests: 100, per: day }");
        for (GatewayProcess gateway : gateways) {
            Await.until("a counted call", () -> ask(gateway) == 200);
        }
        int before = usage(one).path("used").asInt();
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < burst / 2; i++) {
            calls.add(() -> ask(one));
            calls.add(() -> ask(two));
        }

        AtomicBoolean stop = new AtomicBoolean();
        List<Integer> statuses;
        try {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                Thread spinning = new Thread(() -> {
                    while (!stop.get()) {
                        Thread.onSpinWait();
                    }
                });
                spinning.setDaemon(true);
                spinning.start();
            }
            statuses = atOnce(150, calls);
        } finally {
            stop.set(true);
        }

        assertThat(statuses).isSubsetOf(200, 429);
        assertThat(before + Collections.frequency(statuses, 200)).isEqualTo(100);
        assertThat(upstream.received()).hasSize(100);
        Await.until("the settlements", () -> usage(two).path("used").asInt() == 100);
        assertThat(usage(one).path("reserved").asInt()).isZero();
        for (GatewayProcess gateway : gateways) {
            assertThat(gateway.output()).doesNotContain("does not answer", "did not answer");
        }
    }

    @Test
    void whatAKilledGatewayHeldComesBackWhenItsLeaseEnds() throws Exception {
        GatewayProcess dies = gateway("deny", "{ scope: user, tokens: 1000, per: day }");
        GatewayProcess lives = gateway("deny", "{ scope: user, tokens: 1000, per: day }");
        Await.until("a counted call", () -> ask(dies) == 200);
        long before = usage(lives).path("used").asLong();
        upstream.reset();
        upstream.always(Reply.sse(ChatScript.of("one ", "two ").sse().stallAfter(2)));
        try (RawClient client = stream(dies)) {
            client.event();
            Await.until("the reservation", () -> usage(lives).path("reserved").asInt() > 50);
            assertThat(usage(lives).path("used").asLong()).isEqualTo(before);

            dies.kill();

            Await.until(
                    SOON,
                    "the lease to end",
                    () -> usage(lives).path("reserved").asInt() == 0);
            assertThat(usage(lives).path("used").asLong()).isEqualTo(before);
            assertThat(usage(lives).path("remaining").asLong()).isEqualTo(1000 - before);
        }
    }

    /** A stream that has begun. */
    private static RawClient stream(GatewayProcess gateway) throws Exception {
        String json = KEYLESS.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
        AtomicReference<RawClient> begun = new AtomicReference<>();
        Await.until("a stream to begin", () -> {
            RawClient client = RawClient.connect(gateway.port()).postJson(CHAT, json);
            if (client.head().status() == 200) {
                begun.set(client);
                return true;
            }
            client.close();
            return false;
        });
        return begun.get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "allow", "deny"})
    void aRedisThatIsGoneForAWhileHoldsUpNobody(String whenDown) throws Exception {
        GatewayProcess gateway = gateway(whenDown, "{ scope: user, requests: 40, per: day }");
        Await.until(
                "a counted call",
                () -> ask(gateway) == 200 && usage(gateway).path("used").asInt() > 0);

        redis.kill();
        Await.until("the alarm", () -> gateway.output().contains("ALARM"));
        long slowest = 0;
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long from = System.nanoTime();
            statuses.add(ask(gateway));
            slowest = Math.max(slowest, System.nanoTime() - from);
        }
        switch (whenDown) {
            case "local" -> assertThat(Collections.frequency(statuses, 200)).isBetween(19, 20); // a half of 40
            case "allow" -> assertThat(statuses).containsOnly(200);
            default -> {
                assertThat(statuses).containsOnly(503);
                RawResponse refused = RawClient.post(gateway.port(), CHAT, KEYLESS);
                Problems.assertProblem(refused, 503, "store_unavailable");
                assertThat(refused.header("retry-after")).isEqualTo("1");
            }
        }
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(2));
        assertThat(gateway.metrics().sum("llm_store_up")).isEqualTo(0);

        redis.start();
        Await.until(SOON, "Redis to count again", () -> gateway.metrics().sum("llm_store_up") == 1);
        int passed = Collections.frequency(statuses, 200);
        Await.until("what was used meanwhile", () -> usage(gateway).path("used").asInt() >= passed);
    }
}
