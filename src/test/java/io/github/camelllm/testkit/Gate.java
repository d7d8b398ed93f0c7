package io.github.camelllm.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A point of a reply at which the upstream waits until the test lets it go on. Proves an order of things without a clock:
 * what a client has received before the gate opened cannot have waited for what comes after it.
 */
public final class Gate {

    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    /** Lets the upstream go on; it may not have come here yet. */
    public void open() {
        opened.complete(null);
    }

    /**
     * Waits until the upstream stands at the gate.
     *
     * @throws AssertionError when it does not get there in time
     */
    public void awaitReached(Duration limit) throws InterruptedException {
        try {
            reached.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError("the upstream did not reach the gate within " + limit, e);
        }
    }

    void arrive() {
        reached.complete(null);
    }

    CompletableFuture<Void> opened() {
        return opened;
    }
}
