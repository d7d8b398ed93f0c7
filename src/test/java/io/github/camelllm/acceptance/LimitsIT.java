package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.TokenEstimate;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.VirtualKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A gateway with limits: nobody gets more than is allowed, and what counts is what the provider bills. */
class LimitsIT extends GatewayAcceptance {

    private static final String KEY = "sk-llm-app-0123456789";
    private static final int BUDGET = 10_000;

    @Override
    void prepare(GatewaySetup setup) {
        setup.model("first", with(NO_BREAKER, "maxInFlight", "1000"));
        setup.model("second", with(NO_BREAKER, "maxInFlight", "1000"));
        setup.model("limited", NO_BREAKER);
        setup.alias("pair", "first", "second").alias("spare", "limited", "second");
        setup.replace("routes/gateway.camel.yaml", "retries: 1 ", "retries: 0 ");
        setup.write(
                "config/keys.yaml",
                "keys:\n  - { id: app, sha256: " + VirtualKey.sha256(KEY)
                        + ", speaks-for-others: true, tier: free }\n");
        setup.write(
                "config/limits.yaml",
                """
                output-tokens: 64
                limits:
                  - { scope: user, of: hundred, requests: 100, per: day }
                  - { scope: user, of: billed, tokens: %d, per: day }
                  - { scope: user, of: two, requests: 2, per: minute }
                  - { scope: user, of: poor, dollars: 0.000001, per: day }
                  - { scope: user, of: gone, tokens: 1000, per: day }
                  - { scope: model, of: limited, requests: 1, per: day }
                tiers:
                  free:
                    - { scope: request, tokens: 20_000 }
                """
                        .formatted(BUDGET));
    }

    private RawResponse ask(String user, String json) throws Exception {
        return post(CHAT, json, "Authorization: Bearer " + KEY, "X-LLM-User: " + user);
    }

    /** How the only limit of that user stands. */
    private JsonNode usage(String user) throws Exception {
        JsonNode limits = RawClient.exchange(
                        gateway.port(), "GET", "/v1/usage", null, "Authorization: Bearer " + KEY, "X-LLM-User: " + user)
                .json()
                .path("limits");
        assertThat(limits).hasSize(1);
        return limits.get(0);
    }

