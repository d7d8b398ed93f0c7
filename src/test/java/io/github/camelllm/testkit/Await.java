package io.github.camelllm.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that another process or thread does, and that nobody announces. */
public final class Await {

    private static final long STEP_NANOS = 5_000_000;

    private Await() {}

    /**
     * Looks again and again until the condition holds.
     *
     * @param what the condition in words, for the failure
     * @throws AssertionError when it does not hold in time
     */
    public static void until(Duration limit, String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + limit + " in vain for " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
