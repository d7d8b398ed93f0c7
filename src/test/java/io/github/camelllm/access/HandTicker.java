package io.github.camelllm.access;

import io.github.camelllm.call.Ticker;
import java.time.Instant;

/** A clock that tests set. */
final class HandTicker implements Ticker {

    private volatile Instant now = Instant.parse("2026-06-01T00:00:00Z");

    void set(String instant) {
        now = Instant.parse(instant);
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long nanos() {
        return now.toEpochMilli() * 1_000_000;
    }
}
