package io.github.camelllm.store;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Where a Redis is, with the client that connects to it: one that never connects again by itself, never repeats a command,
 * refuses commands while it is not connected, and knows no timeout of a command: a {@link Heartbeat} says when none will be answered.
 */
final class RedisAddress implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);
    private static final int QUEUE = 100_000;

    private final ClientResources resources;
    private final RedisClient client;
    private final RedisURI uri;
    private volatile Channel latestChannel;

    /** @param url {@code redis://} or {@code rediss://}, checked already */
    RedisAddress(String url) {
        uri = RedisURI.create(url);
        uri.setTimeout(HANDSHAKE);
        uri.setClientName("camel-llm-gateway");
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        latestChannel = channel;
                    }
                })
                .build();
        client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .tcpNoDelay(true)
                        .build())
                .build());
    }

    RedisClient client() {
        return client;
    }

    /**
     * Watches a connection that the client has just made, before it makes another.
     *
     * @param silence how long Redis may send nothing while it owes an answer
     */
    <V> Watched<V> watch(
            StatefulRedisConnection<String, V> made, Duration silence, BiConsumer<Watched<V>, Throwable> lost) {
        return new Watched<>(made, latestChannel, silence, lost);
    }

    /** Host, port and database, without user and password. */
    String name() {
        return uri.getHost() + ":" + uri.getPort() + "/" + uri.getDatabase();
    }

    /** The number of the database: what is published is heard in all of a server's databases. */
    int database() {
        return uri.getDatabase();
    }

    @Override
    public void close() {
        client.shutdown(0, 500, TimeUnit.MILLISECONDS);
        resources.shutdown(0, 500, TimeUnit.MILLISECONDS);
    }
}
