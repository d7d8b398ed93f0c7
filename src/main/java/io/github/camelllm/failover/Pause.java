package io.github.camelllm.failover;

import io.github.camelllm.call.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits between two tries; tests put their own in its place. */
@FunctionalInterface
interface Pause {

    /** Waits that long, or until the call is cancelled. */
    void sleep(Duration time, Cancellation cancellation) throws InterruptedException;

    /** Real time. */
    Pause REAL = (time, cancellation) -> {
        CountDownLatch cancelled = new CountDownLatch(1);
        Runnable wake = cancelled::countDown;
        cancellation.onCancel(wake);
        try {
            cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            cancellation.forget(wake);
        }
    };
}
