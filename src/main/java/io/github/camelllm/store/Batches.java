package io.github.camelllm.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Sends reservations to Redis, several in one script call once calls come faster than it answers. One that comes alone is sent at
 * once. Thread-safe.
 */
final class Batches {

    /** How many script calls are under way at most; what comes meanwhile goes with the next one. */
    static final int MOST_UNDER_WAY = 2;

    /** How many draws one script call makes: Redis does nothing else meanwhile, for about two milliseconds. */
    static final int MOST_DRAWS = 64;

    private final BiFunction<String, List<Wish>, CompletableFuture<Void>> redis;
    private final ArrayDeque<Wish> waiting = new ArrayDeque<>();
    private int underWay;

    /** @param redis makes reservations of one holder, completes each, and never throws */
    Batches(BiFunction<String, List<Wish>, CompletableFuture<Void>> redis) {
        this.redis = redis;
    }

    /** A reservation that is to be made. */
    static final class Wish {
        private final String holder;
        private final String id;
        private final List<Draw> draws;
        private final CompletableFuture<Decision> decision = new CompletableFuture<>();
        private volatile boolean sent;

        Wish(String holder, String id, List<Draw> draws) {
            this.holder = holder;
            this.id = id;
            this.draws = draws;
        }

        String id() {
            return id;
        }

        List<Draw> draws() {
            return draws;
        }

        /** What Redis decides; null when the reservation was cancelled before it came there. */
        CompletableFuture<Decision> decision() {
            return decision;
        }

        /** Whether Redis may know of it. */
        boolean isSent() {
            return sent;
        }
    }

    /** Sends a reservation, now or with others. */
    Wish reserve(String holder, String id, List<Draw> draws) {
        Wish wish = new Wish(holder, id, draws);
        synchronized (waiting) {
            waiting.add(wish);
        }
        pump();
        return wish;
    }

    private void pump() {
        for (List<Wish> batch = next(); batch != null; batch = next()) {
            List<Wish> sent = batch;
            redis.apply(sent.get(0).holder, sent).whenComplete((done, failure) -> {
                List<Wish> failed = ended(failure != null);
                if (failure != null) {
                    sent.forEach(wish -> wish.decision.completeExceptionally(failure));
                    failed.forEach(wish -> wish.decision.completeExceptionally(failure));
                }
                pump();
            });
        }
    }

    /** The next batch, all of one holder; null when there is none, or enough is under way. */
    private List<Wish> next() {
        synchronized (waiting) {
            if (waiting.isEmpty() || underWay == MOST_UNDER_WAY) {
                return null;
            }
            underWay++;
            List<Wish> batch = new ArrayList<>();
            String holder = waiting.peek().holder;
            int draws = 0;
            do {
                Wish wish = waiting.poll();
                wish.sent = true;
                draws += wish.draws.size();
                batch.add(wish);
            } while (!waiting.isEmpty()
                    && waiting.peek().holder.equals(holder)
                    && draws + waiting.peek().draws.size() <= MOST_DRAWS);
            return batch;
        }
    }

    /** A script call has ended; those that wait fail with it, as no other would fare better. */
    private List<Wish> ended(boolean failed) {
        synchronized (waiting) {
            underWay--;
            List<Wish> left = failed ? List.copyOf(waiting) : List.of();
            if (failed) {
                waiting.clear();
            }
            return left;
        }
    }
}
