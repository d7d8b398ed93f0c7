package io.github.camelllm.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Usage;
import io.github.camelllm.testkit.Metrics;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CostMetersTest {

    private static final Usage SOME = Usage.reported(10, 5, 0, 0);

    @Test
    void everyAttemptCostsAtItsOwnModel() throws Exception {
        try (Observed gateway = new Observed().model("a").model("b").start()) {
            FinishedCallMaker call = new FinishedCallMaker();
            call.attempts = List.of(
                    attempt("a", SOME, "0.25"),
                    attempt("b", SOME, "0.5"),
                    attempt("b", null, null),
                    attempt("b", SOME, null));
            gateway.finished(call);

            Metrics metrics = gateway.scrape();
            assertThat(metrics.sum("llm_cost_dollars_total", "model", "a", "team", "default"))
                    .isEqualTo(0.25);
            assertThat(metrics.sum("llm_cost_dollars_total", "model", "b", "team", "default"))
                    .isEqualTo(0.5);
            assertThat(metrics.labels("llm_cost_dollars_total")).containsExactly("model", "team");
            assertThat(metrics.sum("llm_unpriced_attempts_total", "model", "b")).isEqualTo(1);
            assertThat(metrics.sum("llm_unpriced_attempts_total")).isEqualTo(1);
        }
    }

    @Test
    void whatIsFreeIsNeitherCostNorUnpriced() throws Exception {
        try (Observed gateway = new Observed().model("a").start()) {
            FinishedCallMaker call = new FinishedCallMaker();
            call.attempts = List.of(attempt("a", SOME, "0"));
            gateway.finished(call);

            assertThat(gateway.scrape().names())
                    .doesNotContain("llm_cost_dollars_total", "llm_unpriced_attempts_total");
        }
    }

    @Test
    void noMoreThanAHundredTeamsAreShown() throws Exception {
        try (Observed gateway = new Observed().model("a").start()) {
            for (int i = 0; i < 150; i++) {
                FinishedCallMaker call = new FinishedCallMaker();
                call.who = Identity.ANONYMOUS.speakingFor(null, "team-" + i);
                call.attempts = List.of(attempt("a", SOME, "0.1"));
                gateway.finished(call);
            }

            Metrics metrics = gateway.scrape();
            assertThat(metrics.sum("llm_cost_dollars_total", "team", "team-99")).isEqualTo(0.1);
            assertThat(metrics.sum("llm_cost_dollars_total", "team", "other")).isCloseTo(5, within(1e-9));
            assertThat(metrics.sum("llm_cost_dollars_total")).isCloseTo(15, within(1e-9));
        }
    }

    @Test
    void namesStayBoundedUnderManyThreads() throws Exception {
        Names names = new Names(100, "other");
        Set<String> shown = java.util.Collections.synchronizedSet(new HashSet<>());
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 5_000; i++) {
                    shown.add(names.of("team-" + i));
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(shown).hasSize(101).contains("other");
        assertThat(names.of(null)).isEqualTo("other");
        assertThat(names.of(" ")).isEqualTo("other");
    }

    private static FinishedCall.Try attempt(String model, Usage usage, String dollars) {
        BigDecimal cost = dollars == null ? null : new BigDecimal(dollars);
        return new FinishedCall.Try(model, "openai", 1, 200, null, null, null, usage, cost);
    }
}
