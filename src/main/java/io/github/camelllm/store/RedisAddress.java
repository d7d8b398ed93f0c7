package io.github.camelllm.store;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where a Redis is, with the client that connects to it: one that never connects again by itself, never repeats a command, and
 * refuses commands while it is not connected.
 */
final class RedisAddress implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration COMMAND = Duration.ofSeconds(2);
    private static final int QUEUE = 100_000;

    private final ClientResources resources;
    private final RedisClient client;
    private final RedisURI uri;

    /** @param url {@code redis://} or {@code rediss://}, checked already */
    RedisAddress(String url) {
        uri = RedisURI.create(url);
        uri.setTimeout(COMMAND);
        uri.setClientName("camel-llm-gateway");
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                .timeoutOptions(TimeoutOptions.enabled(COMMAND))
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
