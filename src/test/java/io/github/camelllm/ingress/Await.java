package io.github.camelllm.ingress;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what another thread or process brings about, looking again and again, for 15 seconds at most. */
final class Await {

    private static final long LIMIT = TimeUnit.SECONDS.toNanos(15);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private Await() {}

    static void until(String what, Callable<Boolean> condition) throws Exception {
        value(what, condition, Boolean.TRUE::equals);
    }

    static <T> T value(String what, Callable<T> source, Predicate<T> wanted) throws Exception {
        long start = System.nanoTime();
        while (true) {
            T value = source.call();
            if (wanted.test(value)) {
                return value;
            }
            if (System.nanoTime() - start > LIMIT) {
                throw new AssertionError("waited in vain for: " + what + "; last seen: " + value);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
