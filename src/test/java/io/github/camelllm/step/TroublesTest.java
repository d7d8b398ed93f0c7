package io.github.camelllm.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TroublesTest {

    private final ManualTicker ticker = new ManualTicker();
    private final Troubles troubles = new Troubles(LoggerFactory.getLogger(TroublesTest.class), ticker);
    private final CapturedLog log = new CapturedLog(TroublesTest.class, Level.INFO);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void tellsTheBeginningOnceAMinuteAndTheEnd() {
        for (int second = 0; second < 150; second++) {
            troubles.is("disk", "it is full");
            ticker.advance(Duration.ofSeconds(1));
        }
        troubles.over("disk", "there is room");
        troubles.over("disk", "there is room");

        assertThat(log.lines())
                .containsExactly(
                        "WARN it is full",
                        "WARN it is full (for 60 s now, 59 times since this was last said)",
                        "WARN it is full (for 120 s now, 59 times since this was last said)",
                        "INFO there is room again");
    }

    @Test
    void saysNothingWhereAllIsWell() {
        troubles.over("disk", "there is room");
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void whatComesAndGoesWithEachCallIsToldOnceAMinuteAsWell() {
        for (int second = 0; second < 180; second++) {
            troubles.is("key", "it is refused");
            troubles.over("key", "it is taken");
            ticker.advance(Duration.ofSeconds(1));
        }
        assertThat(log.lines())
                .containsExactly(
                        "WARN it is refused",
                        "INFO it is taken again",
                        "WARN it is refused (for 60 s now, 59 times since this was last said)",
                        "INFO it is taken again",
                        "WARN it is refused (for 120 s now, 59 times since this was last said)",
                        "INFO it is taken again");
    }

    @Test
    void whatComesBackAfterAMinuteOfPeaceIsANewTrouble() {
        troubles.is("key", "it is refused");
        ticker.advance(Troubles.AGAIN);
        troubles.is("key", "it is refused");
        assertThat(log.lines()).containsExactly("WARN it is refused", "WARN it is refused");
    }

    @Test
    void aStackTraceComesWithTheLineThatIsToldAlone() {
        for (int i = 0; i < 100; i++) {
            troubles.is("tap", () -> "it fails", new IllegalStateException("why"));
        }
        assertThat(log.lines()).containsExactly("WARN it fails | java.lang.IllegalStateException: why");
    }

    @Test
    void manyThreadsTellOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            threads.execute(() -> {
                await(start);
                for (int n = 0; n < 1_000; n++) {
                    troubles.is("key", "it is refused");
                    troubles.over("key", "it is taken");
                }
            });
        }
        start.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(log.lines()).containsExactly("WARN it is refused", "INFO it is taken again");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
