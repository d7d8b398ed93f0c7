package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.access.NewKey;
import io.github.camelllm.main.check.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {

    @TempDir
    private Path config;

    @Test
    void mayListenOnLoopbackWithoutKeys() {
        assertThat(preflight(Map.of()).problems()).isEmpty();
    }

    @Test
    void mayNotListenBeyondLoopbackWithoutKeys() {
        assertThat(preflight(Map.of("LLM_HTTP_HOST", "0.0.0.0")).problems())
                .extracting(Object::toString)
                .containsExactly(
                        "llm.http.host=0.0.0.0: will not listen beyond loopback while anybody may call. Put keys into "
                                + Shown.path(config.resolve("keys.yaml"))
                                + " ('bin/gateway key' makes one), or set llm.access.open=true");
    }

    @Test
    void mayListenBeyondLoopbackWithKeysOrWhenToldTo() throws IOException {
        assertThat(preflight(Map.of("LLM_HTTP_HOST", "0.0.0.0", "LLM_ACCESS_OPEN", "true"))
                        .problems())
                .isEmpty();
        Files.writeString(
                config.resolve("keys.yaml"), "keys:\n" + NewKey.generate().yaml("a"));
        Preflight withKeys = preflight(Map.of("LLM_HTTP_HOST", "0.0.0.0"));
        assertThat(withKeys.problems()).isEmpty();
        assertThat(withKeys.keys()).isEqualTo(1);
    }

    @Test
    void everyPageOnTheWebMayNotActForItsVisitor() {
        String origins = "LLM_HTTP_CORS_ORIGINS";
        String credentials = "LLM_HTTP_CORS_CREDENTIALS";
        assertThat(preflight(Map.of(origins, "*", credentials, "true")).problems())
                .extracting(Object::toString)
                .containsExactly(
                        "llm.http.cors.credentials=true: does not go with llm.http.cors.origins=*: every page on"
                                + " the web could act for its visitor. Name the origins, or leave the credentials out");
        assertThat(preflight(Map.of(origins, "*")).problems()).isEmpty();
        assertThat(preflight(Map.of(origins, "https://a.example", credentials, "true"))
                        .problems())
                .isEmpty();
        assertThat(preflight(Map.of(origins, "a.example")).problems())
                .extracting(Object::toString)
                .singleElement()
                .asString()
                .contains("llm.http.cors.origins=a.example is not allowed", "https://app.example.com");
    }

    @Test
    void tellsWhatIsWrongWithTheKeys() throws IOException {
        Files.writeString(config.resolve("keys.yaml"), "keys:\n  - id: a\n    sha256: nonsense\n");
        assertThat(preflight(Map.of()).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.source()).endsWith("keys.yaml");
            assertThat(problem.line()).isEqualTo(3);
        });
    }

    @Test
    void tellsWhatIsWrongWithThePrices() throws IOException {
        Files.writeString(config.resolve("prices.json"), "{\n\"gpt-4o\": {\"input_cost_per_token\": \"much\"}}");
        assertThat(preflight(Map.of()).problems())
                .extracting(Object::toString)
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith(Shown.path(config.resolve("prices.json"))
                                + ":2: 'gpt-4o': input_cost_per_token is 'much';"));
    }

    @Test
    void aStepTakenOutOpensNoDoorBeyondLoopback() throws IOException {
        keys();
        Map<String, String> beyond = Map.of("LLM_HTTP_HOST", "0.0.0.0");
        assertThat(preflight(shippedWithout("ref: llmAuthenticate"), beyond).problems())
                .extracting(Diagnostic::toString)
                .hasSize(5)
                .allMatch(problem -> problem.contains("without a key") && problem.contains("llm.access.open=true"))
                .anyMatch(problem -> problem.contains("calls from /v1/chat/completions, /v1/messages come to a model"))
                .anyMatch(problem -> problem.contains("calls from /v1/embeddings come to a model"))
                .anyMatch(problem -> problem.contains("calls from /v1/models come to 'llmModelList'"))
                .anyMatch(problem -> problem.contains("calls from /v1/usage come to 'llmUsageReport'"))
                .anyMatch(problem -> problem.contains("calls from /v1/cache come to 'llmClearCache'"));
        assertThat(preflight(
                                shippedWithout("ref: llmAuthenticate"),
                                Map.of("LLM_HTTP_HOST", "0.0.0.0", "LLM_ACCESS_OPEN", "true"))
                        .problems())
                .isEmpty();
        assertThat(preflight(Path.of("routes"), beyond).problems()).isEmpty();
    }

    @Test
    void onLoopbackItStartsAndValidateAndTheTableTell() throws IOException {
        keys();
        Preflight open = preflight(shippedWithout("ref: llmAuthenticate"), Map.of());
        assertThat(open.problems()).isEmpty();
        assertThat(open.open())
                .filteredOn(door -> door.chain().equals("llm-chat"))
                .singleElement()
                .satisfies(door -> assertThat(door.triggers()).containsExactly("/v1/chat/completions", "/v1/messages"));
        assertThat(open.openProblems()).hasSize(5).allMatch(problem -> problem.line() > 0 && !problem.warning());
        assertThat(preflight(shippedWithout("ref: llmAuthenticate"), Map.of("LLM_ACCESS_OPEN", "true"))
                        .openProblems())
                .isEmpty();
    }

    @Test
    void refusesADirectoryOfSettingsThatIsNone() throws IOException {
        Path file = Files.writeString(config.resolve("file"), "");
        for (Path wrong : List.of(config.resolve("none"), file)) {
            Preflight preflight =
                    Preflight.of(new Preflight.Options(Path.of("routes"), wrong, SettingsReader.Flags.NONE, Map.of()));
            assertThat(preflight.problems())
                    .extracting(Diagnostic::toString)
                    .containsExactly(Shown.path(wrong) + ": "
                            + (wrong == file ? "is no directory" : "there is no such directory of settings")
                            + ". Name a readable directory with --config DIR");
        }
    }

    private void keys() throws IOException {
        Files.writeString(
                config.resolve("keys.yaml"), "keys:\n" + NewKey.generate().yaml("a"));
    }

    /** The shipped routes without the lines that hold a text. */
    private Path shippedWithout(String text) throws IOException {
        Path routes = Files.createDirectories(config.resolve("routes"));
        try (var files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.write(
                        routes.resolve(file.getFileName()),
                        Files.readAllLines(file).stream()
                                .filter(line -> !line.contains(text))
                                .toList());
            }
        }
        return routes;
    }

    private Preflight preflight(Path routes, Map<String, String> environment) {
        return Preflight.of(new Preflight.Options(routes, config, SettingsReader.Flags.NONE, environment));
    }

    private Preflight preflight(Map<String, String> environment) {
        return Preflight.of(new Preflight.Options(Path.of("routes"), config, SettingsReader.Flags.NONE, environment));
    }
}
