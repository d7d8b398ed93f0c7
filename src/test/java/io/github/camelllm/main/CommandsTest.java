package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** What commands say of logging comes too late for this process, and is not to reach another test. */
    @BeforeAll
    static void startLogging() {
        LogManager.getContext(false);
    }

    @AfterEach
    void forget() {
        System.clearProperty("log4j2.configurationFile");
    }

    @Test
    void validateSaysThatNothingIsWrong() {
        assertThat(run("validate")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("No problem in routes and config.");
    }

    @Test
    void validateTellsWhatIsWrong(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("application.properties"), "llm.http.port=x\n");
        Files.writeString(
                dir.resolve("a.camel.yaml"),
                "- route:\n    from:\n      uri: direct:a\n      steps:\n        - lgo: x\n");
        assertThat(run("validate", "--routes", dir.toString(), "--config", dir.toString()))
                .isEqualTo(1);
        assertThat(out.toString().replace(Shown.path(dir) + "/", "").lines())
                .containsExactly(
                        "application.properties:1: llm.http.port=x is not allowed. It must be a whole number from 0 to 65535",
                        "a.camel.yaml:5: unknown step 'lgo'. Did you mean 'log'?");
        assertThat(err.toString()).isEqualToIgnoringNewLines("2 problems.");
    }

    /** Whatever finds it: an open door, a step twice, a base URL. */
    @Test
    void validateTellsWhatIsWrongInAFileInTheOrderOfItsLines(@TempDir Path dir) throws IOException {
        edit(dir, text -> text.replaceFirst("(?m)^ +- policy: \\{ ref: llmAuthenticate }.*\\R", "")
                .replaceFirst("(?m)^( +- policy: \\{ ref: llmCache }.*\\R)", "$1$1"));
        Files.writeString(
                dir.resolve("keys.yaml"), "keys: [ { id: a, sha256: \"" + "0123456789abcdef".repeat(4) + "\" } ]\n");

        assertThat(run("validate", "--routes", dir.toString(), "--config", dir.toString(), "--host", "0.0.0.0"))
                .isEqualTo(1);

        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("the step 'llmCache' stands twice");
        assertThat(lines.get(1)).contains("come to a model here without a key");
    }

    /** What people take out of the chain freely is nobody's business. */
    @Test
    void validateSaysNothingOfAStepThatIsLeftOut(@TempDir Path dir) throws IOException {
        for (String step : List.of(
                "llmValidate",
                "llmGuard",
                "llmRedact",
                "llmInspect",
                "llmDegrade",
                "llmCache",
                "llmAccept",
                "llmQuota",
                "llmBudget",
                "llmAuthenticate")) {
            edit(dir, text -> text.replaceAll("(?m)^ +- policy: \\{ ref: " + step + " }.*\\R", ""));
            assertThat(run("validate", "--routes", dir.toString())).as(step).isZero();
            assertThat(out.toString()).as(step).contains("No problem in").doesNotContain("warning");
        }
    }

    @Test
    void validateWarnsOfAnOrderThatCannotWork(@TempDir Path dir) throws IOException {
        String redact = "        - policy: { ref: llmRedact }\n";
        edit(dir, text -> text.replaceAll("(?m)^ +- policy: \\{ ref: llmRedact }.*\\R", "")
                .replaceAll("(?m)^( +- policy: \\{ ref: llmChoose }.*\\R)", redact + "$1"));
        assertThat(run("validate", "--routes", dir.toString())).isZero();
        assertThat(out.toString().replace(Shown.path(dir) + "/", "").lines())
                .hasSize(2)
                .allMatch(line -> line.matches("gateway.camel.yaml:\\d+: warning: 'llmRedact' stands below 'llmCache'"
                        + " \\(gateway.camel.yaml:\\d+\\), so the cache keeps personal values as the client wrote them\\."
                        + " Move the line above 'llmCache'"));
        assertThat(err.toString()).isEqualToIgnoringNewLines("2 warnings.");
    }

    private static void edit(Path dir, UnaryOperator<String> edit) throws IOException {
        try (var files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                boolean chain = file.endsWith("gateway.camel.yaml");
                String edited = chain ? edit.apply(text) : text;
                assertThat(!chain || !edited.equals(text)).isTrue();
                Files.writeString(dir.resolve(file.getFileName()), edited);
            }
        }
    }

    @Test
    void keyMakesAnotherKeyEachTime() {
        assertThat(run("key", "--id", "nightly")).isZero();
        String first = out.toString();
        assertThat(first).containsPattern("sk-llm-[\\w-]{43}").contains("  - id: \"nightly\"\n    sha256: \"");
        assertThat(run("key")).isZero();
        assertThat(out.toString().substring(first.length())).isNotEqualTo(first);
    }

    @Test
    void keyRefusesWhatCannotBeAnId() {
        assertThat(run("key", "--id", "a b")).isEqualTo(2);
        assertThat(err.toString()).contains("--id: id ");
    }

    @Test
    void reportRefusesWhatItCannotReport() {
        for (String[] bad : new String[][] {
            {
                "--by",
                "user,colour",
                "--by has 'colour'; allowed are user, team, tenant, key, model, provider, day, operation"
            },
            {"--by", "user,user", "--by has 'user' twice"},
            {"--by", "", "--by has ''"},
            {"--from", "yesterday", "--from is 'yesterday'; a date such as 2026-11-30 is expected"},
            {"--to", "2026-02-30", "--to is '2026-02-30'"},
            {"--format", "xml", "--format is 'xml'; table and csv are allowed"}
        }) {
            assertThat(run("report", "cost", bad[0], bad[1])).isEqualTo(2);
            assertThat(err.toString()).contains(bad[2]);
        }
        assertThat(run("report", "cost", "--from", "2026-11-02", "--to", "2026-11-01"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--to 2026-11-01 lies before --from 2026-11-02");
        assertThat(run("report")).isEqualTo(2);
        assertThat(err.toString()).contains("Say what to report: cost");
    }

    @Test
    void reportSaysThatThereIsNoLedger(@TempDir Path dir) throws IOException {
        Path ledger = dir.resolve("data/ledger");
        Files.writeString(dir.resolve("application.properties"), "llm.ledger.url=jdbc:h2:file:" + ledger + "\n");
        assertThat(run("report", "cost", "--config", dir.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("There is no ledger at jdbc:h2:file:" + ledger + ": no gateway");
        assertThat(ledger.getParent()).doesNotExist();
    }

    @Test
    void reportSaysWhatIsWrongWithSettings(@TempDir Path dir) throws IOException {
        Files.writeString(
                dir.resolve("application.properties"),
                "llm.ledger.url=jdbc:postgresql://db/x?password=hunter2\nllm.ledger.zone=Moon\n");
        assertThat(run("report", "cost", "--config", dir.toString())).isEqualTo(78);
        assertThat(err.toString())
                .contains(":1: llm.ledger.url is not allowed as it is. It must be blank, or begin with jdbc:h2:file:")
                .contains(
                        ":2: llm.ledger.zone=Moon is not allowed. It must be a time zone such as UTC or Europe/Berlin")
                .doesNotContain("hunter2");
    }

    @Test
    void refusesUnknownOptions() {
        assertThat(run("--prot", "1")).isEqualTo(2);
        assertThat(err.toString()).contains("--prot");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("validate", "key", "--routes", "--config", "--port", "--host", "78");
    }

    private int run(String... args) {
        return new CommandLine(new Gateway())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
