package io.github.camelllm.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has been used that Redis holds no reservation of, added up by limit and window: however long Redis is away, it takes no more
 * room than there are limits. Thread-safe.
 */
final class Meanwhile {

    private final int most;
    private final Map<Place, Long> sums = new ConcurrentHashMap<>();

    private record Place(Limit limit, long place) {}

    /** @param most how many sums are kept */
    Meanwhile(int most) {
        this.most = most;
    }

    /**
     * Adds what a reservation has used.
     *
     * @return whether there was room for all of it
     */
    boolean add(List<Draw> draws, long[] used, long atMicros) {
        boolean room = true;
        for (int i = 0; i < used.length; i++) {
            if (used[i] > 0) {
                Limit limit = draws.get(i).limit();
                Place place = new Place(limit, RedisWire.place(limit, atMicros));
                if (sums.size() < most || sums.containsKey(place)) {
                    sums.merge(place, used[i], (before, more) -> Math.min(Limit.MOST, before + more));
                } else {
                    room = false;
                }
            }
        }
        return room;
    }

    /** Takes all sums out, each as a settlement of its own. */
    List<Settlement> take(String holder) {
        List<Settlement> settlements = new ArrayList<>();
        for (Place place : sums.keySet()) {
            Long used = sums.remove(place);
            if (used != null) {
                settlements.add(new Settlement(
                        holder,
                        "used " + UUID.randomUUID(),
                        List.of(new Draw(place.limit, 0)),
                        new long[] {used},
                        RedisWire.micros(place.limit, place.place)));
            }
        }
        return settlements;
    }

    int size() {
        return sums.size();
    }
}
