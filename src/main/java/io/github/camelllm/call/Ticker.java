package io.github.camelllm.call;

import java.time.Instant;

/** Where time comes from: the wall clock to date things by, and a steady one to measure with. Tests move their own. */
public interface Ticker {

    /** The machine's clocks. */
    Ticker SYSTEM = new Ticker() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** The wall clock. */
    Instant now();

    /** Nanoseconds since an arbitrary moment; never goes back. */
    long nanos();
}
