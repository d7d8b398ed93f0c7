package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Files are not watched: changes come into force by SIGHUP or by {@code POST /admin/reload}, and {@code diff} tells which. */
class ReloadByHandIT extends GatewayAcceptance {

    private static final String ROUTES = "routes/gateway.camel.yaml";
    private static final String MODELS = "routes/models.camel.yaml";

    private GatewaySetup setup;

    @Override
    void prepare(GatewaySetup gatewaySetup) {
        setup = gatewaySetup.property("llm.reload.watch", "false");
    }

    private record Ended(int exit, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    private Ended diff() throws IOException, InterruptedException {
        Path command =
                Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("target/gateway/bin/gateway");
        List<String> line = new ArrayList<>(
                List.of(command.toString(), "diff", "--url", gateway.url().toString()));
        return run(line.toArray(String[]::new));
    }

    private void model(String name) {
        setup.append(
                MODELS,
                "- templatedRoute:\n    routeTemplateRef: simulator\n    routeId: llm-model-" + name
                        + "\n    parameters:\n      - { name: model, value: " + name + " }\n");
    }

    private RawResponse reload() throws IOException {
        return RawClient.exchange(gateway.port(), "POST", "/admin/reload", new byte[0]);
    }

    @Test
    void diffTellsWhatIsPendingAndReloadPutsItInForce() throws Exception {
        Ended none = diff();
        assertThat(none.output()).contains("What is saved is in force.");
        assertThat(none.exit()).isZero();

        model("pending");
        setup.edit(ROUTES, text -> text.replaceFirst("retries: 1 ", "retries: 2 "));
        setup.property("llm.http.max-connections", "123");
        Ended some = diff();
        assertThat(some.output().lines())
                .contains("+ route llm-model-pending", "~ route llm-chat", "~ bean llmFailover")
                .contains("! restart: the setting llm.http.max-connections has changed");
        assertThat(some.exit()).isEqualTo(1);
        assertThat(chat("pending").status()).isEqualTo(404);

        RawResponse reloaded = reload();
        assertThat(reloaded.status()).isEqualTo(200);
        assertThat(reloaded.json().path("changes").toString())
                .contains("+ route llm-model-pending", "~ route llm-chat");
        assertThat(reloaded.json().path("restart").toString()).contains("llm.http.max-connections");
        assertThat(chat("pending").status()).isEqualTo(200);

        String good = setup.read(ROUTES);
        setup.append(ROUTES, "- rout: {}\n");
        Ended bad = diff();
        assertThat(bad.exit()).isEqualTo(3);
        assertThat(bad.output()).contains("gateway.camel.yaml:").contains("rout");
        setup.write(ROUTES, good);
        setup.property("llm.http.max-connections", "10000");
        reload();
    }

    @Test
    void theSignalThatReloadsElsewhereReloads() throws Exception {
        assumeFalse(ignoresHangUps(), "this build was started with SIGHUP ignored (nohup), and so are its children");
        model("hung-up");
        assertThat(chat("hung-up").status()).isEqualTo(404);
        assertThat(run("kill", "-HUP", Long.toString(gateway.pid())).exit()).isZero();
        Await.until("the model is there", () -> chat("hung-up").status() == 200);
        assertThat(gateway.alive()).isTrue();
    }

    /** A process hands on which signals it ignores; 1 is the bit of SIGHUP. */
    private static boolean ignoresHangUps() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) != 0);
    }
}
