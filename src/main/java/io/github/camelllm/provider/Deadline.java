package io.github.camelllm.provider;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends what takes longer than it may, by running an action that makes the waiting thread fail. */
final class Deadline {

    private static final long BEAT_MILLIS = 100;
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final ScheduledFuture<?> future;
    private volatile boolean passed;

    private Deadline(Duration after, Runnable action) {
        future = TIMER.schedule(
                () -> {
                    passed = true;
                    action.run();
                },
                after.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** Runs the action after that time unless {@link #cancel} comes first. The action must not block for long. */
    static Deadline after(Duration time, Runnable action) {
        return new Deadline(time, action);
    }

    /** Whether the time ran out. */
    boolean passed() {
        return passed;
    }

    void cancel() {
        future.cancel(false);
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        // A timer thread is woken for each task that becomes the next one due, which in an idle gateway is every
        // call's. Behind
        // this beat no deadline is next before its last moments.
        executor.scheduleAtFixedRate(() -> {}, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
        return executor;
    }
}
