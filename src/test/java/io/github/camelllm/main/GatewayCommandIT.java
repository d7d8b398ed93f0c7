package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.access.NewKey;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.EmbeddingJars;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code bin/gateway} of the distribution, as a process: what it prints, and the code it ends with. */
class GatewayCommandIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO =
            "{\"model\":\"simulator\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    @Test
    void printsATableOfWhatItIsAndEndsWithZero() throws Exception {
        try (GatewayProcess gateway = GatewaySetup.shipped().start()) {
            assertThat(gateway.output())
                    .containsPattern("(?m)^camel-llm-gateway \\S+  \\(Camel \\S+, Java \\d+, .*\\)$")
                    .containsPattern("(?m)^  callers   anybody on this machine \\(no keys.yaml\\)$")
                    .containsPattern("(?m)gpt-4o-mini +openai +lacks OPENAI_API_KEY$")
                    .containsPattern("(?m)simulator +simulator +live$")
                    .containsPattern("(?m)^  triggers  http, files off, queue off$")
                    .containsPattern("(?m)^  call log  logs/calls.jsonl$");
            assertThat(gateway.output().lines().filter(line -> line.startsWith("  ")))
                    .allMatch(line -> line.length() <= 80)
                    .allMatch(line -> line.chars().allMatch(c -> c < 128));
            gateway.terminate();
            assertThat(gateway.awaitExit(SOON)).isZero();
            assertThat(gateway.output()).doesNotContain("\tat ");
        }
    }

    @Test
    void endsAtOnceAtTheSecondSignal() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped().env("LLM_SIMULATOR_FIRST_TOKEN_DELAY", "1m");
        try (GatewayProcess gateway = setup.start();
                RawClient running = RawClient.connect(gateway.port())) {
            running.postJson(CHAT, HELLO);
            Await.until(SOON, "a call under way", () -> gateway.metrics().sum("llm_active_requests") == 1);
            gateway.terminate();
            Await.until(
                    SOON,
                    "the gateway to be not ready",
                    () -> RawClient.exchange(gateway.port(), "GET", "/health/ready", null)
                                    .status()
                            == 503);
            assertThat(gateway.alive()).isTrue();
            gateway.terminate();
            assertThat(gateway.awaitExit(SOON)).isEqualTo(143);
        }
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            GatewaySetup.Ended ended = GatewaySetup.shipped().run("--port", Integer.toString(taken.getLocalPort()));
            assertThat(ended.exit()).isEqualTo(78);
            assertThat(ended.err().lines())
                    .containsExactly(
                            "127.0.0.1:" + taken.getLocalPort()
                                    + ": another process listens there. Stop it, or choose another"
                                    + " port with --port or llm.http.port",
                            "The gateway did not start.");
        }
    }

    @Test
    void saysWhatIsWrongWithSettings() throws Exception {
        GatewaySetup.Ended ended = GatewaySetup.shipped()
                .property("llm.http.workers", "none")
                .env("LLM_SHUTDOWN_TIMEOUT", "soon")
                .run("--port", "http");
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.err())
                .containsPattern("(?m)^config/application.properties:\\d+: llm.http.workers=none is not allowed\\. ")
                .containsPattern(
                        "(?m)^environment variable LLM_SHUTDOWN_TIMEOUT: llm.shutdown.timeout=soon is not allowed\\. ")
                .containsPattern("(?m)^--port: llm.http.port=http is not allowed\\. ")
                .doesNotContain("\tat ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void refusesToServeBeyondLoopbackWithoutKeys() throws Exception {
        GatewaySetup.Ended ended = GatewaySetup.shipped().run("--port", "0", "--host", "0.0.0.0");
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.err())
                .startsWith("llm.http.host=0.0.0.0: will not listen beyond loopback while anybody may call.")
                .contains("config/keys.yaml", "llm.access.open=true");
    }

    @Test
    void saysAtTheStartWhatValidateSays() throws Exception {
        String flaw = "        - policy: { ref: llmAuthenticate }";
        GatewaySetup.Ended validated = GatewaySetup.shipped()
                .edit(
                        "routes/gateway.camel.yaml",
                        text -> text.replaceFirst(
                                java.util.regex.Pattern.quote(flaw), flaw.replace("llmAuthenticate", "llmAuthenticat")))
                .run("validate");
        GatewaySetup.Ended started = GatewaySetup.shipped()
                .edit(
                        "routes/gateway.camel.yaml",
                        text -> text.replaceFirst(
                                java.util.regex.Pattern.quote(flaw), flaw.replace("llmAuthenticate", "llmAuthenticat")))
                .run("--port", "0");
        assertThat(validated.exit()).isEqualTo(1);
        assertThat(validated.out().lines())
                .singleElement()
                .asString()
                .matches(
                        "routes/gateway.camel.yaml:\\d+: no file declares the bean 'llmAuthenticat'\\. Did you mean 'llmAuthenticate'\\?");
        assertThat(started.exit()).isEqualTo(78);
        assertThat(started.err()).isEqualTo(validated.out() + "The gateway did not start.\n");
    }

    @Test
    void saysInOneLineWhatOnlyTheStartCanFind() throws Exception {
        GatewaySetup.Ended ended = GatewaySetup.shipped()
                .env("LLM_FILES_ENABLED", "true")
                .env("LLM_FILES_OUTBOX", "inbox")
                .run("--port", "0");
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.err()).contains("llm.files.outbox").doesNotContain("\tat ", "Exception");
        assertThat(ended.err().lines()).hasSize(2);
    }

    @Test
    void refusesToServeBeyondLoopbackPastAChainThatAsksForNoKey() throws Exception {
        GatewaySetup.Ended ended = withoutAuthenticate().run("--port", "0", "--host", "0.0.0.0");
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.err())
                .matches(
                        "routes/gateway.camel.yaml:\\d+: calls from /v1/chat/completions, /v1/messages come to a model here"
                                + " without a key, [^\\n]* set llm.access.open=true\\nThe gateway did not start\\.\\n");
        GatewaySetup.Ended validated = withoutAuthenticate().run("validate");
        assertThat(validated.exit()).isEqualTo(1);
        assertThat(ended.err()).startsWith(validated.out());
        try (GatewayProcess gateway = withoutAuthenticate().start()) {
            assertThat(gateway.output())
                    .contains("  OPEN      /v1/chat/completions: no key is asked for in llm-chat")
                    .contains("            /v1/messages: no key is asked for in llm-chat");
        }
    }

    private static GatewaySetup withoutAuthenticate() throws IOException {
        return GatewaySetup.shipped()
                .write("config/keys.yaml", "keys:\n" + NewKey.generate().yaml("a"))
                .edit(
                        "routes/gateway.camel.yaml",
                        text -> text.replaceFirst(" +- policy: \\{ ref: llmAuthenticate }.*\\R", ""));
    }

    @Test
    void refusesAConfigThatIsNotThere(@TempDir Path elsewhere) throws Exception {
        String gateway = Path.of("target/gateway/bin/gateway").toAbsolutePath().toString();
        assertThat(run(elsewhere, Map.of(), gateway, "--port", "0", "--config", "nowhere"))
                .isEqualTo(
                        "78 nowhere: there is no such directory of settings. Name a readable directory with --config DIR");
    }

    @Test
    void evaluatesWithoutData(@TempDir Path elsewhere) throws Exception {
        String gateway = Path.of("target/gateway/bin/gateway").toAbsolutePath().toString();
        Map<String, String> withModel = Map.of(EmbeddingJars.VARIABLE, EmbeddingJars.classPath());
        for (String what : new String[] {"injection", "pii", "cache"}) {
            assertThat(run(elsewhere, withModel, gateway, "eval", what)).isEqualTo("0 " + Samples.NOTE);
        }
    }

    @Test
    void saysThatThereAreNoRoutes() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        try (var files = Files.list(setup.directory().resolve("routes"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        GatewaySetup.Ended ended = setup.run("--port", "0");
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.err())
                .startsWith(
                        "routes: the directory holds no route file. Put one there; its name must end in .camel.yaml");
    }

    @Test
    void runsThroughSymbolicLinksFromAnywhere() throws Exception {
        Path elsewhere = Files.createTempDirectory("gateway-links-");
        Path gateway = Path.of("target/gateway/bin/gateway").toAbsolutePath();
        Path link = Files.createSymbolicLink(elsewhere.resolve("first"), gateway);
        Path second = Files.createSymbolicLink(elsewhere.resolve("second"), link.getFileName());
        try {
            assertThat(run(elsewhere, Map.of("JAVA_OPTS", "-Xmx64m -Dunused=1"), second.toString(), "--version"))
                    .isEqualTo("0 camel-llm-gateway 0.1.0-SNAPSHOT");
        } finally {
            for (Path path : new Path[] {second, link, elsewhere}) {
                Files.delete(path);
            }
        }
    }

    @Test
    void saysThatThereIsNoJava(@TempDir Path elsewhere) throws Exception {
        String gateway = Path.of("target/gateway/bin/gateway").toAbsolutePath().toString();
        assertThat(run(elsewhere, Map.of("JAVA_HOME", "/no/such/java"), gateway, "--version"))
                .isEqualTo(
                        "127 There is no Java at '/no/such/java/bin/java'. Install JDK 17 or later, or set JAVA_HOME.");
    }

    /** The exit code and the first line of the output. */
    private static String run(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader output = process.inputReader();
        String first = output.readLine();
        output.transferTo(Writer.nullWriter());
        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + first;
    }
}
