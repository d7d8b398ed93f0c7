package io.github.camelllm.store;

import io.github.camelllm.call.Ticker;
import java.time.Instant;

/**
 * A moment by both clocks, in microseconds.
 *
 * @param steady since an arbitrary moment; what periods are measured with
 * @param wall since 1970; what calendars go by. May go back
 */
record Moment(long steady, long wall) {

    private static final long SECOND = 1_000_000;

    static Moment of(Ticker ticker) {
        return new Moment(Math.floorDiv(ticker.nanos(), 1_000L), micros(ticker.now()));
    }

    static long micros(Instant instant) {
        return instant.getEpochSecond() * SECOND + instant.getNano() / 1_000;
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1_000);
    }
}
