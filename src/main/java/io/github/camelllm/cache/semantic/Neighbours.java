package io.github.camelllm.cache.semantic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which vectors of a partition lie closest to another, found by looking at each. Bounded: the oldest vector of a partition
 * that is full gives way, and of all partitions the one that was longest unused. Thread-safe.
 *
 * @param <T> what is kept beside a vector
 */
final class Neighbours<T> {

    private final int maxInPartition;
    private final int maxInAll;
    private final LinkedHashMap<String, Partition<T>> partitions = new LinkedHashMap<>(16, 0.75f, true);
    private int size;

    /**
     * A vector that is close.
     *
     * @param similarity the cosine, up to 1
     */
    record Found<T>(String id, T kept, float similarity) {}

    /**
     * @param maxInPartition how many vectors a partition holds, from 1
     * @param maxInAll how many all partitions hold together, at least as many
     */
    Neighbours(int maxInPartition, int maxInAll) {
        this.maxInPartition = maxInPartition;
        this.maxInAll = maxInAll;
    }

    /**
     * Keeps a vector; one with the same id in that partition gives way.
     *
     * @param vector of length one
     * @throws IllegalArgumentException when the partition's vectors have another number of dimensions
     */
    void add(String partition, String id, float[] vector, T kept) {
        synchronized (partitions) {
            Partition<T> found = partitions.get(partition);
            if (found == null) {
                found = new Partition<>(vector.length);
                partitions.put(partition, found);
            }
            size += found.add(id, vector, kept, maxInPartition);
            while (size > maxInAll) {
                Map.Entry<String, Partition<T>> eldest =
                        partitions.entrySet().iterator().next();
                if (eldest.getValue() == found) {
                    size -= found.removeOldest();
                } else {
                    size -= eldest.getValue().size();
                    partitions.remove(eldest.getKey());
                }
            }
        }
    }

    /** Forgets a vector; an unknown one changes nothing. */
    void remove(String partition, String id) {
        synchronized (partitions) {
            Partition<T> found = partitions.get(partition);
            if (found != null) {
                size -= found.remove(id);
                if (found.size() == 0) {
                    partitions.remove(partition);
                }
            }
        }
    }

    /**
     * The closest vector that will do.
     *
     * @param vector of length one
     * @param least the lowest cosine that will do
     * @param fits asked of the closest first, no more often than {@code tries}; what it says no to is passed over
     * @return null when none will do
     */
    Found<T> find(String partition, float[] vector, float least, int tries, Predicate<Found<T>> fits) {
        Partition<T> found;
        synchronized (partitions) {
            found = partitions.get(partition);
        }
        if (found == null) {
            return null;
        }
        for (Found<T> near : found.nearest(vector, least, tries)) {
            if (fits.test(near)) {
                return near;
            }
        }
        return null;
    }

    /** How many vectors are kept. */
    int size() {
        synchronized (partitions) {
            return size;
        }
    }

    /** How many partitions have one. */
    int partitions() {
        synchronized (partitions) {
            return partitions.size();
        }
    }

    /** For tests: what is kept of a partition. */
    List<String> ids(String partition) {
        synchronized (partitions) {
            Partition<T> found = partitions.get(partition);
            return found == null ? List.of() : new ArrayList<>(found.ids());
        }
    }
}
