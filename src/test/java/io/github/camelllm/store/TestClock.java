package io.github.camelllm.store;

import io.github.camelllm.call.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Two clocks that stand still until a test moves them; the wall clock can be put back. Thread-safe. */
final class TestClock implements Ticker {

    private final AtomicLong wallMicros;
    private final AtomicLong steadyMicros = new AtomicLong();

    TestClock(String wall) {
        this(Instant.parse(wall));
    }

    TestClock(Instant wall) {
        wallMicros = new AtomicLong(Moment.micros(wall));
        steadyMicros.set(wallMicros.get());
    }

    void advance(Duration duration) {
        advanceMicros(duration.toNanos() / 1_000);
    }

    void advanceMicros(long micros) {
        wallMicros.addAndGet(micros);
        steadyMicros.addAndGet(micros);
    }

    /** Sets the wall clock alone. */
    void setWall(String wall) {
        wallMicros.set(Moment.micros(Instant.parse(wall)));
    }

    long wallMicros() {
        return wallMicros.get();
    }

    @Override
    public Instant now() {
        return Moment.instant(wallMicros.get());
    }

    @Override
    public long nanos() {
        return steadyMicros.get() * 1_000;
    }
}
