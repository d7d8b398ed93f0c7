package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.VirtualKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred bodies of 5 MB at once, for a gateway with a small heap: {@code -Dattack.heap=512m} takes another. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BodiesAttackIT {

    private static final String KEY = "sk-llm-attack-0123456789";
    private static final String HEAP = System.getProperty("attack.heap", "256m");
    private static final int CLIENTS = 100;
    private static final int BODY = 5_000_000;

    private FakeUpstream upstream;
    private GatewayProcess gateway;

    @BeforeAll
    void start() throws Exception {
        upstream = FakeUpstream.start();
        gateway = GatewaySetup.shipped()
                .upstream(upstream)
                .env("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx" + HEAP)
                .env("LLM_VALIDATE_MAX_CHARACTERS", "100000000")
                .write(
                        "config/keys.yaml",
                        "keys:\n  - { id: attack, sha256: " + VirtualKey.sha256(KEY) + ", user: eve }\n")
                .model("steady", GatewayAcceptance.NO_BREAKER)
                .start();
    }

    @AfterAll
    void stop() throws Exception {
        try {
            gateway.terminate();
            assertThat(gateway.awaitExit(Duration.ofSeconds(60)))
                    .as("it ends when it is told to")
                    .isIn(0, 143);
        } finally {
            gateway.close();
            upstream.close();
        }
    }

    /** All of the length in many small objects: their tree takes forty times as much, which a heap of 256 MB never has for bodies. */
    private static byte[] manyParts() {
        String part = "{\"type\":\"text\",\"text\":\"ab\"},";
        String parts = part.repeat(BODY / part.length());
        return ("{\"model\":\"steady\",\"messages\":[{\"role\":\"user\",\"content\":["
                        + parts.substring(0, parts.length() - 1) + "]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] text(String characters) {
        String prefix = "{\"model\":\"steady\",\"messages\":[{\"role\":\"user\",\"content\":\"";
        int bytes = characters.getBytes(StandardCharsets.UTF_8).length;
        return (prefix + characters.repeat(BODY / bytes) + "\"}]}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void withoutAKeyNoBodyIsTakenIn() throws Exception {
        Map<Integer, Integer> answers = attack("without a key", CLIENTS, text("a word "), "X-Nothing: 1");
        assertThat(answers).containsOnly(Map.entry(401, CLIENTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/messages", "/v1/embeddings"})
    void theShippedChainsAskForNoBodyThatTheyWouldRefuse(String path) throws Exception {
        String head = "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 5000000\r\nExpect: 100-continue\r\nX-API-Key: ";
        try (RawClient stranger = RawClient.connect(gateway.port());
                RawClient friend = RawClient.connect(gateway.port())) {
            RawResponse refused = stranger.send(head + "sk-wrong\r\n\r\n").response();
            assertThat(refused.status()).isEqualTo(401);
            assertThat(gateway.awaitRecord(refused.header("x-request-id"))
                            .path("error_code")
                            .asText())
                    .isEqualTo("invalid_api_key");
            assertThat(friend.send(head + KEY + "\r\n\r\n").interimOrFinalHead().status())
                    .isEqualTo(100);
        }
    }

    @Test
    void withAKeyThoseThatFitAreAnsweredAndTheOthersToldToComeBack() throws Exception {
        for (byte[] body : List.of(text("a word "), text("a b "), text("ein Wörtchen, \uD83D\uDE00 "))) {
            Map<Integer, Integer> answers = attack("with a key", CLIENTS, body, "Authorization: Bearer " + KEY);
            assertThat(answers.keySet()).isSubsetOf(200, 503);
            assertThat(answers.getOrDefault(200, 0)).isPositive();
        }
        Map<Integer, Integer> answers = attack("of parts", CLIENTS, manyParts(), "Authorization: Bearer " + KEY);
        assertThat(answers.keySet()).isSubsetOf(200, 413, 503);
        assertThat(answers.getOrDefault(503, 0)).isLessThan(CLIENTS);
    }

    @Test
    void bodiesOnPathsThatNeedNoneAreBoundAsWell() throws Exception {
        byte[] body = text("a word ");
        List<Future<Integer>> results = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        try {
            for (int i = 0; i < CLIENTS; i++) {
                String path =
                        List.of("/health", "/metrics", "/nothing", "/v1/models").get(i % 4);
                results.add(pool.submit(() ->
                        RawClient.exchange(gateway.port(), "GET", path, body).status()));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isIn(200, 401, 404, 503);
            }
        } finally {
            pool.shutdownNow();
        }
        assertServes();
    }

    private Map<Integer, Integer> attack(String what, int clients, byte[] body, String header) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(clients);
        CyclicBarrier together = new CyclicBarrier(clients);
        List<Future<RawResponse>> results = new ArrayList<>();
        Map<Integer, Integer> answers = new TreeMap<>();
        long began = System.nanoTime();
        try {
            for (int i = 0; i < clients; i++) {
                results.add(pool.submit(() -> {
                    try (RawClient client = RawClient.connect(gateway.port()).patience(Duration.ofSeconds(60))) {
                        together.await();
                        client.request("POST", "/v1/chat/completions", body, "Content-Type: application/json", header);
                        return client.response();
                    }
                }));
            }
            for (Future<RawResponse> result : results) {
                RawResponse response = result.get(90, TimeUnit.SECONDS);
                answers.merge(response.status(), 1, Integer::sum);
                if (response.status() == 503) {
                    assertThat(response.header("retry-after")).isNotNull();
                    Problems.assertProblem(response, 503, "overloaded");
                }
            }
        } finally {
            pool.shutdownNow();
        }
        System.out.println(clients + " bodies of " + body.length + " bytes " + what + ", heap " + HEAP + ": " + answers
                + " in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms, resident at most "
                + peakMegabytes() + " MB");
        assertServes();
        return answers;
    }

    private void assertServes() throws Exception {
        assertThat(gateway.alive()).isTrue();
        assertThat(RawClient.exchange(gateway.port(), "GET", "/health/ready", null)
                        .status())
                .isEqualTo(200);
        assertThat(RawClient.post(
                                gateway.port(),
                                "/v1/chat/completions",
                                GatewayAcceptance.chatJson("steady"),
                                "x-api-key: " + KEY)
                        .status())
                .isEqualTo(200);
    }

    private String peakMegabytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(gateway.pid()), "status");
        if (!Files.exists(status)) {
            return "?";
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .map(line -> Pattern.compile("\\D+").matcher(line).replaceAll(""))
                    .map(kilobytes -> Long.toString(Long.parseLong(kilobytes) / 1024))
                    .findFirst()
                    .orElse("?");
        }
    }
}
