package io.github.camelllm.account;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Troubles;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.Synchronization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread and the queue of one tap, so that a slow or failing tap is felt by nobody else.
 *
 * <p>A route's {@code wireTap} names the bean twice: {@code executorService: "#name"} runs the tap on it, and {@code
 * onPrepare: "#name"} lets it see whether the tap failed. What does not fit into the queue is dropped, never thrown back
 * at the route ({@code llm_tap_dropped_total}); what fails is counted ({@code llm_tap_failed_total}); both are logged
 * seldom. The label {@code tap} is the bean's name, without the prefix {@code llm}.
 *
 * <p>Its threads are daemons that end when idle, so there is nothing to stop; a graceful stop of a route with {@link
 * Account} waits for what is queued here.
 */
public final class TapExecutor extends AbstractExecutorService implements Processor, CamelContextAware, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(TapExecutor.class);
    private static final long IDLE_SECONDS = 30;

    private final Tally dropped = new Tally();
    private final Tally failed = new Tally();
    private volatile Troubles troubles; // none until something goes wrong
    private final Synchronization outcome = new Synchronization() {
        @Override
        public void onComplete(Exchange exchange) {
            Troubles current = troubles;
            if (current != null) {
                current.over("failing", () -> "tap " + name() + " works");
            }
        }

        @Override
        public void onFailure(Exchange exchange) {
            failed(exchange.getException());
        }
    };

    private volatile TapSettings settings = new TapSettings(10_000, 1, Duration.ofSeconds(5));
    private CamelContext camelContext;
    private volatile Pool pool;

    /** How many exchanges may wait for the tap: 1 to 1,000,000; 10,000 unless set. */
    public void setQueueSize(int queueSize) {
        settings = new TapSettings(queueSize, settings.threads(), settings.drainTimeout());
    }

    /** How many exchanges are worked on at once: 1 to 64; 1 unless set, which keeps them in order. */
    public void setThreads(int threads) {
        settings = new TapSettings(settings.queueSize(), threads, settings.drainTimeout());
    }

    /** How long a stop waits for a tap that finishes nothing: up to 10 minutes; 5 seconds unless set. */
    public void setDrainTimeout(Duration drainTimeout) {
        settings = new TapSettings(settings.queueSize(), settings.threads(), drainTimeout);
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /** Called by {@code wireTap} with the copy that it is about to send: from then on its failure is noticed. */
    @Override
    public void process(Exchange tapped) {
        tapped.getExchangeExtension().addOnCompletion(outcome);
    }

    @Override
    public void execute(Runnable command) {
        pool().accept(command);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        return new FutureTask<>(runnable, value) {
            @Override
            protected void setException(Throwable thrown) {
                failed(thrown);
                super.setException(thrown);
            }
        };
    }

    /** Exchanges that a stop should wait for: those not done, unless none has been done for too long. */
    int pending() {
        Pool current = pool;
        return current == null ? 0 : current.progress.worthWaitingFor();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        dropped.bindTo(registry, "llm.tap.dropped", "Exchanges that did not fit into a tap's queue", "tap", name());
        failed.bindTo(registry, "llm.tap.failed", "Exchanges that a tap failed on", "tap", name());
    }

    private void failed(Throwable cause) {
        failed.add(1);
        boolean outage = Troubles.isOutage(cause);
        troubles()
                .is(
                        "failing",
                        () -> "tap " + name() + " failed" + (outage ? ": " + Troubles.reason(cause) : ""),
                        outage ? null : cause);
    }

    private synchronized Troubles troubles() {
        if (troubles == null) {
            troubles = new Troubles(LOG, camelContext == null ? Ticker.SYSTEM : Calls.ticker(camelContext));
        }
        return troubles;
    }

    private void dropped() {
        dropped.add(1);
        troubles()
                .is(
                        "full",
                        () -> "tap " + name() + " is too slow: " + settings.queueSize()
                                + " are waiting, and the rest is dropped",
                        null);
    }

    /** The name that the bean goes by in Camel's registry, without the prefix {@code llm}. */
    private String name() {
        if (camelContext != null) {
            for (var entry : camelContext
                    .getRegistry()
                    .findByTypeWithName(TapExecutor.class)
                    .entrySet()) {
                if (entry.getValue() == this) {
                    String bean = entry.getKey();
                    return bean.matches("llm[A-Z].*")
                            ? Character.toLowerCase(bean.charAt(3)) + bean.substring(4)
                            : bean;
                }
            }
        }
        return "unnamed";
    }

    private Pool pool() {
        Pool current = pool;
        if (current == null) {
            synchronized (this) {
                current = pool;
                if (current == null) {
                    current = new Pool(settings);
                    pool = current;
                }
            }
        }
        return current;
    }

    /** The threads, with a count of what they still have to do. */
    private final class Pool extends ThreadPoolExecutor {
        private final Progress progress;

        Pool(TapSettings settings) {
            super(
                    settings.threads(),
                    settings.threads(),
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(settings.queueSize()),
                    TapExecutor.this::daemon,
                    (task, executor) -> ((Pool) executor).drop());
            allowCoreThreadTimeOut(true);
            this.progress = new Progress(settings.drainTimeout(), System::nanoTime);
        }

        private void drop() {
            progress.cancel();
            dropped();
        }

        void accept(Runnable task) {
            progress.begin();
            execute(task);
        }

        @Override
        protected void afterExecute(Runnable task, Throwable thrown) {
            progress.end();
        }
    }

    private Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "llm-tap-" + name());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void shutdown() {
        pool().shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return pool().shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return pool().isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return pool().isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool().awaitTermination(timeout, unit);
    }

    /** Takes no more and waits a bounded time; Java 19's own {@code close} would wait for ever. */
    public void close() {
        Pool current = pool();
        current.shutdown();
        try {
            current.awaitTermination(settings.drainTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        current.shutdownNow().forEach(task -> current.drop());
    }
}
