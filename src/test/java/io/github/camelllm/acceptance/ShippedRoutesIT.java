package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of {@code routes/} starts, with everything switched on, and is looked at: a broken one stops the start. */
@TestInstance(Lifecycle.PER_CLASS)
class ShippedRoutesIT {

    private static GatewaySetup everything() throws IOException {
        return GatewaySetup.shipped().env("LLM_FILES_ENABLED", "true").env("LLM_QUEUE_ENABLED", "true");
    }

    List<String> files() throws IOException {
        GatewaySetup setup = GatewaySetup.shipped();
        List<String> files = new ArrayList<>();
        try (Stream<Path> paths = Files.list(setup.directory().resolve("routes"))) {
            paths.map(path -> "routes/" + path.getFileName()).sorted().forEach(files::add);
        }
        assertThat(files).contains("routes/gateway.camel.yaml", "routes/models.camel.yaml", "routes/http.camel.yaml");
        assertThat(files).allMatch(file -> file.endsWith(".camel.yaml"));
        return files;
    }

    @Test
    void startsWithEverythingSwitchedOn() throws Exception {
        try (GatewayProcess gateway = everything().start()) {
            assertThat(RawClient.exchange(gateway.port(), "GET", "/health/ready", null)
                            .status())
                    .isEqualTo(200);
            Path inbox = gateway.directory().resolve("inbox");
            Await.until(Duration.ofSeconds(10), "the inbox", () -> Files.isDirectory(inbox));
            Path partial = gateway.directory().resolve("request.tmp");
            Files.writeString(
                    partial, "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"From a file\"}]}");
            Files.move(partial, inbox.resolve("request.json"));
            Path outbox = gateway.directory().resolve("outbox");
            Await.until(Duration.ofSeconds(20), "an answer in " + outbox, () -> contains(outbox, "From a file"));
        }
    }

    private static boolean contains(Path directory, String text) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && Files.readString(file).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void findsNothingWrongWithWhatIsShipped() throws Exception {
        GatewaySetup.Ended ended = everything().run("validate");
        assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
    }

    @ParameterizedTest
    @MethodSource("files")
    void stopsAtAFileThatIsBroken(String file) throws Exception {
        GatewaySetup.Ended ended = everything()
                .append(file, "- route:\n    from:\n      uri: direct:broken\n      steps:\n        - nonsense: {}\n")
                .run("--port", "0");
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(78);
        assertThat(ended.out() + ended.err()).contains(file.substring("routes/".length()), "nonsense");
        assertThat(ended.out() + ended.err()).doesNotContain("\tat ");
    }
}
