package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A tap that is slow or fails is felt by no call and by no other tap. */
@Timeout(60)
class TapTest {

    private static final String TAPS =
            """
            - errorHandler: { noErrorHandler: {} }
            - beans:
                - name: awkward
                  type: io.github.camelllm.account.TapExecutor
                  properties: { queueSize: %d, drainTimeout: %s }
                - name: easy
                  type: io.github.camelllm.account.TapExecutor
            - route:
                id: llm-completed
                startupOrder: 20
                from:
                  uri: direct:llm-completed
                  steps:
                    - wireTap: { uri: "direct:awkward?block=false", executorService: "#awkward", onPrepare: "#awkward" }
                    - wireTap: { uri: "direct:easy", executorService: "#easy", onPrepare: "#easy" }
            - route:
                id: awkward
                startupOrder: 10
                from:
                  uri: direct:awkward
                  steps:
                    - process: { ref: awkwardTap }
            - route:
                id: easy
                startupOrder: 11
                from:
                  uri: direct:easy
                  steps:
                    - process: { ref: collect }
            """;

    private static Gateway gateway(int queueSize, String drainTimeout, Processor awkward) throws Exception {
        Gateway gateway = Gateway.withRoutes(TAPS.formatted(queueSize, drainTimeout));
        gateway.context.getRegistry().bind("awkwardTap", awkward);
        return gateway.start();
    }

    @Test
    void dropsAndCountsWhatASlowTapCannotTake() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger taken = new AtomicInteger();
        try (Gateway gateway = gateway(10, "5s", exchange -> {
                    busy.countDown();
                    release.await();
                    taken.incrementAndGet();
                });
                CapturedLog log = new CapturedLog(TapExecutor.class, Level.WARN)) {
            gateway.call();
            busy.await();
            for (int i = 0; i < 50; i++) {
                assertThat(gateway.call().getException()).isNull();
            }

            for (int i = 0; i < 51; i++) {
                assertThat(gateway.next().ok()).isTrue(); // the other tap has all of them, while this one still hangs
            }
            assertThat(gateway.count("llm.tap.dropped", "tap", "awkward")).isEqualTo(40);
            assertThat(gateway.count("llm.tap.dropped", "tap", "easy")).isZero();
            assertThat(gateway.count("llm.completed.failed")).isZero();
            assertThat(log.lines())
                    .containsExactly("WARN tap awkward is too slow: 10 are waiting, and the rest is dropped");

            release.countDown();
            gateway.close();
            assertThat(taken).hasValue(11);
        }
    }

    @Test
    void countsWhatATapFailsOn() throws Exception {
        try (Gateway gateway = gateway(100, "5s", exchange -> {
                    throw new IllegalStateException("disk full");
                });
                CapturedLog log = new CapturedLog(TapExecutor.class, Level.WARN)) {
            for (int i = 0; i < 30; i++) {
                assertThat(gateway.call().getException()).isNull();
                assertThat(gateway.next().ok()).isTrue();
            }

            gateway.close();
            assertThat(gateway.count("llm.tap.failed", "tap", "awkward")).isEqualTo(30);
            assertThat(gateway.count("llm.tap.failed", "tap", "easy")).isZero();
            assertThat(gateway.count("llm.completed.failed")).isZero();
            assertThat(log.lines())
                    .containsExactly("WARN tap awkward failed | java.lang.IllegalStateException: disk full");
        }
    }

    @Test
    void aTapThatCannotWriteIsToldOfInOneLineOnceAMinuteAndWhenItCanAgain() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        try (Gateway gateway = gateway(100, "5s", exchange -> {
                    if (full.get()) {
                        throw new IllegalStateException("Error writing", new IOException("No space left on device"));
                    }
                });
                CapturedLog log = new CapturedLog(TapExecutor.class, Level.INFO)) {
            fails(gateway, 30);
            gateway.ticker.advance(Duration.ofSeconds(61));
            fails(gateway, 60);
            assertThat(log.lines())
                    .hasSize(2)
                    .startsWith("WARN tap awkward failed: No space left on device")
                    .allSatisfy(line -> assertThat(line).doesNotContain("|"));

            full.set(false);
            gateway.call();
            Await.until(
                    Duration.ofSeconds(20),
                    "the end to be told",
                    () -> log.lines().size() == 3);
            assertThat(log.lines()).endsWith("INFO tap awkward works again");
        }
    }

    private static void fails(Gateway gateway, int inAll) throws Exception {
        for (int i = 0; i < 30; i++) {
            assertThat(gateway.call().getException()).isNull();
        }
        Await.until(
                Duration.ofSeconds(20),
                "the tap to fail",
                () -> gateway.count("llm.tap.failed", "tap", "awkward") == inAll);
    }

    @Test
    void countsATapWhoseEndpointIsGone() throws Exception {
        try (Gateway gateway = gateway(100, "5s", exchange -> {})) {
            gateway.context.getRouteController().stopRoute("awkward");
            gateway.context
                    .getEndpoint("direct:awkward", org.apache.camel.component.direct.DirectEndpoint.class)
                    .setTimeout(1);

            gateway.call();

            gateway.only();
            assertThat(gateway.count("llm.tap.failed", "tap", "awkward")).isEqualTo(1);
        }
    }

    @Test
    void worksOffWhatIsQueuedBeforeAStop() throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        AtomicInteger taken = new AtomicInteger();
        try (Gateway gateway = gateway(100, "5s", exchange -> {
            stopping.await();
            taken.incrementAndGet();
        })) {
            gateway.context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onContextStopping(CamelContext context) {
                    stopping.countDown();
                }
            });
            for (int i = 0; i < 11; i++) {
                gateway.call();
                gateway.next();
            }

            gateway.close();

            assertThat(taken).hasValue(11);
        }
    }

    @Test
    void doesNotHoldUpAStopThatATapWouldNeverSee() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Gateway gateway = gateway(100, "0s", exchange -> never.await())) {
            gateway.context.getShutdownStrategy().setTimeout(1);
            gateway.call();
            gateway.next();

            gateway.close();
        }
        never.countDown();
    }

    @Test
    void closesInABoundedTime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        TapExecutor tap = new TapExecutor();
        tap.setDrainTimeout(Duration.ZERO);
        tap.setQueueSize(5);
        for (int i = 0; i < 3; i++) {
            tap.submit(() -> {
                never.await();
                return null;
            });
        }

        tap.close();

        assertThat(tap.isShutdown()).isTrue();
        Await.until(Duration.ofSeconds(20), "the stuck thread to end", tap::isTerminated);
        assertThat(tap.pending()).isZero();
    }

    @Test
    void refusesSettingsThatCannotBe() {
        TapExecutor tap = new TapExecutor();

        assertThat(catchThrowable(() -> tap.setQueueSize(0))).hasMessage("tap.queueSize is 0; allowed is 1 to 1000000");
        assertThat(catchThrowable(() -> tap.setThreads(65))).hasMessage("tap.threads is 65; allowed is 1 to 64");
        assertThat(catchThrowable(() -> tap.setDrainTimeout(Duration.ofHours(1))))
                .hasMessage("tap.drainTimeout is PT1H; allowed is 0s to 10m");
    }
}
