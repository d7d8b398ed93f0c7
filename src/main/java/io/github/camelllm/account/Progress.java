package io.github.camelllm.account;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Counts work that has begun and not ended, and knows whether any of it has ended lately. Thread-safe. */
final class Progress {

    private final AtomicInteger pending = new AtomicInteger();
    private final long patience;
    private final LongSupplier nanos;
    private volatile long lastStep;

    /** @param patience how long nothing may end before the rest is not worth waiting for */
    Progress(Duration patience, LongSupplier nanos) {
        this.patience = patience.toNanos();
        this.nanos = nanos;
        this.lastStep = nanos.getAsLong();
    }

    void begin() {
        if (pending.get() == 0) {
            lastStep = nanos.getAsLong(); // before it counts, or a stop could find the work old that has just begun
        }
        pending.getAndIncrement();
    }

    void end() {
        lastStep = nanos.getAsLong();
        pending.decrementAndGet();
    }

    /** Takes a beginning back. */
    void cancel() {
        pending.decrementAndGet();
    }

    /** Work under way; 0 as well when none of it has ended for longer than the patience. */
    int worthWaitingFor() {
        int left = pending.get();
        return left > 0 && nanos.getAsLong() - lastStep <= patience ? left : 0;
    }
}
