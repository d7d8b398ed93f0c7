package io.github.camelllm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ManualTickerTest {

    @Test
    void standsStillUntilItIsMoved() {
        ManualTicker ticker = new ManualTicker(Instant.EPOCH);
        assertThat(ticker.now()).isEqualTo(Instant.EPOCH).isEqualTo(ticker.now());
        assertThat(ticker.nanos()).isZero().isEqualTo(ticker.nanos());
    }

    @Test
    void movesBothClocksTogether() {
        ManualTicker ticker = new ManualTicker(Instant.EPOCH);
        ticker.advance(Duration.ofMillis(1500)).advance(Duration.ofNanos(1));
        assertThat(ticker.now()).isEqualTo(Instant.ofEpochSecond(1, 500_000_001));
        assertThat(ticker.nanos()).isEqualTo(1_500_000_001L);
    }

    @Test
    void neverGoesBack() {
        assertThatThrownBy(() -> new ManualTicker().advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT1S");
    }
}
