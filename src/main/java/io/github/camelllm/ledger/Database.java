package io.github.camelllm.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;

/**
 * The one connection that a ledger writes through, made when it is first asked for and again when it is broken; the first one
 * brings the schema up to date. Used by one thread.
 */
final class Database implements AutoCloseable {

    /** The newest migration of {@code migration/}. */
    static final String SCHEMA_VERSION = "1";

    private static final String HISTORY = "llm_ledger_history";
    private static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LedgerSettings settings;
    private Connection connection;
    private long usedNanos;
    private String identity;

    Database(LedgerSettings settings) {
        this.settings = settings;
    }

    /**
     * Connects without changing anything, to what is there or is made by connecting.
     *
     * @throws SQLException also when no driver knows the address
     */
    static Connection connect(LedgerSettings settings, String options) throws SQLException {
        if (settings.h2() && System.getProperty("h2.bindAddress") == null) {
            // H2 lets other processes in over a port, which it would open to the network.
            System.setProperty("h2.bindAddress", "127.0.0.1");
        }
        Path file = settings.file();
        if (file != null && !options.contains("IFEXISTS")) {
            OwnerOnly.directory(file.getParent());
        }
        Connection connection =
                DriverManager.getConnection(settings.url() + options, settings.user(), settings.password());
        if (file != null) {
            OwnerOnly.file(file.resolveSibling(file.getFileName() + ".lock.db"));
            OwnerOnly.file(file.resolveSibling(file.getFileName() + ".mv.db"));
        }
        return connection;
    }

    /** A connection that works as far as can be told, with automatic commit off. */
    Connection connection() throws SQLException {
        if (connection != null && System.nanoTime() - usedNanos > TRUST_NANOS && !connection.isValid(5)) {
            forget();
        }
        if (connection == null) {
            Connection opened = connect(settings, "");
            try {
                prepare(opened);
            } catch (SQLException | RuntimeException | Error e) {
                close(opened);
                throw e;
            }
            connection = opened;
        }
        usedNanos = System.nanoTime();
        return connection;
    }

    private void prepare(Connection opened) throws SQLException {
        if (!current(opened)) {
            migrate();
        }
        opened.setAutoCommit(false);
        opened.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        identity = identify(opened);
    }

    /** Flyway is not even loaded where it has nothing to do: it costs most of a second and 30 MB. */
    private static boolean current(Connection opened) {
        String sql = "SELECT COUNT(*) FROM \"" + HISTORY + "\" WHERE \"version\" = ? AND \"success\"";
        try (PreparedStatement statement = opened.prepareStatement(sql)) {
            statement.setString(1, SCHEMA_VERSION);
            try (ResultSet found = statement.executeQuery()) {
                return found.next() && found.getInt(1) > 0;
            }
        } catch (SQLException noHistory) {
            return false;
        }
    }

    /** The history has a name of its own, and the schema may have other tables: the database need not be the ledger's alone. */
    private void migrate() {
        Flyway.configure(Database.class.getClassLoader())
                .dataSource(settings.url(), settings.user(), settings.password())
                .locations("classpath:io/github/camelllm/ledger/migration")
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }

    private static String identify(Connection opened) throws SQLException {
        try (PreparedStatement first = opened.prepareStatement(
                "INSERT INTO llm_ledger_identity (only_row, id) VALUES (1, ?) ON CONFLICT DO NOTHING")) {
            first.setString(1, UUID.randomUUID().toString());
            first.executeUpdate();
        }
        opened.commit();
        try (PreparedStatement read = opened.prepareStatement("SELECT id FROM llm_ledger_identity");
                ResultSet found = read.executeQuery()) {
            found.next();
            return found.getString(1);
        } finally {
            opened.commit();
        }
    }

    /** Which ledger it is; null until a connection has been made. */
    String identity() {
        return identity;
    }

    /** Gives a broken connection up, so that the next one is new. */
    void forget() {
        close(connection);
        connection = null;
    }

    @Override
    public void close() {
        forget();
    }

    private static void close(Connection open) {
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // it was of no use any more
            }
        }
    }
}
