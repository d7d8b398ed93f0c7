package io.github.camelllm.ledger;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What calls cost in a span of days, added up by what one likes.
 *
 * @param from the first day
 * @param to the last day
 * @param zone where days begin
 * @param by what the rows are
 * @param rows one for each combination that has calls, the dearest first
 * @param total all calls of the span; a call that went to two models counts once here, and once in the row of each
 */
public record CostReport(LocalDate from, LocalDate to, ZoneId zone, List<By> by, List<Row> rows, Row total) {

    /** What the address of a ledger may be, in words. */
    public static final String ALLOWED_URL = LedgerSettings.ALLOWED;

    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S04", "3F000");
    private static final Set<Integer> NO_H2_FILE = Set.of(90146, 90149, 90124);

    /** H2: the lock file was modified recently, the database is in use, the connection is broken. */
    private static final Set<Integer> CHANGING_HANDS = Set.of(8000, 90020, 90067);

    /** What calls can be added up by. */
    public enum By {
        USER("user_id"),
        TEAM("team"),
        TENANT("tenant"),
        KEY("key_id"),
        MODEL("model"),
        PROVIDER("provider"),
        DAY("CAST(received_at AS DATE)"),
        OPERATION("operation");

        private final String sql;

        By(String sql) {
            this.sql = sql;
        }

        /** The name in lower case, as the command line and headings write it. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One sum.
     *
     * @param names what it is of, in the order of {@code by}; null where there is none: no model was tried
     * @param calls how many calls
     * @param input tokens of prompts, cached ones included
     * @param output tokens of completions
     * @param cached tokens of prompts that providers read from their caches
     * @param dollars what is known to have been spent
     * @param unknown how many of the calls have a part whose cost is not known
     */
    public record Row(
            List<String> names,
            long calls,
            BigDecimal input,
            BigDecimal output,
            BigDecimal cached,
            BigDecimal dollars,
            long unknown) {}

    /** There is no ledger to report of. The message says where one was looked for. */
    public static final class NoLedgerException extends Exception {
        private static final long serialVersionUID = 1;

        NoLedgerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Whether that can be the address of a ledger. */
    public static boolean allowedUrl(String url) {
        return LedgerSettings.allowed(url);
    }

    /** Whether that is a time zone by a name that databases know as well: an offset has its sign the other way round there. */
    public static boolean allowedZone(String zone) {
        return ZoneId.getAvailableZoneIds().contains(zone) && !zone.startsWith("SystemV/");
    }

    /**
     * Reads a report from a ledger, whether a gateway has it open or not, and changes nothing.
     *
     * @param url the ledger's address; blank for the default
     * @param user the user at the database; may be blank
     * @param password the user's password; may be blank
     * @param by at least one, none twice
     * @throws NoLedgerException when there is none at that address, or none that can be reached
     * @throws IllegalArgumentException when an argument cannot be
     */
    public static CostReport read(
            String url, String user, String password, LocalDate from, LocalDate to, ZoneId zone, List<By> by)
            throws NoLedgerException {
        LedgerSettings settings =
                new LedgerSettings(url, user, password, 0, java.nio.file.Path.of(""), 1, Duration.ZERO);
        if (by.isEmpty() || new LinkedHashSet<>(by).size() < by.size() || to.isBefore(from)) {
            throw new IllegalArgumentException("a report needs a span of days, and something to add up by, each once");
        }
        try (Connection connection = connect(settings)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TIME ZONE '" + zone.getId() + "'");
            }
            String columns = by.stream().map(column -> column.sql).collect(Collectors.joining(", "));
            List<Row> rows = query(connection, columns, by.size(), from, to, zone);
            List<Row> total = query(connection, "", 0, from, to, zone);
            return new CostReport(from, to, zone, List.copyOf(by), rows, total.get(0));
        } catch (SQLException e) {
            throw explained(e, settings);
        }
    }

    /** An H2 file that is just being opened or let go by another process is to be had a moment later. */
    private static Connection connect(LedgerSettings settings) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                return Database.connect(settings, settings.h2() ? ";IFEXISTS=TRUE" : "");
            } catch (SQLException e) {
                if (!CHANGING_HANDS.contains(e.getErrorCode()) || tries == 10) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    private static NoLedgerException explained(SQLException e, LedgerSettings settings) {
        String where = settings.shownUrl();
        if (NO_H2_FILE.contains(e.getErrorCode()) || NO_TABLE.contains(e.getSQLState())) {
            return new NoLedgerException(
                    "There is no ledger at " + where + ": no gateway has written one there yet.", e);
        }
        return new NoLedgerException("The ledger at " + where + " cannot be read: " + Writer.cause(e), e);
    }

    private static List<Row> query(
            Connection connection, String columns, int names, LocalDate from, LocalDate to, ZoneId zone)
            throws SQLException {
        String sql = "SELECT COUNT(DISTINCT call_id), COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0),"
                + " COALESCE(SUM(cached_input_tokens), 0), COALESCE(SUM(cost_usd), 0),"
                + " COUNT(DISTINCT CASE WHEN cost_usd IS NULL THEN call_id END)"
                + (names == 0 ? "" : ", " + columns)
                + " FROM llm_ledger WHERE received_at >= ? AND received_at < ?"
                + (names == 0 ? "" : " GROUP BY " + columns + " ORDER BY 5 DESC, 6 DESC, 1 DESC, " + columns);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, Entries.at(from.atStartOfDay(zone).toInstant()));
            statement.setObject(2, Entries.at(to.plusDays(1).atStartOfDay(zone).toInstant()));
            List<Row> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(row(row, names));
                }
            }
            return rows;
        }
    }

    private static Row row(ResultSet row, int names) throws SQLException {
        List<String> called = new ArrayList<>(names);
        for (int i = 0; i < names; i++) {
            called.add(row.getString(7 + i));
        }
        return new Row(
                called,
                row.getLong(1),
                row.getBigDecimal(2),
                row.getBigDecimal(3),
                row.getBigDecimal(4),
                row.getBigDecimal(5),
                row.getLong(6));
    }
}
