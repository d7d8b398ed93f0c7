package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

    @TempDir
    private Path config;

    /** What is added to each address must not be in it already; a slash at its end does no harm. */
    @Test
    void refusesAnAddressThatNoCallCouldReach() throws IOException {
        for (String bad : List.of(
                "OPENAI_BASE_URL=api.openai.com/v1",
                "OPENAI_BASE_URL=https://api.openai.com/v1/chat/completions",
                "OPENAI_BASE_URL=https://api.openai.com/v1/chat/completions/",
                "OPENAI_BASE_URL=https://api.openai.com//v1",
                "OPENAI_BASE_URL=https://api.openai.com/v1?version=2",
                "OPENAI_BASE_URL=https://api.openai.com/v1#top",
                "OPENAI_BASE_URL=https://api.openai.com/v 1",
                "OPENAI_BASE_URL=https://ann:secret@api.openai.com/v1",
                "OPENAI_BASE_URL=https:///v1",
                "ANTHROPIC_BASE_URL=https://api.anthropic.com/v1",
                "ANTHROPIC_BASE_URL=https://api.anthropic.com/v1/messages",
                "GEMINI_BASE_URL=https://generativelanguage.googleapis.com/v1beta/",
                "GEMINI_BASE_URL=https://generativelanguage.googleapis.com/v1beta/models")) {
            String[] pair = bad.split("=", 2);
            assertThat(read(Map.of(pair[0], pair[1])).problems())
                    .as(bad)
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.toString())
                            .startsWith("environment variable " + pair[0] + ": llm.")
                            .contains("It must be a URL such as https://", " is added")
                            .doesNotContain("secret"));
        }
        for (String good : List.of("http://my_server:8000/v1", "https://api.openai.com/v1///", "http://[::1]:8000")) {
            SettingsReader.Result read = read(Map.of("OPENAI_BASE_URL", good));
            assertThat(read.problems()).as(good).isEmpty();
            assertThat(read.properties().get(SettingsTable.OPENAI_URL)).doesNotEndWith("/");
        }
    }

    @Test
    void readsSecretsFromFiles() throws IOException {
        Path key = Files.writeString(config.resolve("openai"), "sk-from-a-file\n");
        Path password = Files.writeString(config.resolve("ledger"), "p-w");
        SettingsReader.Result read =
                read(Map.of("OPENAI_API_KEY_FILE", key.toString(), "LLM_LEDGER_PASSWORD_FILE", password.toString()));

        assertThat(read.problems()).isEmpty();
        assertThat(read.properties().get("llm.openai.key")).isEqualTo("sk-from-a-file");
        assertThat(read.properties().get("llm.ledger.password")).isEqualTo("p-w");
        assertThat(read(Map.of("OPENAI_API_KEY_FILE", "/nowhere")).problems())
                .singleElement()
                .hasToString("environment variable OPENAI_API_KEY_FILE: /nowhere cannot be read. "
                        + "Name a text file that the gateway's user may read, with the secret in it");
        Path empty = Files.writeString(config.resolve("empty"), "\n");
        assertThat(read(Map.of("OPENAI_API_KEY_FILE", empty.toString())).problems())
                .hasSize(1);
        assertThat(read(Map.of("OPENAI_API_KEY_FILE", key.toString(), "OPENAI_API_KEY", "sk-both"))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString())
                        .contains("OPENAI_API_KEY is set as well")
                        .doesNotContain("sk-"));
        assertThat(read(Map.of("LLM_ACCESS_KEYS_FILE", "other.yaml"))
                        .properties()
                        .get("llm.access.keys-file"))
                .endsWith("other.yaml");
    }

    @Test
    void hasADefaultForEverything() {
        Settings settings = read(Map.of()).settings();
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.loopback()).isTrue();
        assertThat(settings.open()).isFalse();
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.keysFile()).isEqualTo(config.resolve("keys.yaml").toAbsolutePath());
        assertThat(settings.values()).hasSize(SettingsTable.ALL.size());
        assertThat(settings.values().get("llm.openai.base-url")).isEqualTo("https://api.openai.com/v1");
        assertThat(settings.values().get("llm.openai.key")).isEmpty();
    }

    @Test
    void environmentOverridesFileAndCommandLineOverridesBoth() throws IOException {
        file("llm.http.port=1\nllm.http.host=127.0.0.2\nllm.shutdown.timeout = 1m30s\n");
        Map<String, String> environment = Map.of("LLM_HTTP_PORT", "2", "LLM_HTTP_HOST", "127.0.0.3");
        Settings settings = SettingsReader.read(config, environment, new SettingsReader.Flags(null, "3"))
                .settings();
        assertThat(settings.port()).isEqualTo(3);
        assertThat(settings.host()).isEqualTo("127.0.0.3");
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void emptyEnvironmentVariableCountsAsUnset() {
        Map<String, String> environment = Map.of("LLM_HTTP_PORT", "", "OPENAI_BASE_URL", " ");
        assertThat(read(environment).settings().port()).isEqualTo(8080);
    }

    @Test
    void tellsEveryProblemWithItsLine() throws IOException {
        file(
                """
                # a comment
                llm.http.port = 80801
                llm.http.prot=1
                llm.access.open=yes
                llm.shutdown.timeout=soon
                llm.http.host=no.such.host.invalid
                llm.http.port=2
                llm.unheard.of.entirely=1
                llm.cache.tiers=off,exact
                """);
        assertThat(problems(Map.of("LLM_HTTP_WORKERS", "many")))
                .containsExactlyInAnyOrder(
                        "application.properties:3: unknown property llm.http.prot. Did you mean 'llm.http.port'?",
                        "application.properties:7: llm.http.port stands twice, first in line 2. Keep one",
                        "application.properties:8: unknown property llm.unheard.of.entirely. Take the line out",
                        "application.properties:6: llm.http.host=no.such.host.invalid is not allowed. It must be an address"
                                + " of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
                        "application.properties:2: llm.http.port=80801 is not allowed. It must be a whole number from 0 to"
                                + " 65535",
                        "application.properties:9: llm.cache.tiers=off,exact is not allowed. It must be off alone, or names"
                                + " separated by commas, each once, such as exact,normalised",
                        "environment variable LLM_HTTP_WORKERS: llm.http.workers=many is not allowed. It must be a whole"
                                + " number from 1 to 10000",
                        "application.properties:4: llm.access.open=yes is not allowed. It must be true or false",
                        "application.properties:5: llm.shutdown.timeout=soon is not allowed. It must be a duration from 0s"
                                + " to 1h such as 500ms, 30s or 1m30s");
    }

    @Test
    void namesTheFlagThatIsWrong() {
        assertThat(SettingsReader.read(config, Map.of(), new SettingsReader.Flags(null, "http"))
                        .problems())
                .extracting(Object::toString)
                .containsExactly(
                        "--port: llm.http.port=http is not allowed. It must be a whole number from 0 to 65535");
    }

    @Test
    void tellsEscapesThatWouldBeLost() throws IOException {
        file("llm.files.inbox=C:\\data\\inbox\nllm.files.outbox=\\u12\nllm.files.done=C:\\\\done\n");
        assertThat(problems(Map.of()))
                .containsExactly(
                        "application.properties:2: a \\u is not followed by four hexadecimal digits. Write a backslash that is"
                                + " meant as such twice: \\\\",
                        "application.properties:1: llm.files.inbox holds '\\d', and the backslash would be lost. Write a"
                                + " backslash that is meant as such twice: \\\\");
    }

    @Test
    void readsContinuedLinesAndKeepsTheirFirstLine() throws IOException {
        file("\n\nllm.http.port=\\\n   80\\\n   80x\nllm.http.workers: 7\n");
        assertThat(problems(Map.of()))
                .containsExactly(
                        "application.properties:3: llm.http.port=8080x is not allowed. It must be a whole number from"
                                + " 0 to 65535");
    }

    @Test
    void leavesTheUsersOwnPropertiesAlone() throws IOException {
        file("camel.main.name=mine\nmy.bound=7\nllm.http.workers={{my.bound}}\n");
        SettingsReader.Result read = read(Map.of());
        assertThat(read.problems()).isEmpty();
        assertThat(read.properties()).containsEntry("camel.main.name", "mine").containsEntry("my.bound", "7");
        assertThat(read.settings().workers()).isEqualTo(7);
    }

    @Test
    void tellsPlaceholdersThatStandForNothing() throws IOException {
        file("llm.http.port={{env:PORT}}\n");
        assertThat(problems(Map.of()))
                .containsExactly(
                        "application.properties:1: llm.http.port={{env:PORT}}: {{env:PORT}} stands for nothing. Define"
                                + " it in this file or in the environment, or give a default: {{name:default}}");
        assertThat(read(Map.of("PORT", "81")).settings().port()).isEqualTo(81);
    }

    @Test
    void takesTheProviderFromItsOwnVariables() {
        Map<String, String> environment =
                Map.of("OPENAI_API_KEY", "sk-1", "OPENAI_BASE_URL", "http://localhost:11434/v1/");
        assertThat(read(environment).settings().values())
                .containsEntry("llm.openai.key", "sk-1")
                .containsEntry("llm.openai.base-url", "http://localhost:11434/v1");
    }

    @Test
    void takesTheProviderOfGeminiFromItsOwnVariables() {
        Map<String, String> environment =
                Map.of("GEMINI_API_KEY", "g-secret", "GEMINI_BASE_URL", "http://localhost:1234/");
        assertThat(read(environment).settings().values())
                .containsEntry("llm.gemini.key", "g-secret")
                .containsEntry("llm.gemini.base-url", "http://localhost:1234");
        assertThat(read(environment).settings().toString()).doesNotContain("g-secret");
        assertThat(read(Map.of()).settings().values())
                .containsEntry("llm.gemini.base-url", "https://generativelanguage.googleapis.com");
    }

    @Test
    void neverShowsACredential() {
        Map<String, String> environment =
                Map.of("OPENAI_API_KEY", "sk-secret with blanks", "OPENAI_BASE_URL", "nowhere");
        assertThat(problems(environment))
                .containsExactly(
                        "environment variable OPENAI_BASE_URL: llm.openai.base-url=nowhere is not allowed. It must be a URL such"
                                + " as https://api.openai.com/v1, without user, query and fragment, to which /chat/completions is"
                                + " added",
                        "environment variable OPENAI_API_KEY: llm.openai.key is not allowed as it is. It must be visible ASCII"
                                + " characters without blanks");
        assertThat(read(Map.of("OPENAI_API_KEY", "sk-secret")).settings().toString())
                .doesNotContain("secret");
    }

    @Test
    void takesASlipInAVariableForOneAndLeavesOthersAlone() {
        assertThat(problems(Map.of("LLM_HTTP_PROT", "1", "LLM_API_KEY", "x", "LLM_MODEL", "y")))
                .containsExactly(
                        "environment variable LLM_HTTP_PROT: no property is called so. Did you mean 'LLM_HTTP_PORT'?");
    }

    @Test
    void keepsItsRulesFromBeingPassedByThroughCamelsNames() throws IOException {
        file("camel.server.host=0.0.0.0\ncamel.server.max-body-size=1\n");
        assertThat(problems(Map.of("CAMEL_SERVER_PORT", "1")))
                .containsExactly(
                        "application.properties:1: camel.server.host is the gateway's to set. Set llm.http.host instead",
                        "application.properties:2: camel.server.max-body-size is the gateway's to set. Set"
                                + " llm.http.max-body-bytes instead",
                        "environment variable CAMEL_SERVER_PORT: it is the gateway's to set. Set LLM_HTTP_PORT instead");
    }

    @Test
    void refusesCamelsOwnReloadWithAWord() throws IOException {
        file(
                "camel.main.routesReloadEnabled=true\ncamel.main.context-reload-enabled=true\ncamel.main.routes-reload-enabled=false\n");
        assertThat(problems(Map.of("CAMEL_MAIN_ROUTES_RELOAD_ENABLED", "true")))
                .hasSize(3)
                .allMatch(problem -> problem.contains("Camel's own reload stops every route first")
                        && problem.contains("llm.reload.watch=true"))
                .anyMatch(problem -> problem.startsWith("application.properties:1: camel.main.routesReloadEnabled"))
                .anyMatch(problem -> problem.startsWith("application.properties:2: camel.main.context-reload-enabled"))
                .anyMatch(problem -> problem.startsWith("environment variable CAMEL_MAIN_ROUTES_RELOAD_ENABLED"));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,true", "127.8.8.8,true", "localhost,true", "::1,true", "0.0.0.0,false", "::,false"})
    void knowsLoopback(String host, boolean loopback) {
        assertThat(read(Map.of("LLM_HTTP_HOST", host)).settings().loopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "500ms", "30s", "1m30s", "1h"})
    void takesDurations(String duration) {
        assertThat(read(Map.of("LLM_SHUTDOWN_TIMEOUT", duration)).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "-1s", "1.5s", "2h", "s", "30 seconds"})
    void refusesWhatIsNoDuration(String duration) {
        assertThat(read(Map.of("LLM_SHUTDOWN_TIMEOUT", duration)).problems()).hasSize(1);
    }

    private SettingsReader.Result read(Map<String, String> environment) {
        return SettingsReader.read(config, environment, SettingsReader.Flags.NONE);
    }

    private List<String> problems(Map<String, String> environment) {
        String directory = Shown.path(config) + "/";
        return read(environment).problems().stream()
                .map(problem -> problem.toString().replace(directory, ""))
                .toList();
    }

    private void file(String text) throws IOException {
        Files.writeString(config.resolve(Settings.FILE), text, StandardCharsets.ISO_8859_1);
    }
}