    private static <T> List<T> atOnce(int threads, List<Callable<T>> calls) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> call : calls) {
                futures.add(pool.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(120, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void fiveHundredAtOnceOnABudgetOfAHundredAdmitExactlyAHundred() throws Exception {
        upstream.always(Reply.json(200, ChatScript.of("hello").json()));
        List<Integer> statuses = atOnce(250, Collections.nCopies(500, () -> ask("hundred", chatJson("first"))
                .status()));

        assertThat(statuses).containsOnly(200, 429);
        assertThat(Collections.frequency(statuses, 200)).isEqualTo(100);
        assertThat(upstream.received()).hasSize(100);
        assertThat(usage("hundred").path("used").asInt()).isEqualTo(100);
        assertThat(usage("hundred").path("remaining").asInt()).isZero();
    }

    @Test
    void theCounterEndsAtWhatTheProviderBills() throws Exception {
        long seed = System.nanoTime();
        AtomicLong bill = new AtomicLong();
        AtomicInteger failures = new AtomicInteger();
        upstream.always(
                received -> billed(received, new Random(seed + received.text().hashCode()), bill, failures));
        List<Callable<String>> calls = new ArrayList<>();
        for (int i = 0; i < 320; i++) {
            int number = i;
            calls.add(() -> oneOf(number, new Random(seed + number)));
        }

        List<String> outcomes = atOnce(16, calls);

        Await.until(
                "all reservations to be settled",
                () -> usage("billed").path("reserved").asLong() == 0);
        assertThat(usage("billed").path("used").asLong())
                .as("seed %d, outcomes %s", seed, outcomes)
                .isEqualTo(bill.get())
                .isLessThanOrEqualTo(BUDGET)
                .isGreaterThan(BUDGET / 2);
        assertThat(outcomes).contains("200", "429", "left", "streamed");
        assertThat(failures.get()).isPositive();
    }

    /** Answers, fails, or stalls for a client that will leave; notes what that costs. */
    private static Reply billed(Received received, Random random, AtomicLong bill, AtomicInteger failures) {
        JsonNode request = received.json();
        int prompt = (int) TokenEstimate.ofRequest(request);
        boolean stream = request.path("stream").asBoolean();
        if (received.text().contains("I will leave")) {
            bill.addAndGet(prompt + 2);
            return Reply.sse(ChatScript.of("abcd", "efgh", "ijkl").sse().stallAfter(3)); // the role, and two tokens
        }
        if (random.nextInt(5) == 0 && request.path("model").asText().equals("first")) {
            failures.incrementAndGet();
            return Reply.error(500);
        }
        int tokens = 1 + random.nextInt(request.path("max_tokens").asInt());
        bill.addAndGet(prompt + tokens);
        ChatScript script = ChatScript.of(Collections.nCopies(tokens, "word"))
                .promptTokens(prompt)
                .streamUsage(true);
        return stream ? Reply.sse(script.sse()) : Reply.json(200, script.json());
    }

    private String oneOf(int number, Random random) throws Exception {
        String content = "number " + number + " " + "x".repeat(random.nextInt(200));
        int kind = random.nextInt(3);
        if (kind == 2) {
            content = "I will leave " + content;
        }
        String json = "{\"model\":\"pair\",\"max_tokens\":" + (10 + random.nextInt(40)) + ",\"stream\":" + (kind > 0)
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
        String[] headers = {"Authorization: Bearer " + KEY, "X-LLM-User: billed"};
        if (kind == 0) {
            return Integer.toString(post(CHAT, json, headers).status());
        }
        try (RawClient client = RawClient.connect(gateway.port()).postJson(CHAT, json, headers)) {
            int status = client.head().status();
            if (status != 200) {
                return Integer.toString(status);
            }
            if (kind == 1) {
                return client.events().size() > 1 ? "streamed" : "nothing";
            }
            for (String event = ""; !event.contains("efgh"); ) {
                event = client.event();
            }
            client.hangUp(Cut.FIN);
            return "left";
        }
    }

    @Test
    void whoIsRefusedIsToldWhichLimitAndWhen() throws Exception {
        upstream.always(Reply.json(200, ChatScript.of("hello").json()));
        RawResponse first = ask("two", chatJson("first"));
        assertThat(first.header("x-ratelimit-limit-requests")).isEqualTo("2");
        assertThat(first.header("x-ratelimit-remaining-requests")).isEqualTo("1");
        assertThat(first.header("x-ratelimit-reset-requests")).matches("[0-9.]+(ms|s)|1m0s|1m1s");
        ask("two", chatJson("first"));

        RawResponse refused = ask("two", chatJson("first"));

        JsonNode error = Problems.assertProblem(refused, 429, "user_rate_limited");
        assertThat(error.path("message").asText()).contains("2 requests per minute of user 'two'", "frees in");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 62);
        assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(upstream.received()).hasSize(2);
    }

    @Test
    void aRequestOverItsCapIsToldTheEstimateAndTheBound() throws Exception {
        RawResponse refused = ask("ann", chatJson("first", "\"max_tokens\":20000"));

        JsonNode error = Problems.assertProblem(refused, 429, "request_over_budget");
        assertThat(error.path("message").asText()).contains("up to 20000 of the answer", "may use 20000 tokens");
        assertThat(refused.header("retry-after")).isNull();
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void anotherModelAnswersOnceTheLimitOfOneIsReached() throws Exception {
        upstream.always(Reply.json(200, ChatScript.of("hello").json()));

        assertThat(ask("ann", chatJson("spare")).header("x-llm-model")).isEqualTo("limited");
        assertThat(ask("ann", chatJson("spare")).header("x-llm-model")).isEqualTo("second");
        RawResponse refused = ask("ann", chatJson("limited"));

        JsonNode error = Problems.assertProblem(refused, 429, "quota_exhausted");
        assertThat(error.path("message").asText()).contains("1 request per day of model 'limited'");
    }

    @Test
    void anAnswerWithoutABoundGetsOne() throws Exception {
        upstream.always(Reply.json(200, ChatScript.of("hello").json()));

        ask("ann", chatJson("first"));

        assertThat(upstream.lastRequest().json().path("max_tokens").asInt()).isEqualTo(64);
    }

    @Test
    void brokenLimitsAreToldByLine() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        setup.write("config/limits.yaml", "limits:\n  - { scope: user, requests: lots, per: day }\n");
        GatewaySetup.Ended ended = setup.run("validate");

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.out() + ended.err())
                .contains("limits.yaml:2", "requests is 'lots'; expected a whole number from 0 to 9007199254740992");
    }

    @Test
    void aBudgetInMemoryGoesOnAfterAKill() throws Exception {
        upstream.always(Reply.json(200, ChatScript.of("one", "two", "three").json())); // 12 tokens with the prompt
        GatewaySetup setup = GatewaySetup.shipped()
                .upstream(upstream)
                .write("config/limits.yaml", "limits: [{ scope: user, requests: 7, tokens: 100000, per: month }]\n");
        try (GatewayProcess killed = setup.start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(RawClient.post(killed.port(), CHAT, chatJson("gpt-4o-mini"))
                                .status())
                        .isEqualTo(200);
            }
            Await.until("the ledger", () -> killed.metrics().sum("llm_ledger_written_total") == 3);
            killed.kill();
            killed.awaitExit(SOON);
            try (GatewayProcess next = setup.start()) {
                Await.until("what was used before", () -> RawClient.exchange(next.port(), "GET", "/v1/usage", null)
                        .json()
                        .path("limits")
                        .toString()
                        .matches(".*requests.*\"used\":3,.*tokens.*\"used\":36,.*"));
            }
        }
    }
}
