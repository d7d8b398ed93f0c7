package io.github.camelllm.store;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Values that gateways share: each by its id, for a time of its own, with a lease for whoever is making one and clears that reach
 * every gateway. Knows nothing of what the values are. Thread-safe.
 *
 * <p>No method throws because the store is away, and each that asks it something returns within the timeout if it is silent, and
 * within a second if it is busy.
 */
public interface SharedCache extends AutoCloseable {

    /**
     * A value.
     *
     * @param id of letters and digits, the same in all gateways
     * @param head what {@link #clear} goes by; readable without the body
     * @param body the rest
     * @param fresh how long it is fresh, from when it was kept; shorter than {@code life} or as long
     * @param life how long it is kept in all
     * @param age how long ago it was kept, by the store's own clock
     */
    record Entry(String id, byte[] head, byte[] body, Duration fresh, Duration life, Duration age) {}

    /** What came of a wish to make a value. */
    sealed interface Turn {
        /** It is there, and fresh. */
        record There(Entry entry) implements Turn {}

        /** The lease is the caller's until {@link #keep} or {@link #release}. */
        record Mine() implements Turn {}

        /** Another has the lease, by its token. */
        record Others(String token) implements Turn {}

        /** Another has just made one that is not to be shared: each makes its own. */
        record Unshared() implements Turn {}

        /** The store does not answer. */
        record Unknown() implements Turn {}
    }

    /** Hears of what others do. Must be quick: no lock that is held during a call to the store, no input or output. */
    interface Listener {
        /** Values are gone, here and everywhere: those that {@link #clear} named so. May come twice. */
        void cleared(String what);

        /** Nobody knows what was cleared meanwhile: everything that was found here before has to go. */
        void missedClears();

        /** A value has been replaced by a newer one. */
        void replaced(String id);
    }

    /**
     * What a clear has done.
     *
     * @param values how many were removed from the store
     * @param gateways how many have been told, this one included; one that was not connected hears of it when it is again
     */
    record Cleared(long values, long gateways) {}

    /**
     * Looks for a value, in one round trip.
     *
     * @param name another name that it may have been given; null for none
     */
    Optional<Entry> find(String id, String name);

    /**
     * Takes the lease on making a value, unless it is there or somebody has the lease, in one round trip.
     *
     * @param token from {@link #newToken}
     * @param longest how old the value may be, whatever it was kept for
     * @param alive whether the holder is still at work; the lease is renewed as long as it says so
     */
    Turn lead(String id, String token, Duration longest, BooleanSupplier alive);

    /** A token that no other gateway or call has. */
    String newToken();

    /**
     * Keeps a value and gives the lease back, without waiting. Nothing is kept when something has been cleared since, or when
     * the store does not take it; that is counted.
     *
     * @param name another name for the value; null for none
     * @param token of the lease; null for none
     * @param generation what {@link #generation} was before the value was made
     * @param replaces whether other gateways may have an older value, and must drop it
     */
    void keep(Entry entry, String name, String token, long generation, boolean replaces);

    /**
     * Gives a lease back though no value has come of it, without waiting.
     *
     * @param unshared whether there is one that is not to be shared; else the next one may try
     */
    void release(String id, String token, boolean unshared);

    /** How many clears this gateway knows of; a value that was made before the last one is not kept. */
    long generation();

    /** Removes a value, here and in all gateways, without waiting; one that is on its way is removed too. */
    void remove(String id);

    /**
     * Removes values here and tells every gateway of it. Values that were being made meanwhile are not kept. Takes as long as
     * it takes to look through all of them.
     *
     * @param what for the other gateways' listeners
     * @param which by the heads; null for all
     * @return empty when the store did not answer, or not to the end: some may be left, and some gateways not told
     */
    Optional<Cleared> clear(String what, Predicate<byte[]> which);

    /** Whether the store answers. */
    boolean up();

    /** What has been done so far. */
    Counts counts();

    /**
     * Numbers since the start.
     *
     * @param hits lookups that found a value
     * @param misses lookups that found none
     * @param errors lookups that the store did not answer
     * @param skipped lookups that were not made because the store is away
     * @param kept values that were kept
     * @param refused values that were not kept, because of a clear meanwhile
     * @param dropped values that were not sent: the store is away, full, or slower than they come
     * @param failed values that were sent, and perhaps not kept
     */
    record Counts(
            long hits, long misses, long errors, long skipped, long kept, long refused, long dropped, long failed) {}

    /**
     * One in a Redis, which does nothing before it is {@linkplain #start started}.
     *
     * @param property what the address is set by, for what is wrong with it
     * @param url {@code redis://} or {@code rediss://}
     * @param space what the values are for, such as {@code cache}: those of others are not seen, nor cleared
     * @param timeout how long a call waits for a store that is silent; for one that serves others, a second
     * @throws IllegalArgumentException naming the property
     */
    static SharedCache in(String property, String url, String space, Duration timeout) {
        StoreSettings.checkUrl(property, url);
        return new RedisCache(url, space, timeout, RedisCache.LEASE);
    }

    /** Connects in the background; returns at once. */
    void start(Listener listener);

    /** Lets go of connections and threads; takes a second at most. */
    @Override
    void close();
}
