package io.github.camelllm.ingress;

import java.time.Duration;

/**
 * What clients of the HTTP server may take of it: time, connections and memory.
 *
 * @param maxBodyBytes the largest request body, in bytes, after it is decompressed
 * @param bodiesBytes the memory for all bodies together, with what is made of them, in bytes; see {@link #ofHeap}
 * @param headerTimeout how long the head of a request may take to arrive, from its first byte; for the first request of
 *     a connection, from the connection on
 * @param bodyTimeout how long a body may take to arrive, beside a second for every {@code bodyBytesPerSecond} of it
 * @param bodyBytesPerSecond the slowest rate at which a body may go on arriving beyond {@code bodyTimeout}
 * @param keepAliveTimeout how long a connection may wait for its next request
 * @param maxConnections the most connections at once
 * @param maxConnectionsPerAddress the most of one client address, which for IPv6 is its network of 64 bits
 */
public record HttpLimits(
        long maxBodyBytes,
        long bodiesBytes,
        Duration headerTimeout,
        Duration bodyTimeout,
        int bodyBytesPerSecond,
        Duration keepAliveTimeout,
        int maxConnections,
        int maxConnectionsPerAddress) {

    /** What holds where nothing else is set, with bodies of 20 MiB. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            20 << 20,
            ofHeap(40),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            1024,
            Duration.ofSeconds(75),
            10_000,
            6_000);

    /** So many hundredths of the largest heap that this process may have, in bytes. */
    public static long ofHeap(int percent) {
        return Runtime.getRuntime().maxMemory() / 100 * percent;
    }
}
