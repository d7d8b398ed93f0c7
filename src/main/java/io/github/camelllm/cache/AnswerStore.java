package io.github.camelllm.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.github.camelllm.call.Ticker;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The kept answers of this instance, bounded by the bytes that they take: what has been asked for least goes first (W-TinyLFU).
 * An answer leaves when its time is over. Thread-safe.
 */
final class AnswerStore {

    private final com.github.benmanes.caffeine.cache.Cache<String, Kept> answers;
    private final ReadWriteLock clearing = new ReentrantReadWriteLock();
    private long clears;
    private long takenBack;

    /**
     * @param maxBytes of all answers together
     * @param extra bytes that each takes elsewhere, in the indexes of tiers
     * @param gone told of each answer that has left and was not replaced; must not throw
     */
    AnswerStore(long maxBytes, int extra, Ticker ticker, Consumer<Question> gone) {
        answers = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((String id, Kept kept) -> kept.weight() + extra)
                .expireAfter(Expiry.<String, Kept>writing((id, kept) -> kept.remaining(ticker.nanos())))
                .ticker(ticker::nanos)
                .executor(Runnable::run) // bounded at every moment, and not only when a pool gets round to it
                .removalListener((String id, Kept kept, RemovalCause cause) -> {
                    if (cause != RemovalCause.REPLACED && kept != null) {
                        gone.accept(kept.question());
                    }
                })
                .recordStats()
                .build();
    }

    /** The answer of that id, be it fresh or stale. */
    Optional<Kept> find(String id) {
        return Optional.ofNullable(answers.getIfPresent(id));
    }

    /** How many clears there have been: an answer that was asked for before the last one is not kept after it. */
    long generation() {
        clearing.readLock().lock();
        try {
            return clears;
        } finally {
            clearing.readLock().unlock();
        }
    }

    /**
     * Keeps an answer, in the place of one that is older, unless something has been cleared since.
     *
     * @param generation what {@link #generation} was before it was asked for
     * @return whether nothing has been cleared
     */
    boolean put(Kept kept, long generation) {
        return put(kept, () -> generation == clears);
    }

    /** The same as {@link #generation} for an answer that another gateway has kept, and may have taken back meanwhile. */
    long promotions() {
        clearing.readLock().lock();
        try {
            return clears + takenBack;
        } finally {
            clearing.readLock().unlock();
        }
    }

    /**
     * Keeps an answer of another gateway, like {@link #put}, unless one of them has taken back any since.
     *
     * @param promotions what {@link #promotions} was before it was looked for
     */
    boolean promote(Kept kept, long promotions) {
        return put(kept, () -> promotions == clears + takenBack);
    }

    private boolean put(Kept kept, BooleanSupplier isCurrent) {
        clearing.readLock().lock(); // so that a clear sees what was put before it, and nothing is put after it
        try {
            if (!isCurrent.getAsBoolean()) {
                return false;
            }
            answers.asMap().merge(kept.question().id(), kept, (old, now) -> old.isNewerThan(now) ? old : now);
            return true;
        } finally {
            clearing.readLock().unlock();
        }
    }

    /** Drops an answer that another gateway has taken back or replaced, be it here already or on its way. */
    void takeBack(String id) {
        clearing.writeLock().lock();
        try {
            takenBack++;
        } finally {
            clearing.writeLock().unlock();
        }
        answers.invalidate(id);
    }

    /** Drops one answer, unless another has taken its place. */
    void remove(Kept kept) {
        answers.asMap().remove(kept.question().id(), kept);
    }

    /** Drops those that match; how many they were. */
    long clear(Predicate<Kept> which) {
        clearing.writeLock().lock();
        try {
            clears++;
        } finally {
            clearing.writeLock().unlock();
        }
        long[] count = {0};
        answers.asMap().values().removeIf(kept -> {
            boolean matches = which.test(kept);
            count[0] += matches ? 1 : 0;
            return matches;
        });
        return count[0];
    }

    /** How many are kept, about. */
    long size() {
        return answers.estimatedSize();
    }

    /** Bytes that they take, about. */
    long bytes() {
        return answers.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .map(weight -> weight.orElse(0))
                .orElse(0L);
    }

    /** How many had to leave before their time. */
    long evicted() {
        return answers.stats().evictionCount();
    }
}
