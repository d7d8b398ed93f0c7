package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SIGTERM. */
class ShutdownIT {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String CHAT = "/v1/chat/completions";
    private static final String STREAM =
            "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private FakeUpstream upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    @Test
    void letsStreamsEndAndRefusesNewCalls() throws Exception {
        Gate gate = new Gate();
        upstream.next(Reply.sse(ChatScript.of("a", "b", "c").sse().gateBefore(2, gate)));
        try (GatewayProcess gateway = GatewaySetup.shipped().upstream(upstream).start();
                RawClient running = RawClient.connect(gateway.port());
                RawClient early = RawClient.connect(gateway.port())) {
            running.postJson(CHAT, STREAM, "X-Request-Id: under-way");
            running.head();
            running.event();
            gate.awaitReached(SOON);

            gateway.terminate();
            Await.until(SOON, "the gateway to be not ready", () -> !ready(gateway));
            RawResponse late = early.postJson(CHAT, STREAM).response();
            Problems.assertProblem(late, 503, "shutting_down");
            assertThat(late.header("retry-after")).isNotNull();
            assertThat(gateway.alive()).isTrue();

            gate.open();
            assertThat(running.events()).endsWith("data: [DONE]");
            gateway.awaitExit(SOON);
            assertThat(gateway.awaitRecord("under-way").path("status").asInt()).isEqualTo(200);
            assertThatThrownBy(() -> RawClient.connect(gateway.port())).isInstanceOf(IOException.class);
        }
    }

    private static boolean ready(GatewayProcess gateway) {
        try {
            return RawClient.exchange(gateway.port(), "GET", "/health/ready", null)
                            .status()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void losesPatienceInTheEnd() throws Exception {
        upstream.next(Reply.sse(ChatScript.of("a", "b", "c").sse().stallAfter(2)));
        GatewaySetup setup = GatewaySetup.shipped().upstream(upstream).env("LLM_SHUTDOWN_TIMEOUT", "1s");
        try (GatewayProcess gateway = setup.start();
                RawClient running = RawClient.connect(gateway.port())) {
            running.postJson(CHAT, STREAM, "X-Request-Id: cut-off");
            running.head();
            Received received = upstream.awaitRequest(SOON);
            running.event();
            running.event();

            gateway.terminate();
            received.awaitClientClosed(SOON);
            String rest = String.join("\n", running.events());
            assertThat(rest).contains("\"shutting_down\"").doesNotContain("[DONE]");
            gateway.awaitExit(SOON);
            assertThat(gateway.awaitRecord("cut-off").path("status").asInt()).isNotEqualTo(200);
        }
    }

    @Test
    void endsAtOnceWhenNothingIsUnderWay() throws Exception {
        try (GatewayProcess gateway = GatewaySetup.shipped().start()) {
            RawClient.post(gateway.port(), CHAT, STREAM.replace("gpt-4o-mini", "auto"), "X-Request-Id: last");
            long start = System.nanoTime();
            gateway.terminate().awaitExit(SOON);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
            assertThat(gateway.awaitRecord("last").path("status").asInt()).isEqualTo(200);
        }
    }
}
