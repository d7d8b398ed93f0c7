package io.github.camelllm.idempotency;

import java.util.concurrent.CompletableFuture;

/**
 * A request that is under way in this gateway.
 *
 * @param hash of its body
 * @param outcome the answer; empty (null) when it has failed, so that the next one may ask
 */
record Running(String hash, CompletableFuture<Done> outcome) {

    Running(String hash) {
        this(hash, new CompletableFuture<>());
    }
}
