package io.github.camelllm.call;

/**
 * How a token stream ended.
 *
 * @param kind whole, failed or abandoned
 * @param cause why it failed; null otherwise
 */
public record StreamEnd(Kind kind, RuntimeException cause) {

    /** The ways a stream can end. */
    public enum Kind {
        /** The last event was taken. */
        WHOLE,
        /** Reading on threw. */
        FAILED,
        /** It was closed before its end: the client left. */
        ABANDONED
    }
}
