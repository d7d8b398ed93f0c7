package io.github.camelllm.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for something that another process or thread does, and that nobody announces. */
public final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(15);
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

    /** The same, for 15 seconds at most. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        until(LIMIT, what, condition);
    }

    /** Looks again and again until the source gives what is wanted, for 15 seconds at most, and returns it. */
    public static <T> T value(String what, Callable<T> source, Predicate<T> wanted) throws Exception {
        AtomicReference<T> last = new AtomicReference<>();
        until(LIMIT, what, () -> {
            last.set(source.call());
            return wanted.test(last.get());
        });
        return last.get();
    }
}
