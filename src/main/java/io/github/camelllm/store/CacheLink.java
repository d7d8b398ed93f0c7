package io.github.camelllm.store;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Two connections of the shared cache, apart from that of limits, which large values would hold up: for commands and for news. */
final class CacheLink implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration SILENCE = StoreSettings.TIMEOUT;
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
    private final CacheKeys keys;
    private final String channel;
    private final Consumer<String> news;
    private final Consumer<Throwable> onLoss;
    private volatile Watched<byte[]> commands;
    private volatile StatefulRedisPubSubConnection<String, String> listener;

    /**
     * Not connected yet.
     *
     * @param news told of each message, in their order; must not wait
     * @param onLoss told that the connection for commands has failed, as long as it has; must not wait
     */
    CacheLink(String url, CacheKeys keys, Consumer<String> news, Consumer<Throwable> onLoss) {
        this.redis = new RedisAddress(url);
        this.keys = keys;
        this.channel = keys.clears() + ":" + redis.database();
        this.news = news;
        this.onLoss = onLoss;
    }

    String name() {
        return redis.name();
    }

    CacheKeys keys() {
        return keys;
    }

    String channel() {
        return channel;
    }

    boolean isOpen() {
        Watched<byte[]> current = commands;
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
        commands = redis.watch(
                redis.client().connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)), SILENCE, this::lost);
        for (Script script : SCRIPTS) {
            ask(to -> to.scriptLoad(script.text())).get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        }
        return true;
    }

    private void lost(Watched<byte[]> from, Throwable failure) {
        if (from == commands) {
            onLoss.accept(failure);
        }
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

    private Watched<byte[]> connected() {
        Watched<byte[]> current = commands;
        if (current == null) {
            throw new IllegalStateException("not connected");
        }
        return current;
    }

    /**
     * What a command answers, if the connection does not fail first. Never throws: failures are in the future.
     *
     * @param command sends it
     */
    <T> CompletableFuture<T> ask(Function<RedisAsyncCommands<String, byte[]>, CompletionStage<T>> command) {
        try {
            Watched<byte[]> current = connected();
            return current.owed(command.apply(current.commands()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Runs a script, sending its text where Redis has forgotten it. Never throws: failures are in the future. */
    CompletableFuture<List<Object>> run(Script script, String[] keys, byte[]... arguments) {
        try {
            return connected().run(script, keys, arguments);
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether Redis owes answers and has sent nothing lately, though it was looked for. */
    boolean isSilent() {
        Watched<byte[]> current = commands;
        return current == null || !current.isOpen() || current.silentTicks() > 0;
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
