package io.github.camelllm.ingress;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a Vert.x response from a worker thread: the face of {@link EventWriter} for Camel Main and Quarkus.
 *
 * <p>Vert.x queues what is written; once the queue is full the writer waits until the client has read some of it. A
 * client that reads nothing for as long as the stall timeout is given up.
 */
final class VertxEventWriter implements EventWriter {

    private static final Logger LOG = LoggerFactory.getLogger(VertxEventWriter.class);
    private static final int QUEUE_BYTES = 32 * 1024;
    private static final byte[] BLANK_LINE = {'\n', '\n'};

    private final HttpServerResponse response;
    private final Duration stallTimeout;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean gone;
    private volatile Runnable action;
    private volatile CountDownLatch drained;

    VertxEventWriter(HttpServerResponse response, Duration stallTimeout) {
        this.response = response;
        this.stallTimeout = stallTimeout;
    }

    @Override
    public void onGone(Runnable newAction) {
        action = newAction;
        response.closeHandler(closed -> leave());
        response.exceptionHandler(failure -> leave());
        if (response.closed() && !response.ended()) {
            leave();
        }
    }

    private void leave() {
        if (response.ended()) {
            return;
        }
        gone = true;
        CountDownLatch waiting = drained;
        if (waiting != null) {
            waiting.countDown();
        }
        Runnable toRun = action;
        if (toRun != null && told.compareAndSet(false, true)) {
            toRun.run();
        }
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public void send(int status, Map<String, String> headers, byte[] body) {
        if (gone || response.ended()) {
            return;
        }
        response.setStatusCode(status);
        headers.forEach(response::putHeader);
        response.end(Buffer.buffer(body));
    }

    @Override
    public void begin(Map<String, String> headers) {
        headers.forEach(response::putHeader);
        response.setChunked(true);
        response.setWriteQueueMaxSize(QUEUE_BYTES);
    }

    @Override
    public void event(byte[] prefix, byte[] data) {
        if (gone) {
            throw new CancellationException("the client is gone");
        }
        response.write(Buffer.buffer(prefix.length + data.length + BLANK_LINE.length)
                .appendBytes(prefix)
                .appendBytes(data)
                .appendBytes(BLANK_LINE));
        if (response.writeQueueFull()) {
            awaitDrain();
        }
    }

    private void awaitDrain() {
        CountDownLatch latch = new CountDownLatch(1);
        drained = latch;
        response.drainHandler(ready -> latch.countDown());
        try {
            if (response.writeQueueFull() && !gone && !latch.await(stallTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
                leave();
                response.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            leave();
        } finally {
            drained = null;
        }
        if (gone) {
            throw new CancellationException("the client is gone");
        }
    }

    @Override
    public void end() {
        if (!gone && !response.ended()) {
            response.end();
        }
    }

    @Override
    public void close() {
        if (gone && !response.ended()) {
            response.end().onFailure(expected -> LOG.trace("the client was gone", expected));
        }
    }
}
