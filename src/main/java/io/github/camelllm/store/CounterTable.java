package io.github.camelllm.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The counters of a {@link MemoryStore}. Those that have nothing to say any more are dropped, a few at each call and more once a
 * second, so that no call pays for many. Not thread-safe.
 */
final class CounterTable {

    private static final int EACH_CALL = 2;
    private static final int EACH_SECOND = 1_000;
    private static final long SECOND = 1_000_000;

    private record Entry(Counter.Name name, Counter counter) {}

    private final Map<Counter.Name, Counter> byName = new HashMap<>();
    private final List<Entry> ring = new ArrayList<>();
    private int next;
    private long sweptAt = Long.MIN_VALUE / 2;

    /** The counter of a limit, made if there is none. */
    Counter get(Limit limit) {
        Counter.Name name = Counter.Name.of(limit);
        Counter counter = byName.get(name);
        if (counter == null) {
            counter = Counter.of(limit.window());
            byName.put(name, counter);
            ring.add(new Entry(name, counter));
        }
        return counter;
    }

    /** The counter of a limit; null if there is none. */
    Counter find(Limit limit) {
        return byName.get(Counter.Name.of(limit));
    }

    int size() {
        return ring.size();
    }

    /** Drops a few that are idle. */
    void sweep(Moment now) {
        int looks = EACH_CALL;
        if (now.steady() - sweptAt >= SECOND) {
            sweptAt = now.steady();
            looks = EACH_SECOND;
        }
        for (int i = Math.min(looks, ring.size()); i > 0; i--) {
            next = next < ring.size() ? next : 0;
            Entry entry = ring.get(next);
            if (entry.counter().idle(now)) {
                byName.remove(entry.name());
                Entry last = ring.remove(ring.size() - 1);
                if (last != entry) {
                    ring.set(next, last);
                }
            } else {
                next++;
            }
        }
    }
}
