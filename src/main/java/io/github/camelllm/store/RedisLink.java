package io.github.camelllm.store;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One connection to one Redis, shared by all threads. It never waits for a connection that is gone, and never repeats a command
 * by itself, since nobody could say whether it was carried out twice: whoever uses it opens it again.
 */
final class RedisLink implements AutoCloseable {

    private final RedisAddress redis;
    private final Duration silence;
    private volatile Watched<String> connection;
    private volatile Consumer<Throwable> onLoss = failure -> {};

    /** As {@link #RedisLink(String, Duration)}, with as much patience as is usual. */
    RedisLink(String url) {
        this(url, StoreSettings.TIMEOUT);
    }

    /**
     * Not connected yet.
     *
     * @param url {@code redis://} or {@code rediss://}, checked already
     * @param silence how long Redis may send nothing while it owes an answer
     */
    RedisLink(String url, Duration silence) {
        this.redis = new RedisAddress(url);
        this.silence = silence;
    }

    /** Whom to tell that the connection has failed, again and again as long as it has; must not wait. */
    void onLoss(Consumer<Throwable> listener) {
        onLoss = listener;
    }

    /** Where it goes to, without user and password. */
    String name() {
        return redis.name();
    }

    /**
     * Connects if it is not connected; waits.
     *
     * @return whether it has made a connection
     */
    synchronized boolean open() {
        if (isOpen()) {
            return false;
        }
        drop();
        connection = redis.watch(redis.client().connect(StringCodec.UTF8), silence, this::lost);
        return true;
    }

    private void lost(Watched<String> from, Throwable failure) {
        if (from == connection) {
            onLoss.accept(failure);
        }
    }

    boolean isOpen() {
        Watched<String> current = connection;
        return current != null && current.isOpen();
    }

    /** Closes the connection, so that the next {@link #open} makes another; commands under way fail. */
    synchronized void drop() {
        Watched<String> current = connection;
        connection = null;
        if (current != null) {
            current.closeAsync();
        }
    }

    private Watched<String> connected() {
        Watched<String> current = connection;
        if (current == null) {
            throw new IllegalStateException("not connected");
        }
        return current;
    }

    /**
     * The commands of the connection.
     *
     * @throws IllegalStateException when it is not open
     */
    RedisAsyncCommands<String, String> commands() {
        return connected().commands();
    }

    /** Runs a script, sending its text where Redis has forgotten it. Never throws: failures are in the future. */
    CompletableFuture<List<Object>> run(Script script, String[] keys, String[] arguments) {
        try {
            return connected().run(script, keys, arguments);
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        drop();
        redis.close();
    }
}
