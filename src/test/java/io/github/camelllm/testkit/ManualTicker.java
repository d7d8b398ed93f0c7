package io.github.camelllm.testkit;

import io.github.camelllm.call.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that stand still until a test moves them. Thread-safe. */
public final class ManualTicker implements Ticker {

    private final Instant start;
    private final AtomicLong passedNanos = new AtomicLong();

    /** Clocks that stand at 2026-01-01T00:00:00Z. */
    public ManualTicker() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Clocks that stand at that moment. */
    public ManualTicker(Instant start) {
        this.start = start;
    }

    /**
     * Moves both clocks on.
     *
     * @throws IllegalArgumentException when the duration is negative: time never goes back
     */
    public ManualTicker advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time cannot go back by " + duration.abs());
        }
        passedNanos.addAndGet(duration.toNanos());
        return this;
    }

    @Override
    public Instant now() {
        return start.plusNanos(passedNanos.get());
    }

    @Override
    public long nanos() {
        return passedNanos.get();
    }
}
