package io.github.camelllm.idempotency;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request that is under way in this gateway.
 *
 * @param hash of its body
 * @param outcome the answer; empty (null) when it has failed, so that the next one may ask
 * @param leading whether it is the one that asks, and not one that waits for another gateway
 */
record Running(String hash, CompletableFuture<Done> outcome, AtomicBoolean leading) {

    Running(String hash) {
        this(hash, new CompletableFuture<>(), new AtomicBoolean());
    }
}
