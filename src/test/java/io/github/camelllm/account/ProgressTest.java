package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final ManualTicker ticker = new ManualTicker();
    private final Progress progress = new Progress(Duration.ofSeconds(5), ticker::nanos);

    @Test
    void waitsForWorkThatGoesOn() {
        progress.begin();
        progress.begin();
        ticker.advance(Duration.ofSeconds(5));
        assertThat(progress.worthWaitingFor()).isEqualTo(2);
        progress.end();
        ticker.advance(Duration.ofSeconds(5));
        assertThat(progress.worthWaitingFor()).isEqualTo(1);
        progress.end();
        assertThat(progress.worthWaitingFor()).isZero();
    }

    @Test
    void givesUpOnWorkThatStandsStill() {
        progress.begin();
        progress.begin();
        ticker.advance(Duration.ofMillis(5001));
        assertThat(progress.worthWaitingFor()).isZero();
    }

    @Test
    void doesNotTakeARefusalForProgress() {
        progress.begin();
        ticker.advance(Duration.ofSeconds(4));
        progress.begin();
        progress.cancel();
        ticker.advance(Duration.ofSeconds(2));
        assertThat(progress.worthWaitingFor()).isZero();
    }

    @Test
    void isPatientAgainAfterARest() {
        ticker.advance(Duration.ofHours(1));
        progress.begin();
        assertThat(progress.worthWaitingFor()).isEqualTo(1);
    }
}
