package io.github.camelllm.ingress;

import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a Vert.x response from a worker thread: the face of {@link EventWriter} for Camel Main and Quarkus.
 *
 * <p>Counts the bytes that the server has been given and the client's connection has not taken yet; beyond {@value
 * #MOST_UNSENT} of them the writer waits until half are gone. Vert.x's own {@code writeQueueFull} would not do: it is
 * told by the event loop, which a fast writer outruns by any number of events. A client that takes nothing at all for as
 * long as the stall timeout is cut off.
 */
final class VertxEventWriter implements EventWriter {

    private static final Logger LOG = LoggerFactory.getLogger(VertxEventWriter.class);
    private static final int MOST_UNSENT = 32 * 1024;
    private static final int SLICE = 16 * 1024;
    private static final byte[] BLANK_LINE = {'\n', '\n'};

    /** RFC 9113, section 7. */
    private static final long HTTP2_CANCEL = 8;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final long stallNanos;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean gone;
    private volatile Runnable action;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long unsent;
    private long sent;

    VertxEventWriter(HttpServerRequest request, Duration stallTimeout) {
        this.request = request;
        this.response = request.response();
        this.stallNanos = stallTimeout.toNanos();
    }

    @Override
    public void onGone(Runnable newAction) {
        action = newAction;
        response.closeHandler(closed -> leave());
        response.exceptionHandler(failure -> leave());
        if (response.closed()) {
            leave();
        }
    }

    /** Runs on the event loop as a rule, which must not wait for what the action does. */
    private void leave() {
        if (response.ended()) {
            return;
        }
        wakeGone();
        Runnable toRun = action;
        if (toRun != null && told.compareAndSet(false, true)) {
            Departures.run(toRun);
        }
    }

    private void wakeGone() {
        lock.lock();
        try {
            gone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
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
        response.putHeader("Content-Length", Integer.toString(body.length));
        if (body.length <= SLICE) { // in one hand-over to the event loop
            response.end(Buffer.buffer(body)).onFailure(expected -> LOG.trace("the client was gone", expected));
            return;
        }
        write(Buffer.buffer(body));
        end();
    }

    @Override
    public void begin(int status, Map<String, String> headers) {
        response.setStatusCode(status);
        headers.forEach(response::putHeader);
        response.setChunked(true);
    }

    @Override
    public void event(byte[] prefix, byte[] data) {
        if (gone) {
            throw new CancellationException("the client is gone");
        }
        write(Buffer.buffer(prefix.length + data.length + BLANK_LINE.length)
                .appendBytes(prefix)
                .appendBytes(data)
                .appendBytes(BLANK_LINE));
        if (gone) {
            throw new CancellationException("the client is gone");
        }
    }

    /** In slices, so that a slow client is seen to take some of what is large. */
    private void write(Buffer whole) {
        for (int from = 0; from < whole.length() && !gone; from += SLICE) {
            Buffer slice = whole.length() <= SLICE ? whole : whole.slice(from, Math.min(whole.length(), from + SLICE));
            int size = slice.length();
            count(size);
            response.write(slice, result -> sent(size, result));
            awaitRoom();
        }
    }

    private void count(int bytes) {
        lock.lock();
        try {
            unsent += bytes;
        } finally {
            lock.unlock();
        }
    }

    private void sent(int bytes, AsyncResult<Void> result) {
        lock.lock();
        try {
            unsent -= bytes;
            sent += bytes;
            if (unsent <= MOST_UNSENT / 2) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (result.failed()) {
            leave();
            wakeGone();
        }
    }

    private void awaitRoom() {
        boolean stalled = false;
        lock.lock();
        try {
            if (unsent > MOST_UNSENT) {
                long before = sent;
                long left = stallNanos;
                while (unsent > MOST_UNSENT / 2 && !gone && !stalled) {
                    left = changed.awaitNanos(left);
                    if (sent != before) {
                        before = sent;
                        left = stallNanos;
                    }
                    stalled = left <= 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stalled = true;
        } finally {
            lock.unlock();
        }
        if (stalled) {
            cutOff();
        }
    }

    /** Closing in order would wait for the client to take what is unsent. */
    private void cutOff() {
        leave();
        wakeGone();
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset(HTTP2_CANCEL);
        } else if (request.connection() instanceof ConnectionBase connection) {
            connection.channelHandlerContext().close(); // the channel's own close would flush first
        } else {
            response.reset();
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
        if (response.ended()) {
            return;
        }
        if (!gone) {
            cutOff();
        }
        response.end().onFailure(expected -> LOG.trace("the client was gone", expected));
    }
}
