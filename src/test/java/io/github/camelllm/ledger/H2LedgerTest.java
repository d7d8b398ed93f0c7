package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger in an H2 file. */
class H2LedgerTest extends LedgerContract {

    private static final String LOOPBACK_IN_IPV6 = "0000000000000000FFFF00000100007F";

    @TempDir
    private Path data;

    @Override
    String url() {
        return "jdbc:h2:file:" + data.resolve("deep/ledger");
    }

    @Override
    String user() {
        return "";
    }

    @Override
    String password() {
        return "";
    }

    @Override
    void kill() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isEqualTo(90121); // it is, and so cannot say so
        }
    }

    @Override
    void revive() {
        // the next connection opens it
    }

    @Override
    String filling(int calls) {
        return "INSERT INTO llm_ledger SELECT 'f' || x, 1, DATEADD('SECOND', -10 * x,"
                + " TIMESTAMP WITH TIME ZONE '2026-12-01 00:00:00+00'), 'chat', 'k', 't', 'user' || MOD(x, 100), 'team', 'pro',"
                + " 'm', 'p', 10, 10, 0, 0, 0, FALSE, 0.001, 200, NULL, 'miss', NULL FROM SYSTEM_RANGE(1, " + calls
                + ")";
    }

    @Test
    void letsOtherProcessesInOverLoopbackAlone() throws Exception {
        try (Connection connection = connect()) {
            assertThat(connection.isValid(1)).isTrue();
            String server = Files.readAllLines(data.resolve("deep/ledger.lock.db")).stream()
                    .filter(line -> line.startsWith("server="))
                    .findFirst()
                    .orElseThrow();
            int port = Integer.parseInt(server.replaceFirst(".*:", ""));
            assertThat(listening(port))
                    .containsAnyOf("0100007F", LOOPBACK_IN_IPV6)
                    .isSubsetOf("0100007F", LOOPBACK_IN_IPV6);
        }
    }

    @Test
    void isForItsOwnersEyesOnly() throws Exception {
        try (Connection connection = connect()) {
            assertThat(connection.isValid(1)).isTrue();
            assertThat(rights("deep")).isEqualTo("rwx------");
            assertThat(rights("deep/ledger.lock.db")).isEqualTo("rw-------");
            assertThat(rights("deep/ledger.mv.db")).isEqualTo("rw-------");
        }
    }

    private String rights(String path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(path)));
    }

    /** The addresses that this machine listens on at a port, as Linux writes them. */
    private static List<String> listening(int port) throws Exception {
        String suffix = ":%04X".formatted(port);
        try (var lines = java.util.stream.Stream.concat(
                Files.lines(Path.of("/proc/net/tcp")), Files.lines(Path.of("/proc/net/tcp6")))) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(words -> words[1].endsWith(suffix) && words[3].equals("0A"))
                    .map(words -> words[1].substring(0, words[1].indexOf(':')))
                    .toList();
        }
    }

    @Test
    void isNotMadeByAReport() {
        assertThatThrownBy(() -> CostReport.read(
                        url(), "", "", LocalDate.EPOCH, LocalDate.EPOCH, ZoneOffset.UTC, List.of(CostReport.By.USER)))
                .isInstanceOf(CostReport.NoLedgerException.class)
                .hasMessage("There is no ledger at " + url() + ": no gateway has written one there yet.");
        assertThat(data.resolve("deep")).doesNotExist();
    }
}
