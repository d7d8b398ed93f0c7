package io.github.camelllm.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.observe.LatencyWindow.Latency;
import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {

    private final ManualTicker ticker = new ManualTicker();
    private final LatencyWindow window = new LatencyWindow(ticker, Duration.ofMinutes(5));

    @Test
    void knowsThePercentilesOfAModel() {
        for (int i = 1; i <= 1000; i++) {
            window.record("a", Duration.ofMillis(i).toNanos());
        }
        window.record("b", Duration.ofSeconds(90).toNanos());

        Latency a = window.of("a");
        assertThat(a.count()).isEqualTo(1000);
        assertThat(a.p50().toMillis()).isCloseTo(500, Percentage.withPercentage(2));
        assertThat(a.p95().toMillis()).isCloseTo(950, Percentage.withPercentage(2));
        assertThat(a.p99().toMillis()).isCloseTo(990, Percentage.withPercentage(2));
        Latency b = window.of("b");
        assertThat(b.count()).isEqualTo(1);
        assertThat(b.p50().toMillis()).isCloseTo(90_000, Percentage.withPercentage(2));
    }

    @Test
    void forgetsWhatHasLeftTheWindow() {
        window.record("a", Duration.ofSeconds(30).toNanos());
        ticker.advance(Duration.ofMinutes(4));
        window.record("a", Duration.ofSeconds(1).toNanos());
        assertThat(window.of("a").count()).isEqualTo(2);

        ticker.advance(Duration.ofMinutes(2));

        assertThat(window.of("a").count()).isEqualTo(1);
        assertThat(window.of("a").p99().toMillis()).isCloseTo(1000, Percentage.withPercentage(2));
        ticker.advance(Duration.ofMinutes(30));
        assertThat(window.of("a").count()).isZero();
        assertThat(window.of("a").p95()).isZero();
    }

    @Test
    void countsTheShortestAndTheLongest() {
        window.record("a", -5);
        window.record("a", 0);
        window.record("a", 1);
        window.record("a", Duration.ofDays(3).toNanos());

        assertThat(window.of("a").count()).isEqualTo(4);
        assertThat(window.of("a").p99()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
    }

    @Test
    void knowsNothingOfAModelThatHasNotBeenSeen() {
        assertThat(window.of("a").count()).isZero();
    }
}
