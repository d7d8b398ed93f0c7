package io.github.camelllm.ingress;

import java.util.Map;

/**
 * The way back to one HTTP client, whatever server holds its connection.
 *
 * <p>One thread writes. Writing waits while the client reads slower than the events come, so memory stays bounded. A
 * client that is gone makes writing throw {@link java.util.concurrent.CancellationException}.
 */
interface EventWriter {

    /** Has an action run, on another thread and at most once, when the client leaves before its answer has ended. */
    void onGone(Runnable action);

    /** Whether the client has left, or has been given up. */
    boolean gone();

    /** Sends a whole answer. */
    void send(int status, Map<String, String> headers, byte[] body);

    /** Begins a stream of events; the headers leave with the first event. */
    void begin(int status, Map<String, String> headers);

    /** Sends one event, its terminating blank line included. */
    void event(byte[] prefix, byte[] data);

    /** Ends the stream. */
    void end();

    /** Lets go of the client. An answer that has not been ended is cut off, so that nobody takes it for a whole one. */
    void close();
}
