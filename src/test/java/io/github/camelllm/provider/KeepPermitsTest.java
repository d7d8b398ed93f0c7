package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Camel's throttle does with the executor it is given, shown through a route; no time passes. */
@Timeout(20)
class KeepPermitsTest {

    private static final String ROUTE =
            """
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:in
                  steps:
                    - throttle:
                        expression: { constant: "1" }
                        mode: ConcurrentRequests
                        correlationExpression: { constant: model }
                        rejectExecution: true
                        executorService: "#permits"
                    - process: { ref: model }
            """;

    /** Keeps what it is given instead of running it after a time. */
    private static final class Captured extends ScheduledThreadPoolExecutor {
        private final List<Runnable> tasks = new ArrayList<>();

        Captured() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            tasks.add(command);
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }
    }

    private final CamelContext context = new DefaultCamelContext();
    private final ExecutorService caller = Executors.newSingleThreadExecutor();
    private final CountDownLatch inModel = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void stop() {
        answer.countDown();
        caller.shutdown();
        context.stop();
    }

    @Test
    void camelsThrottleForgetsThePermitsThatAreOut() throws Exception {
        Captured executor = new Captured();
        start(executor);
        send("quick");
        Future<Exchange> slow = caller.submit(() -> send("slow"));
        inModel.await();
        assertThat(send("quick").getException()).isInstanceOf(ThrottlerRejectedExecutionException.class);

        executor.tasks.forEach(Runnable::run); // what happens ten seconds after the first call came back

        assertThat(send("quick").getException())
                .as("a second call runs beyond the bound of one: should Camel have mended this, KeepPermits can go")
                .isNull();
        answer.countDown();
        slow.get();
    }

    @Test
    void withThisExecutorItKeepsThem() throws Exception {
        KeepPermits executor = new KeepPermits();
        start(executor);
        send("quick");
        Future<Exchange> slow = caller.submit(() -> send("slow"));
        inModel.await();

        assertThat(executor.getQueue()).as("nothing is scheduled").isEmpty();
        assertThat(send("quick").getException()).isInstanceOf(ThrottlerRejectedExecutionException.class);
        answer.countDown();
        slow.get();
        assertThat(send("quick").getException()).isNull();
    }

    @Test
    void hasNoThreads() {
        KeepPermits executor = new KeepPermits();

        ScheduledFuture<?> scheduled = executor.schedule(() -> {}, 0, TimeUnit.SECONDS);

        assertThat(executor.getPoolSize()).isZero();
        assertThat(scheduled.cancel(false)).isIn(true, false);
    }

    private void start(ScheduledThreadPoolExecutor executor) throws Exception {
        context.getRegistry().bind("permits", executor);
        context.getRegistry().bind("model", (Processor) exchange -> {
            if (exchange.getMessage().getBody(String.class).equals("slow")) {
                inModel.countDown();
                answer.await();
            }
        });
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", ROUTE));
        context.start();
    }

    private Exchange send(String body) {
        return context.createProducerTemplate()
                .request("direct:in", exchange -> exchange.getIn().setBody(body));
    }
}
