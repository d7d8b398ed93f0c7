package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SeldomTest {

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void warnsAtOnceThenOncePerInterval() {
        Seldom seldom = new Seldom(LoggerFactory.getLogger(SeldomTest.class), ticker::nanos);
        try (CapturedLog log = new CapturedLog(SeldomTest.class, Level.WARN)) {
            seldom.warn(() -> "full", null);
            seldom.warn(() -> "full", null);
            ticker.advance(Duration.ofSeconds(9));
            seldom.warn(() -> "full", null);
            ticker.advance(Duration.ofSeconds(1));
            seldom.warn(() -> "full", new IllegalStateException("why"));
            ticker.advance(Duration.ofSeconds(10));
            seldom.warn(() -> "full", null);

            assertThat(log.lines())
                    .containsExactly(
                            "WARN full",
                            "WARN full (and 2 times since this was last said) | java.lang.IllegalStateException: why",
                            "WARN full");
        }
    }
}
