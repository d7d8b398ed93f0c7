package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Metrics;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many calls, nearly all of them to models that fail, some from clients who leave: each gets an answer or one error, and
 * memory, connections and threads return to their level. 500 calls; 10,000 with {@code mvn verify -Psoak}.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FaultSoakIT extends GatewayAcceptance {

    private static final int CALLS = Integer.getInteger("soak.calls", 500);
    private static final int CLIENTS = 16;
    private static final int WARM_UP = 400;
    private static final long MORE_HEAP = 24L * 1024 * 1024;

    /** What the first model's provider does, by the names of {@code NamedReplies}. */
    private static final List<String> ORDERS = List.of(
            "status-500",
            "status-503",
            "status-400",
            "status-429",
            "status-529",
            "html-502",
            "html-200",
            "empty",
            "bad-json",
            "hang-up",
            "reset",
            "silent",
            "cut-1",
            "cut-3",
            "rst-3",
            "stall-3",
            "garbage-3",
            "error-0",
            "error-3",
            "no-finish",
            "no-done",
            "no-usage",
            "words-50");

    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private FakeUpstream other;

    @Override
    void prepare(GatewaySetup setup) throws IOException {
        other = FakeUpstream.start();
        setup.anthropic(upstream).gemini(upstream);
        String[] hasty = with(NO_BREAKER, "firstByteTimeout", "100", "firstTokenTimeout", "150", "idleTimeout", "100");
        setup.model("second", with(NO_BREAKER, "baseUrl", Dialect.OPENAI.baseUrl(other.port())));
        for (int i = 0; i < ORDERS.size(); i++) {
            Dialect dialect = Dialect.values()[i % Dialect.values().length];
            setup.model(dialect, "m" + i, with(hasty, "upstreamModel", "fake-" + ORDERS.get(i)));
            setup.alias("soak-" + i, "m" + i, "second");
        }
    }

    @AfterAll
    void stop() throws IOException {
        clients.shutdownNow();
        other.close();
    }

    @Test
    void leavesNothingBehind() throws Exception {
        call(WARM_UP);
        Level before = Level.of(this);
        long start = System.nanoTime();
        call(CALLS);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        System.out.printf("%d faulty calls in %d s%n", CALLS, seconds);

        Await.until("the level of " + before, () -> before.isKeptBy(Level.of(this)));
        assertThat(gateway.alive()).isTrue();
        assertThat(chat(STEADY).status()).isEqualTo(200);
        assertThat(gateway.metrics().sum("llm_requests_total")).isGreaterThanOrEqualTo(WARM_UP + CALLS);
        assertThat(gateway.output()).doesNotContain("OutOfMemoryError", "LEAK", "StackOverflow");
    }

    private void call(int calls) throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int seed = i;
            all.add(clients.submit(() -> {
                Random random = new Random(seed);
                for (int n = seed; n < calls; n += CLIENTS) {
                    call(random);
                }
                return null;
            }));
            upstream.reset();
        }
        for (Future<?> one : all) {
            one.get();
        }
        upstream.reset(); // what it remembers of so many requests
        other.reset();
    }

    private void call(Random random) throws IOException {
        boolean stream = random.nextBoolean();
        String json = chatJson("soak-" + random.nextInt(ORDERS.size()), "\"stream\":" + stream);
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, json);
            if (random.nextInt(20) == 0) {
                if (stream) {
                    client.head();
                }
                client.hangUp(random.nextBoolean() ? Cut.FIN : Cut.RST);
                return;
            }
            assertTrue(client.response(), stream);
        }
    }

    /** One whole answer, or one error. */
    private static void assertTrue(RawResponse response, boolean stream) {
        String text = response.text();
        if (response.status() == 200) {
            assertThat(text).contains(stream ? "data: " : "\"choices\"");
            assertThat(!stream || text.endsWith("data: [DONE]\n\n") ^ text.contains("\"error\""))
                    .as(text)
                    .isTrue();
        } else {
            assertThat(response.status()).as(text).isIn(400, 429, 502, 503, 504);
            assertThat(response.json().has("error")).isTrue();
        }
    }

    /**
     * What the gateway holds.
     *
     * @param heap bytes of its heap after a garbage collection
     * @param upstream connections open to providers
     * @param sockets sockets of all kinds
     * @param threads its threads
     * @param active calls it has in flight
     */
    private record Level(long heap, int upstream, long sockets, int threads, int active) {

        static Level of(FaultSoakIT test) throws Exception {
            long pid = test.gateway.pid();
            Process collect = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            String.valueOf(pid),
                            "GC.run")
                    .redirectErrorStream(true)
                    .start();
            collect.getInputStream().readAllBytes();
            assertThat(collect.waitFor()).isZero();
            Metrics metrics = test.gateway.metrics();
            return new Level(
                    (long) metrics.sum("jvm_memory_used_bytes", "area", "heap"),
                    test.upstream.connectionsOpen() + test.other.connectionsOpen(),
                    sockets(pid),
                    (int) metrics.sum("jvm_threads_live_threads"),
                    (int) metrics.sum("llm_active_requests"));
        }

        private static long sockets(long pid) throws IOException {
            Path open = Path.of("/proc/" + pid + "/fd");
            if (!Files.isDirectory(open)) {
                return 0; // no Linux
            }
            try (Stream<Path> files = Files.list(open)) {
                return files.filter(Level::isSocket).count();
            }
        }

        private static boolean isSocket(Path file) {
            try {
                return Files.readSymbolicLink(file).toString().startsWith("socket:");
            } catch (IOException e) {
                return false; // closed by now
            }
        }

        boolean isKeptBy(Level after) {
            System.out.println("level before " + this + ", after " + after);
            return after.active == 0
                    && after.heap <= heap + MORE_HEAP
                    && after.upstream <= upstream + CLIENTS
                    && after.sockets <= sockets + CLIENTS
                    && after.threads <= threads + CLIENTS;
        }
    }
}
