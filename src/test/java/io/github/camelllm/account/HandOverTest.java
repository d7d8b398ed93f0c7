package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Processor;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever listens at direct:llm-completed, no call waits for it or fails by it. */
@Timeout(60)
class HandOverTest {

    private static final String LISTENER =
            """
            - route:
                id: llm-completed
                startupOrder: 10
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:llm-completed
                  steps:
                    - process: { ref: listener }
                    - process: { ref: collect }
            """;

    private static final String SECOND_CHAIN =
            """
            - route:
                id: second
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:second
                  steps:
                    - policy: { ref: account }
                    - process: { ref: model }
            """;

    private static Gateway gateway(int queueSize, String drainTimeout, Processor listener) throws Exception {
        Gateway gateway = new Gateway(queueSize, drainTimeout, LISTENER);
        gateway.context.getRegistry().bind("listener", listener);
        return gateway.start();
    }

    @Test
    void dropsAndCountsWhatASlowListenerCannotTake() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Gateway gateway = gateway(10, "5s", exchange -> {
                    busy.countDown();
                    release.await();
                });
                CapturedLog log = new CapturedLog(Account.class, Level.WARN)) {
            gateway.call();
            busy.await();

            for (int i = 0; i < 50; i++) {
                assertThat(gateway.call().getException()).isNull();
            }

            release.countDown();
            gateway.close();
            double dropped = gateway.count("llm.completed.dropped");
            assertThat(dropped).isEqualTo(40);
            assertThat(gateway.finished).hasSize(11);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("finished calls are dropped: direct:llm-completed has 10 waiting");
        }
    }

    @Test
    void goesOnAfterAListenerThatFails() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Gateway gateway = gateway(100, "5s", exchange -> {
                    if (calls.incrementAndGet() <= 20) {
                        throw new IllegalStateException("disk full");
                    }
                });
                CapturedLog log = new CapturedLog(Account.class, Level.WARN)) {
            for (int i = 0; i < 21; i++) {
                assertThat(gateway.call().getException()).isNull();
            }

            gateway.only();
            assertThat(gateway.count("llm.completed.failed")).isEqualTo(20);
            assertThat(log.lines()).singleElement().asString().contains("failed to take finished call req_");
        }
    }

    @Test
    void saysOnceThatNobodyListensAndGoesOn() throws Exception {
        try (Gateway gateway = Gateway.withRoutes().start();
                CapturedLog log = new CapturedLog(Account.class, Level.WARN)) {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.call().getException()).isNull();
            }
            Await.until(
                    Duration.ofSeconds(20),
                    "five calls to be dropped",
                    () -> gateway.count("llm.completed.dropped") == 5);

            assertThat(log.lines())
                    .containsExactly(
                            "WARN No route consumes direct://llm-completed: finished calls are neither logged nor"
                                    + " metered until one does.");

            gateway.load(Gateway.COLLECT);
            gateway.call();
            assertThat(gateway.next()).isNotNull();
        }
    }

    @Test
    void handsOverWhatIsQueuedBeforeAStop() throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        try (Gateway gateway = gateway(1000, "5s", exchange -> stopping.await())) {
            for (int i = 0; i < 500; i++) {
                gateway.call();
            }
            gateway.context.addLifecycleStrategy(new org.apache.camel.support.LifecycleStrategySupport() {
                @Override
                public void onContextStopping(org.apache.camel.CamelContext context) {
                    stopping.countDown();
                }
            });

            gateway.close();

            assertThat(gateway.finished).hasSize(500);
            assertThat(gateway.count("llm.completed.dropped")).isZero();
        }
    }

    @Test
    void doesNotWaitForAListenerThatTakesNothing() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        Gateway gateway = gateway(100, "0s", exchange -> {
            busy.countDown();
            never.await();
        });
        // The exchange that hangs in the listener is in flight for Camel, which has a patience of its own.
        gateway.context.getShutdownStrategy().setTimeout(1);
        for (int i = 0; i < 10; i++) {
            gateway.call();
        }
        busy.await();

        gateway.close();

        assertThat(gateway.finished).isEmpty();
        Await.until(
                Duration.ofSeconds(20),
                "the stuck listener to be interrupted",
                () -> gateway.count("llm.completed.dropped") == 9 && gateway.count("llm.completed.failed") == 1);
    }

    @Test
    void servesTwoRoutesUntilTheLastOfThemStops() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT, SECOND_CHAIN).start()) {
            gateway.context.getRouteController().stopRoute("second");
            gateway.call();
            FinishedCall whileOneRuns = gateway.next();
            gateway.context.getRouteController().stopRoute("chain");
            gateway.context.getRouteController().startRoute("second");
            gateway.context.createProducerTemplate().sendBody("direct:second", Gateway.PROMPT);
            FinishedCall afterARestart = gateway.only();

            assertThat(whileOneRuns.ok()).isTrue();
            assertThat(afterARestart.ok()).isTrue();
        }
    }

    @Test
    void countsACallThatEndsAfterTheStop() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatStreams(TokenStream.of(List.of()));
            gateway.reader(stream -> {
                gateway.context.getRouteController().stopRoute("chain");
                assertThat(catchThrowable(stream::close)).isNull();
            });

            assertThat(gateway.call().getException()).isNull();

            assertThat(gateway.count("llm.completed.dropped")).isEqualTo(1);
        }
    }
}
