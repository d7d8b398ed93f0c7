package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** One request as the fake upstream received it, byte by byte, and what has become of its answer. Thread-safe. */
public final class Received {

    private final int connection;
    private final long arrivedNanos;
    private final String method;
    private final String target;
    private final List<Header> headers;
    private final byte[] body;

    private final CompletableFuture<ClientClosed> clientClosed = new CompletableFuture<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private long bytesWritten;
    private int eventsWritten;

    Received(int connection, long arrivedNanos, String method, String target, List<Header> headers, byte[] body) {
        this.connection = connection;
        this.arrivedNanos = arrivedNanos;
        this.method = method;
        this.target = target;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /** Which connection it came on, counted from 1. */
    public int connection() {
        return connection;
    }

    /** {@link System#nanoTime} when its first line was read. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** The method as sent. */
    public String method() {
        return method;
    }

    /** The request target as sent, query included. */
    public String target() {
        return target;
    }

    /** The target up to its question mark, not decoded. */
    public String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /** What follows the question mark, not decoded; null when there is none. */
    public String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }

    /** All header lines in the order and case in which they came. */
    public List<Header> headers() {
        return headers;
    }

    /** The names of all headers, in lower case, in the order in which they came. */
    public List<String> headerNames() {
        return headers.stream()
                .map(header -> header.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The values of a header, compared without case; several lines are joined by a comma. Null when it is absent. */
    public String header(String name) {
        List<String> values = headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** The body's bytes, free of transfer coding. Not to be changed. */
    public byte[] body() {
        return body;
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * The body as JSON.
     *
     * @throws AssertionError when it is none
     */
    public JsonNode json() {
        try {
            return Json.read(body);
        } catch (IOException e) {
            throw new AssertionError("the upstream received no JSON: " + text(), e);
        }
    }

    /** How many bytes of the answer, head and framing included, the system's socket has taken so far. */
    public synchronized long bytesWritten() {
        return bytesWritten;
    }

    /** How many whole events of the answer have been written so far. */
    public synchronized int eventsWritten() {
        return eventsWritten;
    }

    /** Whether the client has closed the connection before it had the answer. */
    public boolean clientHasClosed() {
        return clientClosed.isDone() && !clientClosed.isCompletedExceptionally();
    }

    /**
     * Waits until the client closes the connection while its answer is still under way.
     *
     * @throws AssertionError when it does not in time, or has had its whole answer
     */
    public ClientClosed awaitClientClosed(Duration limit) throws InterruptedException {
        return await(clientClosed, limit, "the client did not close the connection");
    }

    /**
     * Waits until the reply has been played to its end, whatever end that is, cut or whole.
     *
     * @throws AssertionError when it is not in time, or the client leaves before
     */
    public void awaitAnswered(Duration limit) throws InterruptedException {
        await(answered, limit, "the answer was not written to its end");
    }

    private <T> T await(CompletableFuture<T> future, Duration limit, String failure) throws InterruptedException {
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(failure + " within " + limit + "; " + this, e);
        } catch (ExecutionException e) {
            throw new AssertionError(failure + ": " + e.getCause().getMessage() + "; " + this, e);
        }
    }

    synchronized void wrote(int bytes, int events) {
        bytesWritten += bytes;
        eventsWritten += events;
    }

    void answerEnded() {
        answered.complete(null);
        clientClosed.completeExceptionally(new IllegalStateException("the answer had been written before"));
    }

    void clientClosed(ClientClosed closed) {
        clientClosed.complete(closed);
        answered.completeExceptionally(new IllegalStateException("the client left"));
    }

    @Override
    public String toString() {
        return method + " " + target + " on connection " + connection + ", " + bytesWritten() + " bytes and "
                + eventsWritten() + " events written, headers "
                + headers.stream().map(Header::name).collect(Collectors.joining(" "));
    }
}
