package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.PostgresServer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger in a real PostgreSQL. */
class PostgresLedgerTest extends LedgerContract {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static PostgresServer server;

    private String url;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.create();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void haveItRunning() throws Exception {
        if (!server.alive()) {
            server.start();
        }
    }

    @Override
    String url() throws Exception {
        if (url == null) {
            url = server.database("ledger" + NUMBER.incrementAndGet());
        }
        return url;
    }

    @Override
    String user() {
        return PostgresServer.USER;
    }

    @Override
    String password() {
        return PostgresServer.PASSWORD;
    }

    @Override
    void kill() throws Exception {
        server.kill();
    }

    @Override
    void revive() throws Exception {
        server.start();
    }

    @Override
    String filling(int calls) {
        return "INSERT INTO llm_ledger SELECT 'f' || n, 1, TIMESTAMP WITH TIME ZONE '2026-12-01 00:00:00+00'"
                + " - (n + 1) * INTERVAL '10 seconds', 'chat', 'k', 't', 'user' || (n % 100), 'team', 'pro', 'm', 'p',"
                + " 10, 10, 0, 0, 0, FALSE, 0.001, 200, NULL, 'miss', NULL FROM generate_series(0, " + (calls - 1)
                + ") n";
    }

    @Test
    void refusesAWrongPassword() throws Exception {
        LedgerSettings wrong = new LedgerSettings(url(), user(), "wrong", 0, logs, 10, java.time.Duration.ZERO);
        try (Database database = new Database(wrong)) {
            org.assertj.core.api.Assertions.assertThatThrownBy(database::connection)
                    .satisfies(e -> assertThat(Writer.cause(e)).contains("password authentication failed"));
        }
    }
}
