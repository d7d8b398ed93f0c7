package io.github.camelllm.store;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One connection to one Redis, shared by all threads. It never waits for a connection that is gone, and never repeats a command
 * by itself, since nobody could say whether it was carried out twice: whoever uses it opens it again.
 */
final class RedisLink implements AutoCloseable {

    private final RedisAddress redis;
    private volatile StatefulRedisConnection<String, String> connection;

    /** @param url {@code redis://} or {@code rediss://}, checked already */
    RedisLink(String url) {
        redis = new RedisAddress(url);
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
        connection = redis.client().connect(StringCodec.UTF8);
        return true;
    }

    boolean isOpen() {
        StatefulRedisConnection<String, String> current = connection;
        return current != null && current.isOpen();
    }

    /** Closes the connection, so that the next {@link #open} makes another; commands under way fail. */
    synchronized void drop() {
        StatefulRedisConnection<String, String> current = connection;
        connection = null;
        if (current != null) {
            current.closeAsync();
        }
    }

    /**
     * The commands of the connection.
     *
     * @throws IllegalStateException when it is not open
     */
    RedisAsyncCommands<String, String> commands() {
        StatefulRedisConnection<String, String> current = connection;
        if (current == null || !current.isOpen()) {
            throw new IllegalStateException("not connected");
        }
        return current.async();
    }

    /** Runs a script, sending its text where Redis has forgotten it. Never throws: failures are in the future. */
    CompletableFuture<List<Object>> run(Script script, String[] keys, String[] arguments) {
        try {
            RedisAsyncCommands<String, String> commands = commands();
            CompletableFuture<List<Object>> first = commands.<List<Object>>evalsha(
                            script.sha(), ScriptOutputType.MULTI, keys, arguments)
                    .toCompletableFuture();
            return first.handle((reply, failure) -> {
                        if (failure instanceof RedisNoScriptException
                                || failure instanceof CompletionException
                                        && failure.getCause() instanceof RedisNoScriptException) {
                            return commands.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                                    .toCompletableFuture();
                        }
                        return first;
                    })
                    .thenCompose(future -> future);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        drop();
        redis.close();
    }
}
