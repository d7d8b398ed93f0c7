package io.github.camelllm.idempotency;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Troubles;
import io.github.camelllm.store.SharedCache;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answers that are kept under their keys: in memory, and in the store that gateways share. Thread-safe. */
final class Answers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final byte[] HEAD =
            "{\"kind\":\"idempotency\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final Cache<String, Done> memory;
    private volatile SharedCache shared;
    private volatile Duration ttl;
    private final Troubles troubles;

    Answers(Duration ttl, long maxBytes, Ticker ticker) {
        this.ttl = ttl;
        this.troubles = new Troubles(LOG, ticker);
        this.memory = Caffeine.newBuilder()
                .expireAfterWrite(ttl)
                .ticker(ticker::nanos)
                .maximumWeight(maxBytes)
                .weigher((String id, Done done) -> done.weight())
                .build();
    }

    /** Goes by these settings from now on; what is kept stays. */
    void settings(Duration newTtl, long maxBytes) {
        ttl = newTtl;
        memory.policy().expireAfterWrite().ifPresent(policy -> policy.setExpiresAfter(newTtl));
        memory.policy().eviction().ifPresent(policy -> policy.setMaximum(maxBytes));
    }

    /** @param newShared where gateways share answers; null where they share nothing */
    void open(SharedCache newShared) {
        shared = newShared;
        if (newShared != null) {
            newShared.start(new SharedCache.Listener() {
                @Override
                public void cleared(String what) {
                    // what is kept under a key is no cached answer
                }

                @Override
                public void missedClears() {
                    // likewise
                }

                @Override
                public void replaced(String id) {
                    // an answer under a key is never replaced
                }
            });
        }
    }

    Done find(String id) {
        return memory.getIfPresent(id);
    }

    /** Whose turn it is among all gateways. */
    SharedCache.Turn lead(String id, String token, BooleanSupplier alive) {
        SharedCache open = shared;
        return open == null || token == null ? new SharedCache.Turn.Unknown() : open.lead(id, token, ttl, alive);
    }

    String newToken() {
        SharedCache open = shared;
        return open == null ? null : open.newToken();
    }

    long generation() {
        SharedCache open = shared;
        return open == null ? 0 : open.generation();
    }

    /** One that another gateway has kept; empty when it cannot be read. */
    Optional<Done> read(SharedCache.Entry entry) {
        try {
            Done done = Done.read(entry.body());
            memory.put(entry.id(), done);
            return Optional.of(done);
        } catch (IOException | RuntimeException e) {
            troubles.is("read", () -> "an answer under an idempotency key in the shared store cannot be read", e);
            return Optional.empty();
        }
    }

    void keep(String id, Done done, String token, long generation) {
        memory.put(id, done);
        SharedCache open = shared;
        if (open != null && token != null) {
            open.keep(
                    new SharedCache.Entry(id, HEAD, done.write(), ttl, ttl, Duration.ZERO),
                    null,
                    token,
                    generation,
                    false);
        }
    }

    void release(String id, String token) {
        SharedCache open = shared;
        if (open != null && token != null) {
            open.release(id, token, false);
        }
    }

    @Override
    public void close() {
        SharedCache open = shared;
        shared = null;
        if (open != null) {
            open.close();
        }
    }
}
