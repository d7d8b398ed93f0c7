package io.github.camelllm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With shell scripts in the gateway's place. */
class GatewayProcessTest {

    @TempDir
    Path home;

    @BeforeEach
    void lay() throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("routes/sub"));
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("routes/sub/a.camel.yaml"), "- one\n- two\n");
        Files.writeString(home.resolve("routes/models.camel.yaml"), "- models");
        Files.writeString(home.resolve("config/application.properties"), "a=1\nllm.x = 2\n");
    }

    @Test
    void startsAndTellsThePort() throws Exception {
        launcher("echo starting; echo oops >&2; echo 'listening on http://127.0.0.1:12345 (open)'; exec sleep 60");
        GatewayProcess gateway = GatewaySetup.of(home).start();
        try (gateway) {
            assertThat(gateway.port()).isEqualTo(12345);
            assertThat(gateway.url()).hasToString("http://127.0.0.1:12345");
            gateway.awaitOutput("oops");
            assertThat(gateway.output()).contains("starting");
            assertThat(gateway.alive()).isTrue();
            assertThat(gateway.directory()).exists();
        }
        assertThat(gateway.alive()).isFalse();
        assertThat(gateway.directory()).doesNotExist();
    }

    @Test
    void passesArgumentsAndNoEnvironmentButItsOwn() throws Exception {
        launcher("echo \"$@\"; env; pwd; exit 3");
        GatewaySetup setup = GatewaySetup.of(home).env("OPENAI_API_KEY", "k").args("--last");
        GatewaySetup.Ended ended = setup.run("validate");
        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.out())
                .startsWith("validate --routes " + setup.directory() + "/routes --config " + setup.directory()
                        + "/config --last\n")
                .contains("OPENAI_API_KEY=k", "JAVA_HOME=", "\n" + setup.directory() + "\n")
                .doesNotContain("HOSTNAME=", "\nHOME=");
        assertThat(setup.directory()).doesNotExist();
    }

    @Test
    void editsCopiesOnly() throws Exception {
        launcher("cat routes/sub/a.camel.yaml config/application.properties");
        GatewaySetup setup = GatewaySetup.of(home)
                .replace("routes/sub/a.camel.yaml", "two", "2")
                .append("routes/sub/a.camel.yaml", "- three")
                .property("llm.x", "9")
                .model("m", "maxInFlight", "1");
        assertThat(setup.read("routes/models.camel.yaml"))
                .endsWith("routeId: llm-model-m\n    parameters:\n      - { name: model, value: m }\n"
                        + "      - { name: maxInFlight, value: \"1\" }\n");
        assertThat(setup.run().out()).isEqualTo("- one\n- 2\n\n- threea=1\n\nllm.x=9\n");
        assertThat(home.resolve("routes/sub/a.camel.yaml")).content().isEqualTo("- one\n- two\n");
    }

    @Test
    void refusesAReplacementThatIsNotUnique() throws Exception {
        GatewaySetup setup = GatewaySetup.of(home);
        assertThatThrownBy(() -> setup.replace("routes/sub/a.camel.yaml", "nine", "9"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("never");
        assertThatThrownBy(() -> setup.replace("routes/sub/a.camel.yaml", "- ", "9"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("more than once");
        GatewayProcess.delete(setup.directory());
    }

    @Test
    void saysWhatAGatewayPrintedThatDoesNotStart() throws Exception {
        launcher("echo 'no such route' >&2; exit 78");
        assertThatThrownBy(() -> GatewaySetup.of(home).start())
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("ended with 78", "no such route");
    }

    @Test
    void readsTheRecordsOfCalls() throws Exception {
        launcher(
                "mkdir logs; echo '{\"request_id\":\"a\"}' > logs/calls.jsonl; printf '{\"request_id\":\"b' >> logs/calls.jsonl;"
                        + "echo listening on http://127.0.0.1:1; read x; exec sleep 60");
        try (GatewayProcess gateway = GatewaySetup.of(home).start()) {
            assertThat(gateway.records()).hasSize(1);
            assertThat(gateway.awaitRecord("a").path("request_id").asText()).isEqualTo("a");
            Files.writeString(gateway.directory().resolve("logs/calls.jsonl"), "{\"request_id\":\"a\"}\n".repeat(2));
            assertThatThrownBy(() -> gateway.awaitRecord("a")).hasMessageContaining("2 records");
        }
    }

    @Test
    void endsItPolitelyOrAtOnce() throws Exception {
        launcher("trap 'exit 7' TERM; echo listening on http://127.0.0.1:1; while :; do sleep 0.05; done");
        try (GatewayProcess gateway = GatewaySetup.of(home).start()) {
            assertThat(gateway.terminate().awaitExit(Duration.ofSeconds(10))).isEqualTo(7);
        }
        try (GatewayProcess gateway = GatewaySetup.of(home).start()) {
            assertThat(gateway.kill().awaitExit(Duration.ofSeconds(10))).isEqualTo(128 + 9);
        }
    }

    @Test
    void readsMetrics() {
        Metrics metrics = Metrics.parse("# HELP x\n# TYPE x counter\nx_total{model=\"a\",code=\"q\\\"}\"} 2.0\n"
                + "x_total{model=\"b\",code=\"\",} 3.0\nup 1\ninf NaN\n");
        assertThat(metrics.names()).containsExactly("inf", "up", "x_total");
        assertThat(metrics.labels("x_total")).containsExactly("code", "model");
        assertThat(metrics.sum("x_total")).isEqualTo(5);
        assertThat(metrics.sum("x_total", "model", "b", "code", "")).isEqualTo(3);
        assertThat(metrics.sum("none")).isZero();
        assertThat(metrics.samples()).hasSize(4);
    }

    private void launcher(String script) throws IOException {
        Path launcher = home.resolve("bin/gateway");
        Files.writeString(launcher, "#!/bin/sh\n" + script + "\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
    }
}
