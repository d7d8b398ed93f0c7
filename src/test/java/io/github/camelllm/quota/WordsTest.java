package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How times and amounts are written. */
class WordsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0ms",
        "120, 120ms",
        "1000, 1s",
        "6500, 6.500s",
        "60000, 1m0s",
        "61999, 1m1s",
        "3600000, 1h0m0s",
        "86399000, 23h59m59s"
    })
    void headersTellTimesAsOpenAiDoes(long millis, String text) {
        assertThat(RateHeaders.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1 s",
        "1001, 2 s",
        "119000, 119 s",
        "120000, 2 min",
        "7199000, 120 min",
        "7200000, 2 h",
        "86399000, 24 h"
    })
    void messagesTellTimesInTheLargestUnitThatSaysThemWell(long millis, String text) {
        assertThat(Refusals.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void dollarsAreCountedInBillionthsRoundedUp() {
        assertThat(Measure.nanos(new BigDecimal("0.0000000001"))).isEqualTo(1);
        assertThat(Measure.nanos(new BigDecimal("12.5"))).isEqualTo(12_500_000_000L);
        assertThat(Measure.nanos(BigDecimal.ZERO)).isZero();
        assertThat(Measure.nanos(new BigDecimal("1e30"))).isEqualTo(Long.MAX_VALUE);
        assertThat(Measure.DOLLARS.text(12_500_000_000L)).isEqualTo("$12.5");
        assertThat(Measure.DOLLARS.text(100_000_000_000L)).isEqualTo("$100");
        assertThat(Measure.DOLLARS.text(1)).isEqualTo("$0.000000001");
        assertThat(Measure.TOKENS.text(1)).isEqualTo("1 token");
        assertThat(Measure.REQUESTS.text(20)).isEqualTo("20 requests");
    }
}
