package io.github.camelllm.idempotency;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A stream whose events are kept. Closing it before its end reads it on to the end, for a client that has left and may come back
 * for the answer; not when the gateway stops.
 */
final class KeptStream extends TokenStream {

    private final Call call;
    private final TokenStream source;
    private final Consumer<List<byte[]>> onEnd;
    private final List<byte[]> events = new ArrayList<>();
    private final ReentrantLock reading = new ReentrantLock();
    private boolean ended;

    /** @param onEnd gets all events when the stream is whole; null when it has broken off */
    KeptStream(Call call, TokenStream source, Consumer<List<byte[]>> onEnd) {
        this.call = call;
        this.source = source;
        this.onEnd = onEnd;
    }

    @Override
    protected StreamEvent pull() {
        reading.lock();
        try {
            return read();
        } finally {
            reading.unlock();
        }
    }

    private StreamEvent read() {
        if (ended) {
            return null;
        }
        try {
            StreamEvent event = source.next();
            if (event == null) {
                end(events);
            } else {
                events.add(event.data());
            }
            return event;
        } catch (RuntimeException e) {
            end(null);
            throw e;
        }
    }

    private void end(List<byte[]> all) {
        if (!ended) {
            ended = true;
            onEnd.accept(all);
        }
    }

    @Override
    protected void release() {
        if (call.cancellation().cancelled()) {
            source.close();
        }
        reading.lock();
        try {
            while (!ended && !call.cancellation().cancelled()) {
                read();
            }
        } catch (RuntimeException e) {
            // it has broken off, which has been told
        } finally {
            end(null);
            reading.unlock();
            source.close();
        }
    }
}
