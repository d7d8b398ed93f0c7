package io.github.camelllm.store;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Two connections of the shared cache, apart from that of limits, which large values would hold up: for commands and for news. */
final class CacheLink implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CLOSE_MILLIS = 500;
    private static final List<Script> SCRIPTS = List.of(
            CacheScripts.FIND,
            CacheScripts.LEAD,
            CacheScripts.KEEP,
            CacheScripts.RELEASE,
            CacheScripts.REMOVE,
            CacheScripts.RENEW,
            CacheScripts.ADOPT,
            CacheScripts.TELL);

    private final RedisAddress redis;
    private final String channel;
    private final Consumer<String> news;
    private volatile StatefulRedisConnection<String, byte[]> commands;
    private volatile StatefulRedisPubSubConnection<String, String> listener;

    /** @param news told of each message, in their order; must not wait */
    CacheLink(String url, Consumer<String> news) {
        this.redis = new RedisAddress(url);
        this.channel = CacheScripts.CHANNEL + ":" + redis.database();
        this.news = news;
    }

    String name() {
        return redis.name();
    }

    String channel() {
        return channel;
    }

    boolean isOpen() {
        StatefulRedisConnection<String, byte[]> current = commands;
        StatefulRedisPubSubConnection<String, String> heard = listener;
        return current != null && current.isOpen() && heard != null && heard.isOpen();
    }

    /**
     * Connects where it is not connected, and listens; waits.
     *
     * @return whether anything was not connected: news may have been missed
     */
    synchronized boolean open() throws InterruptedException, ExecutionException, TimeoutException {
        if (isOpen()) {
            return false;
        }
        drop();
        StatefulRedisPubSubConnection<String, String> heard = redis.client().connectPubSub(StringCodec.UTF8);
        listener = heard;
        heard.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String message) {
                news.accept(message);
            }
        });
        heard.async().subscribe(channel).get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        commands = redis.client().connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        for (Script script : SCRIPTS) {
            commands().scriptLoad(script.text()).get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        }
        return true;
    }

    /** Closes both connections, so that the next {@link #open} makes others; commands under way fail. */
    synchronized void drop() {
        var unused = dropped();
    }

    private synchronized CompletableFuture<Void> dropped() {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        if (commands != null) {
            closing.add(commands.closeAsync());
            commands = null;
        }
        if (listener != null) {
            closing.add(listener.closeAsync());
            listener = null;
        }
        return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
    }

    /**
     * The commands of the connection.
     *
     * @throws IllegalStateException when it is not open
     */
    RedisAsyncCommands<String, byte[]> commands() {
        StatefulRedisConnection<String, byte[]> current = commands;
        if (current == null || !current.isOpen()) {
            throw new IllegalStateException("not connected");
        }
        return current.async();
    }

    /** Runs a script, sending its text where Redis has forgotten it. Never throws: failures are in the future. */
    CompletableFuture<List<Object>> run(Script script, String[] keys, byte[]... arguments) {
        try {
            RedisAsyncCommands<String, byte[]> to = commands();
            CompletableFuture<List<Object>> first = to.<List<Object>>evalsha(
                            script.sha(), ScriptOutputType.MULTI, keys, arguments)
                    .toCompletableFuture();
            return first.handle((reply, failure) -> isForgotten(failure)
                            ? to.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                                    .toCompletableFuture()
                            : first)
                    .thenCompose(future -> future);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean isForgotten(Throwable failure) {
        return failure instanceof RedisNoScriptException
                || failure instanceof CompletionException && failure.getCause() instanceof RedisNoScriptException;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        dropped()
                .completeOnTimeout(null, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .exceptionally(failure -> null)
                .join();
        redis.close();
    }
}
