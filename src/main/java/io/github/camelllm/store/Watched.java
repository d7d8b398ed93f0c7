package io.github.camelllm.store;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * A connection to Redis with its {@link Heartbeat}: once that says that it has failed, all answers that it owes fail, and so does
 * whatever is asked until bytes come again. Thread-safe.
 */
final class Watched<V> {

    private final StatefulRedisConnection<String, V> connection;
    private final Channel channel;
    private final Heartbeat heartbeat;
    private final Set<CompletableFuture<?>> owed = ConcurrentHashMap.newKeySet();

    /**
     * Begins to watch.
     *
     * @param channel the connection's own
     * @param silence how long Redis may send nothing while it owes an answer
     * @param lost told again and again as long as the connection has failed; must not wait
     */
    Watched(
            StatefulRedisConnection<String, V> connection,
            Channel channel,
            Duration silence,
            BiConsumer<Watched<V>, Throwable> lost) {
        this.connection = connection;
        this.channel = channel;
        this.heartbeat = new Heartbeat(silence, () -> connection.async().ping(), failure -> {
            owed.forEach(answer -> answer.completeExceptionally(failure));
            lost.accept(this, failure);
        });
        heartbeat.over(channel);
    }

    boolean isOpen() {
        return connection.isOpen() && channel.isActive(); // the connection itself hears of it later
    }

    /**
     * The commands of the connection.
     *
     * @throws IllegalStateException when it is not open
     */
    RedisAsyncCommands<String, V> commands() {
        if (!isOpen()) {
            throw new IllegalStateException("not connected");
        }
        return connection.async();
    }

    /** How many ticks of the watch in a row Redis has sent nothing though it owes an answer. */
    int silentTicks() {
        return heartbeat.silentTicks();
    }

    /** An answer to a command that has just been sent, which fails with the connection. */
    <T> CompletableFuture<T> owed(CompletionStage<T> sent) {
        heartbeat.sent();
        CompletableFuture<T> answer = new CompletableFuture<>();
        owed.add(answer);
        sent.whenComplete((value, failure) -> {
            owed.remove(answer);
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** Runs a script, sending its text where Redis has forgotten it. Never throws: failures are in the future. */
    CompletableFuture<List<Object>> run(Script script, String[] keys, V[] arguments) {
        try {
            RedisAsyncCommands<String, V> commands = commands();
            CompletionStage<List<Object>> first =
                    commands.evalsha(script.sha(), ScriptOutputType.MULTI, keys, arguments);
            return owed(first.handle((reply, failure) -> isForgotten(failure)
                            ? commands.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                            : first)
                    .thenCompose(future -> future));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean isForgotten(Throwable failure) {
        return failure instanceof RedisNoScriptException
                || failure instanceof CompletionException && failure.getCause() instanceof RedisNoScriptException;
    }

    /** Closes it; commands under way fail. */
    CompletableFuture<Void> closeAsync() {
        return connection.closeAsync();
    }
}
