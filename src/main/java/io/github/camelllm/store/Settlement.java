package io.github.camelllm.store;

import java.util.List;

/**
 * What Redis must be told of a reservation that is over.
 *
 * @param holder whose lease it was made under
 * @param id the reservation's
 * @param draws its draws
 * @param used what was used of each
 * @param atMicros when it was made, by Redis's clock: where use is counted whose reservation is gone
 */
record Settlement(String holder, String id, List<Draw> draws, long[] used, long atMicros) {

    /** Gives back all that a reservation may hold of which it is not known whether it was made. */
    static Settlement cancel(String holder, String id, List<Draw> draws, long atMicros) {
        return new Settlement(holder, id, draws, new long[draws.size()], atMicros);
    }
}
