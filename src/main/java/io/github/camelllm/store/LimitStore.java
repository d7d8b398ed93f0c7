package io.github.camelllm.store;

import java.util.List;

/**
 * Counts what limits allow. Thread-safe.
 *
 * <p>A reservation draws on several limits at once: on all of them or on none. It is held until it is settled, or until its
 * lease ends because whoever made it has died; a live holder renews its leases by itself.
 */
public interface LimitStore extends AutoCloseable {

    /**
     * Reserves. Waits for a store that is busy as long as it serves others, and for one that is silent some tenths of a second.
     *
     * @param id unique among all reservations of all instances
     * @param draws at least one; no two of one key
     * @throws IllegalArgumentException when the draws are not so, or the id is held
     */
    Decision reserve(String id, List<Draw> draws);

    /**
     * Replaces what was reserved by what was used. Only the first settlement of a reservation counts. Never throws and never
     * waits: where the store cannot be reached the settlement is kept and made later.
     *
     * @param used for each draw, in their order; 0 gives back what was reserved. May exceed what was reserved
     */
    void settle(Reservation reservation, long[] used);

    /** How limits stand now; nothing is taken. Empty when the store cannot be reached. */
    List<Level> levels(List<Limit> limits);

    /** Whom to tell that a limit's settled use has reached one of its alert shares; once a window, over all instances. */
    void onAlert(AlertListener listener);

    /** Whether it still knows after a restart what was used before; false of one in this process's memory. */
    default boolean remembers() {
        return false;
    }

    /** Lets go of connections and threads, after trying to make the settlements that are kept; takes 5 seconds at most. */
    @Override
    void close();

    /** Hears of alerts; must not wait. */
    @FunctionalInterface
    interface AlertListener {
        /**
         * @param percent the share that has been reached
         * @param used what has been settled in this window
         */
        void reached(Limit limit, int percent, long used);
    }
}
