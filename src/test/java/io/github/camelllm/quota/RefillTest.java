package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.SpentBefore;
import io.github.camelllm.problem.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Budgets in memory go on after a restart where the ledger says they were. */
class RefillTest {

    @TempDir
    Path directory;

    private final List<String> asked = new ArrayList<>();

    private SpentBefore ledger(String tenant, String name, long calls, long tokens, long nanodollars) {
        return (scope, from, until) -> {
            asked.add(scope + " " + from + " " + until);
            return CompletableFuture.completedFuture(
                    List.of(new SpentBefore.Spent(tenant, name, calls, tokens, nanodollars, 0)));
        };
    }

    private LimitedChain chain(SpentBefore ledger, String limits) throws Exception {
        LimitedChain chain = new LimitedChain(directory, limits);
        chain.context.getRegistry().bind("ledger", SpentBefore.class, ledger);
        return chain.counting(1, 1).start();
    }

    @Test
    void countersBeginWhereTheLedgerEnds() throws Exception {
        String limits =
                """
                limits:
                  - { scope: user, requests: 8, tokens: 100, per: day }
                tiers:
                  free:
                    - { scope: user, tokens: 50, per: day }
                """;
        try (LimitedChain chain = chain(ledger("acme", "ann", 7, 40, 0), limits)) {
            assertThat(chain.levels("ann", false)).containsExactly(7L, 0L, 40L, 0L);
            assertThat(chain.levels("bob", false)).containsExactly(0L, 0L, 0L, 0L);

            assertThat(chain.send("ann").getException()).isNull();
            Exchange refused = chain.send("ann");

            assertThat(((Problem) refused.getException()).getMessage()).contains("user 'ann' is reached");
        }
    }

    @Test
    void asksForThePartOfTheCalendarThatIsUnderWay() throws Exception {
        String limits = "time-zone: America/New_York\nlimits:\n"
                + "  - { scope: team, dollars: 1, per: hour }\n  - { scope: team, dollars: 1, per: day }\n"
                + "  - { scope: team, dollars: 1, per: week }\n  - { scope: team, dollars: 1, per: month }\n"
                + "  - { scope: team, tokens: 1, per: month }\n  - { scope: user, tokens: 100, per: minute }\n";
        try (LimitedChain chain = chain(ledger("acme", "search", 1, 1, 1), limits)) {
            Instant now = chain.ticker.now(); // midnight in Greenwich, the evening before in New York

            assertThat(asked)
                    .containsExactly(
                            "TEAM 2026-01-01T00:00:00Z " + now,
                            "TEAM 2025-12-31T05:00:00Z " + now,
                            "TEAM 2025-12-29T05:00:00Z " + now,
                            "TEAM 2025-12-01T05:00:00Z " + now);
        }
    }

    @Test
    void aLedgerThatCannotTellStopsNobody() throws Exception {
        SpentBefore broken =
                (scope, from, until) -> CompletableFuture.failedFuture(new IllegalStateException("closed"));
        try (LimitedChain chain = chain(broken, "limits: [{ scope: user, requests: 8, per: day }]")) {
            assertThat(chain.send("ann").getException()).isNull();
        }
    }
}
