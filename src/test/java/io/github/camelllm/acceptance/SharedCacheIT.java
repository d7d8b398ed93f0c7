package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.RedisServer;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.VirtualKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** Two gateways, two processes, that share their answers in one Redis; the first one is killed in the end. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedCacheIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String ADMIN = "sk-llm-admin-0123456789";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private RedisServer redis;
    private FakeUpstream upstream;
    private GatewayProcess one;
    private GatewayProcess two;

    @BeforeAll
    void startAll() throws Exception {
        redis = RedisServer.started();
        upstream = FakeUpstream.start();
        one = gateway();
        two = gateway();
        for (GatewayProcess gateway : List.of(one, two)) {
            Await.until(SOON, "answers to be shared", () -> gateway.metrics().sum("llm_cache_shared_up") == 1);
        }
    }

    private GatewayProcess gateway() throws Exception {
        return GatewaySetup.shipped()
                .upstream(upstream)
                .model("steady", GatewayAcceptance.NO_BREAKER)
                .env("LLM_STORE", redis.url())
                .env("LLM_CACHE_STORE_TIMEOUT", "1s") // this machine is busy
                .write(
                        "config/keys.yaml",
                        "keys:\n  - { id: ops, sha256: " + VirtualKey.sha256(ADMIN) + ", tenant: acme, admin: true }\n")
                .start();
    }

    @AfterAll
    void stopAll() throws Exception {
        clients.shutdownNow();
        one.close();
        two.close();
        upstream.close();
        redis.close();
    }

    @BeforeEach
    void forget() {
        upstream.reset();
    }

    private static RawResponse ask(GatewayProcess gateway, String question) throws IOException {
        return RawClient.post(
                gateway.port(),
                CHAT,
                "{\"model\":\"steady\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                        + "\"}]}",
                "Authorization: Bearer " + ADMIN);
    }

    private static String cache(GatewayProcess gateway, String question) throws IOException {
        return ask(gateway, question).header("x-llm-cache");
    }

    private Future<RawResponse> asking(GatewayProcess gateway, String question) {
        return clients.submit(() -> ask(gateway, question));
    }

    /** How many have found nothing in a gateway's memory. */
    private static double lookups(GatewayProcess gateway) throws IOException {
        return gateway.metrics().sum("llm_cache_shared_lookups_total");
    }

    @Test
    @Order(1)
    void twentyAtOnceOverTwoGatewaysAreOneCallOfTheModel() throws Exception {
        Gate gate = new Gate();
        upstream.always(Reply.json(200, ChatScript.of("Hello").json()).headersAfter(gate));
        double before = lookups(one) + lookups(two);
        List<Future<RawResponse>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(asking(one, "Who is there?"));
            all.add(asking(two, "Who is there?"));
        }
        Await.until("all of them", () -> lookups(one) + lookups(two) >= before + 20);
        gate.open();

        for (Future<RawResponse> each : all) {
            RawResponse response = each.get(20, TimeUnit.SECONDS);
            assertThat(response.status()).as(response.text()).isEqualTo(200);
            assertThat(response.json().at("/choices/0/message/content").asText())
                    .isEqualTo("Hello");
        }
        assertThat(upstream.received()).hasSize(1);
    }

    @Test
    @Order(2)
    void aClearAtOneReachesTheOther() throws Exception {
        upstream.always(Reply.json(200, ChatScript.of("Hello").json()));
        ask(one, "Who goes?");
        Await.until("the answer to be shared", () -> cache(two, "Who goes?").equals("hit"));

        RawResponse cleared = RawClient.exchange(
                one.port(), "DELETE", "/v1/cache?model=steady", null, "Authorization: Bearer " + ADMIN);

        assertThat(cleared.status()).as(cleared.text()).isEqualTo(200);
        assertThat(cleared.json().path("shared").asInt()).isPositive();
        assertThat(cleared.json().path("gateways").asInt()).isEqualTo(2);
        Await.until("the other to clear as well", () -> cache(two, "Who goes?").equals("miss"));
    }

    @Test
    @Order(3)
    void whoWaitsForAGatewayThatIsKilledTakesItsPlace() throws Exception {
        upstream.next(Reply.silence());
        upstream.always(Reply.json(200, ChatScript.of("Hello").json()));
        Future<RawResponse> lost = asking(one, "Who dies?");
        Await.until("the leader at the model", () -> upstream.received().size() == 1);
        double before = lookups(two);
        Future<RawResponse> waits = asking(two, "Who dies?");
        Await.until("the follower", () -> lookups(two) > before);
        assertThat(upstream.received()).hasSize(1);

        one.kill();

        assertThat(waits.get(20, TimeUnit.SECONDS)
                        .json()
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("Hello");
        assertThat(upstream.received()).hasSize(2);
        assertThat(lost).failsWithin(SOON);
    }
}
