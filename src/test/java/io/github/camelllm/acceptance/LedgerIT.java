package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The ledger of the packaged gateway: what is in it after a stop, after a kill, and what is reported of it. */
class LedgerIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO =
            "{\"model\":\"simulator\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    private static void call(GatewayProcess gateway, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertThat(RawClient.post(gateway.port(), CHAT, HELLO).status()).isEqualTo(200);
        }
    }

    /** Java closes what a process writes to when it is asked to end by its {@link Process}, and its last words are lost. */
    private static void terminate(GatewayProcess gateway) {
        ProcessHandle.of(gateway.pid()).orElseThrow().destroy();
    }

    /** How many rows each call has. */
    private static Map<String, Integer> ledger(Path directory) throws Exception {
        Map<String, Integer> rows = new TreeMap<>();
        String url = "jdbc:h2:file:" + directory.resolve("data/ledger") + ";AUTO_SERVER=TRUE;IFEXISTS=TRUE";
        try (Connection connection = connect(url);
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT call_id FROM llm_ledger")) {
            while (row.next()) {
                rows.merge(row.getString(1), 1, Integer::sum);
            }
        }
        return rows;
    }

    /** H2 refuses a file that has just changed hands. */
    private static Connection connect(String url) throws Exception {
        AtomicReference<Connection> connection = new AtomicReference<>();
        Await.until(SOON, "a connection to " + url, () -> {
            try {
                connection.set(DriverManager.getConnection(url, "sa", ""));
                return true;
            } catch (SQLException e) {
                return false;
            }
        });
        return connection.get();
    }

    /** One row for each call of the call log. */
    private static Map<String, Integer> log(GatewayProcess gateway) throws IOException {
        Map<String, Integer> calls = new TreeMap<>();
        for (JsonNode record : gateway.records()) {
            calls.merge(record.path("call_id").asText(), 1, Integer::sum);
        }
        return calls;
    }

    @Test
    void aStopRightAfterManyCallsLosesNone() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        try (GatewayProcess gateway = setup.start()) {
            Thread[] clients = new Thread[4];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = new Thread(() -> {
                    try {
                        call(gateway, 125);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                clients[i].start();
            }
            for (Thread client : clients) {
                client.join();
            }
            terminate(gateway);
            assertThat(gateway.awaitExit(SOON)).isZero();

            assertThat(log(gateway)).hasSize(500);
            assertThat(ledger(gateway.directory())).isEqualTo(log(gateway));
            assertThat(gateway.output()).doesNotContain("ALARM", "\tat ");
        }
    }

    @Test
    void theNextStartAddsWhatAKillHasKeptFromIt() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        try (GatewayProcess killed = setup.start()) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread client = new Thread(() -> {
                    while (!stop.get()) {
                        try {
                            RawClient.post(killed.port(), CHAT, HELLO);
                        } catch (IOException gone) {
                            return;
                        }
                    }
                });
                clients.add(client);
                client.start();
            }
            Await.until(SOON, "some calls to be written", () -> killed.metrics().sum("llm_ledger_written_total") > 200);
            killed.kill();
            stop.set(true);
            for (Thread client : clients) {
                client.join();
            }
            killed.awaitExit(SOON);
            int finished = log(killed).size();
            assertThat(finished).isGreaterThan(200);

            try (GatewayProcess next = setup.start()) {
                call(next, 10);
                // the gateway itself is to open the file, and not this test, from under whose feet it would have to
                // take it
                Await.until(SOON, "the ledger to be written on", () -> written(next) >= 10);
                Await.until(SOON, "each finished call to be in the ledger", () -> ledger(next.directory())
                        .keySet()
                        .containsAll(log(next).keySet()));
                assertThat(log(next)).hasSize(finished + 10);
                assertThat(ledger(next.directory()).values()).containsOnly(1);
            }
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsToldOfAndItsCallsAreAddedLater() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped()
                .replace(
                        "routes/completed.camel.yaml",
                        "keep: \"{{llm.ledger.keep:0}}\"",
                        "keep: \"{{llm.ledger.keep:0}}\"\n        drainTimeout: 1s")
                .env("LLM_LEDGER_URL", "jdbc:postgresql://127.0.0.1:1/nowhere")
                .env("LLM_LEDGER_USER", "me")
                .env("LLM_LEDGER_PASSWORD", "hunter2-secret");
        try (GatewayProcess without = setup.start()) {
            call(without, 50);
            without.awaitOutput("ALARM: the ledger jdbc:postgresql://127\\.0\\.0\\.1:1/nowhere cannot be written: ");
            assertThat(without.metrics().sum("llm_ledger_up")).isZero();
            terminate(without);
            without.awaitOutput("50 calls were not written to the ledger before the stop");
            assertThat(without.awaitExit(SOON)).isZero();
            assertThat(without.output()).doesNotContain("hunter2", "\tat ");

            setup.env("LLM_LEDGER_URL", "").env("LLM_LEDGER_USER", "").env("LLM_LEDGER_PASSWORD", "");
            try (GatewayProcess with = setup.start()) {
                with.awaitOutput("The ledger took in 50 calls from the call log");
                assertThat(ledger(with.directory())).isEqualTo(log(with)).hasSize(50);
            }
        }
    }

    @Test
    void twoGatewaysInOneDirectoryShareIt() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        try (GatewayProcess first = setup.start();
                GatewayProcess second = setup.start()) {
            call(first, 50);
            call(second, 50);
            Await.until(SOON, "both to have written", () -> written(first) >= 50 && written(second) >= 50);
            first.kill().awaitExit(SOON); // it had the file open, the other one came in through it
            call(second, 50);
            Await.until(SOON, "the other to have the file", () -> written(second) >= 100);

            Await.until(
                    SOON,
                    "the other to have written on",
                    () -> ledger(second.directory()).size() == 150);
            assertThat(ledger(second.directory())).isEqualTo(log(second));
        }
    }

    private static double written(GatewayProcess gateway) throws IOException {
        return gateway.metrics().sum("llm_ledger_written_total");
    }

    @Test
    void isReportedWhileTheGatewayRunsAndWhenItDoesNot() throws Exception {
        String month = LocalDate.now(ZoneOffset.UTC).toString().substring(0, 7);
        try (GatewayProcess gateway = GatewaySetup.shipped().start()) {
            call(gateway, 3);
            Await.until(SOON, "the calls to be written", () -> written(gateway) == 3);

            String running = report(gateway.directory(), 0, "--by", "user,model,day");
            assertThat(running)
                    .startsWith("Cost from " + month + "-01 to " + month)
                    .contains("user  ", "anonymous  simulator", "total  ");
            gateway.terminate();
            assertThat(gateway.awaitExit(SOON)).isZero();
            assertThat(report(gateway.directory(), 0, "--by", "user,model,day")).isEqualTo(running);
            assertThat(report(gateway.directory(), 0, "--format", "csv").lines())
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("anonymous,simulator,3,"));
            assertThat(report(gateway.directory(), 2, "--by", "colour")).contains("--by has 'colour'");
        }
    }

    @Test
    void isNotMadeByAReport() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        try {
            assertThat(report(setup.directory(), 1))
                    .contains("There is no ledger at jdbc:h2:file:"
                            + setup.directory().resolve("data/ledger"));
            assertThat(setup.directory().resolve("data")).doesNotExist();
        } finally {
            setup.run("--version"); // removes the directory
        }
    }

    private static String report(Path directory, int exit, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of("target/gateway/bin/gateway").toAbsolutePath().toString(),
                "report",
                "cost",
                "--config",
                directory.resolve("config").toString()));
        command.addAll(Arrays.asList(options));
        Path output = Files.createTempFile("report-", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String text = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(process.exitValue()).as(text).isEqualTo(exit);
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
