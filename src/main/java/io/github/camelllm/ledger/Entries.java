package io.github.camelllm.ledger;

import io.github.camelllm.call.SpentBefore.Scope;
import io.github.camelllm.call.SpentBefore.Spent;
import io.github.camelllm.call.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The table of the ledger: SQL that H2 in PostgreSQL mode and PostgreSQL understand alike. */
final class Entries {

    private static final String INSERT =
            """
            INSERT INTO llm_ledger (call_id, attempt, received_at, operation, key_id, tenant, user_id, team, tier, model,
                provider, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens,
                estimated, cost_usd, status, error_code, cache, degraded)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING""";

    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private Entries() {}

    /**
     * Writes entries that are not there yet, all of them or none.
     *
     * @return how many were not there
     */
    static int add(Connection connection, List<Entry> entries) throws SQLException {
        // In one order everywhere: two gateways that write the same calls would else wait for each other.
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparing(Entry::callId));
        List<Entry> rows = new ArrayList<>(sorted.size());
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (Entry entry : sorted) {
                for (Entry.Charge charge : entry.charges()) {
                    fill(statement, entry, charge);
                    statement.addBatch();
                    rows.add(entry);
                }
            }
            int[] counts = statement.executeBatch();
            connection.commit();
            return added(rows, counts);
        } catch (SQLException | RuntimeException e) {
            rollBack(connection);
            throw e;
        }
    }

    private static int added(List<Entry> rows, int[] counts) {
        int added = 0;
        Entry last = null;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0 && rows.get(i) != last) {
                added++;
                last = rows.get(i);
            }
        }
        return added;
    }

    private static void fill(PreparedStatement statement, Entry entry, Entry.Charge charge) throws SQLException {
        Usage usage = charge.usage();
        statement.setString(1, entry.callId());
        statement.setInt(2, charge.attempt());
        statement.setObject(3, at(entry.receivedAt()));
        statement.setString(4, entry.operation());
        statement.setString(5, entry.keyId());
        statement.setString(6, entry.tenant());
        statement.setString(7, entry.user());
        statement.setString(8, entry.team());
        statement.setString(9, entry.tier());
        statement.setString(10, charge.model());
        statement.setString(11, charge.provider());
        statement.setLong(12, usage.inputTokens());
        statement.setLong(13, usage.outputTokens());
        statement.setLong(14, usage.cachedInputTokens());
        statement.setLong(15, usage.cacheWriteTokens());
        statement.setLong(16, usage.reasoningTokens());
        statement.setBoolean(17, usage.estimated());
        statement.setBigDecimal(18, charge.cost());
        statement.setInt(19, entry.status());
        statement.setString(20, entry.errorCode());
        statement.setString(21, entry.cache());
        statement.setString(22, entry.degraded());
    }

    /** Deletes the calls that came in before that moment. */
    static int deleteBefore(Connection connection, Instant moment) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM llm_ledger WHERE received_at < ?")) {
            statement.setObject(1, at(moment));
            int deleted = statement.executeUpdate();
            connection.commit();
            return deleted;
        } catch (SQLException | RuntimeException e) {
            rollBack(connection);
            throw e;
        }
    }

    /** See {@link io.github.camelllm.call.SpentBefore#spent}. */
    static List<Spent> spent(Connection connection, Scope scope, Instant from, Instant until) throws SQLException {
        String columns =
                switch (scope) {
                    case GLOBAL -> "";
                    case PROVIDER -> "provider";
                    case MODEL -> "model";
                    case TENANT -> "tenant";
                    case TEAM -> "team, tenant";
                    case USER -> "user_id, tenant";
                    case KEY -> "key_id, tenant";
                };
        String sql =
                "SELECT COUNT(DISTINCT CASE WHEN status NOT IN (429, 503) THEN call_id END), SUM(input_tokens) + SUM(output_tokens), SUM(cost_usd),"
                        + " COUNT(DISTINCT CASE WHEN cost_usd IS NULL THEN call_id END)"
                        + (columns.isEmpty() ? "" : ", " + columns)
                        + " FROM llm_ledger WHERE received_at >= ? AND received_at < ?"
                        + (columns.isEmpty() ? "" : " GROUP BY " + columns);
        List<Spent> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, at(from));
            statement.setObject(2, at(until));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (row.getLong(1) > 0 || row.getLong(2) > 0) {
                        all.add(new Spent(
                                columns.contains(",") ? row.getString(6) : null,
                                columns.isEmpty() ? null : row.getString(5),
                                row.getLong(1),
                                whole(row.getBigDecimal(2)),
                                whole(nano(row.getBigDecimal(3))),
                                row.getLong(4)));
                    }
                }
            }
            connection.commit();
            return all;
        } catch (SQLException | RuntimeException e) {
            rollBack(connection);
            throw e;
        }
    }

    private static BigDecimal nano(BigDecimal dollars) {
        return dollars == null ? BigDecimal.ZERO : dollars.movePointRight(9).setScale(0, RoundingMode.CEILING);
    }

    private static long whole(BigDecimal number) {
        return number.min(MOST).longValue();
    }

    static OffsetDateTime at(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // the connection is of no use; who asked will be told of the first failure
        }
    }
}
