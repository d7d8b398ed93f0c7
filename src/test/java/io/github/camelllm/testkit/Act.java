package io.github.camelllm.testkit;

import java.time.Duration;

/** One thing that the fake upstream does on the wire while it answers a request. */
sealed interface Act {

    /**
     * Writes bytes at once, in one packet where they fit.
     *
     * @param bytes the bytes; of the body, not yet framed, until {@link Reply} has framed them
     * @param events how many events of a stream are complete once they are written
     */
    record Write(byte[] bytes, int events) implements Act {}

    /** Does nothing for that long. */
    record Pause(Duration duration) implements Act {}

    /** Waits until the test opens the gate. */
    record Await(Gate gate) implements Act {}

    /** Does nothing until the client leaves or the upstream is closed. */
    record Stall() implements Act {}

    /** Ends the connection. */
    record Close(Cut cut) implements Act {}
}
