package io.github.camelllm.store;

import java.util.List;

/**
 * What has been taken and must be settled: see {@link LimitStore#settle}.
 *
 * @param id unique to it
 * @param draws what was taken of which limit
 * @param atMicros when, in microseconds of the store's own clock
 * @param counted whether any counter holds it; false where the store let the call pass without counting
 */
public record Reservation(String id, List<Draw> draws, long atMicros, boolean counted) {
    public Reservation {
        draws = List.copyOf(draws);
    }
}
