package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.store.StoreSettings.WhenDown;
import io.github.camelllm.testkit.CapturedLog;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

/** When Redis counts as down, when as back, and what is said of it. */
class AvailabilityTest {

    private final Availability availability = new Availability(
            "redis:6379/0",
            new StoreSettings("redis://redis", WhenDown.LOCAL, 3, Duration.ofSeconds(60), StoreSettings.TIMEOUT));

    @Test
    void saysEachChangeOnce() {
        try (CapturedLog log = new CapturedLog(Availability.class, Level.INFO)) {
            availability.answered();
            availability.answered();
            assertThat(availability.down(new IllegalStateException("outer", new IllegalStateException("refused"))))
                    .isTrue();
            assertThat(availability.down(new IllegalStateException("again"))).isFalse();
            availability.probeFailed(new IllegalStateException("again"));
            availability.answered();
            availability.answered();

            assertThat(log.lines())
                    .containsExactly(
                            "INFO limits are counted in redis:6379/0",
                            "ERROR ALARM: the limit store redis:6379/0 does not answer (refused); until it does, each gateway"
                                    + " counts by itself, 1/3 of each limit (llm.store.when-down=local, llm.store.instances)",
                            "WARN the limit store redis:6379/0 answers again, and counts all limits");
        }
    }

    @Test
    void aLateAnswerIsNoAlarmUnlessTheProbeFailsToo() {
        try (CapturedLog log = new CapturedLog(Availability.class, Level.WARN)) {
            availability.answered();
            availability.down(new TimeoutException());
            assertThat(availability.up()).isFalse();
            assertThat(log.lines()).isEmpty();
            availability.probeFailed(new TimeoutException());
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR ALARM")
                    .contains("(no answer in time)");
        }
    }

    @Test
    void whoFailsAgainSoonMustAnswerMoreOften() {
        availability.answered();
        for (int probes = 2; probes <= 32; probes *= 2) {
            availability.down(new TimeoutException());
            for (int i = 1; i < probes; i++) {
                availability.answered();
                assertThat(availability.up()).as(i + " of " + probes).isFalse();
            }
            availability.answered();
            assertThat(availability.up()).isTrue();
        }
    }

    @Test
    void reservesUnderAnotherNameAfterEachFailure() {
        availability.answered();
        String before = availability.holder();
        availability.down(new TimeoutException());
        assertThat(availability.holder()).isNotEqualTo(before);
        String after = availability.holder();
        availability.down(new TimeoutException());
        assertThat(availability.holder()).isEqualTo(after);
    }
}
