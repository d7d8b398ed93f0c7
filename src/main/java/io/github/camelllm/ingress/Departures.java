package io.github.camelllm.ingress;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few threads that do what is to be done when clients leave: closing upstream connections and accounting for calls.
 * Not the event loop, which serves all other clients meanwhile; not the calls' own workers, which may all be waiting for
 * the very upstreams that are to be closed.
 */
final class Departures {

    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final int THREADS = 4;
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ThreadPoolExecutor EXECUTOR = executor();

    private Departures() {}

    /** Runs an action soon, on another thread; what it throws is logged. */
    static void run(Runnable action) {
        EXECUTOR.execute(() -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.warn("a call could not be cancelled in order", e);
            }
        });
    }

    private static ThreadPoolExecutor executor() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "llm-departures-" + NUMBER.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
