package io.github.camelllm.cache.semantic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The vectors of one partition, one behind the other in one array. Many may look while none changes it. */
final class Partition<T> {

    private static final int FIRST = 4;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final int dimensions;
    /** Where the vector of an id stands, the oldest first. */
    private final Map<String, Integer> places = new LinkedHashMap<>();

    private String[] ids = new String[FIRST];
    private Object[] kept = new Object[FIRST];
    private float[] vectors;

    Partition(int dimensions) {
        this.dimensions = dimensions;
        this.vectors = new float[FIRST * dimensions];
    }

    /** Returns by how much the partition has grown: 1 or 0. */
    int add(String id, float[] vector, T beside, int max) {
        if (vector.length != dimensions) {
            throw new IllegalArgumentException(
                    "the vector has " + vector.length + " dimensions, those before have " + dimensions);
        }
        lock.writeLock().lock();
        try {
            int before = places.size();
            if (places.containsKey(id)) {
                removeLocked(id);
            } else if (before >= max) {
                removeLocked(places.keySet().iterator().next());
            }
            int place = places.size();
            if (place == ids.length) {
                int length = Math.min(Math.max(max, place + 1), place * 2);
                ids = Arrays.copyOf(ids, length);
                kept = Arrays.copyOf(kept, length);
                vectors = Arrays.copyOf(vectors, length * dimensions);
            }
            ids[place] = id;
            kept[place] = beside;
            System.arraycopy(vector, 0, vectors, place * dimensions, dimensions);
            places.put(id, place);
            return places.size() - before;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Returns by how much the partition has shrunk: 1 or 0. */
    int remove(String id) {
        lock.writeLock().lock();
        try {
            return places.containsKey(id) ? removeLocked(id) : 0;
        } finally {
            lock.writeLock().unlock();
        }
    }

    int removeOldest() {
        lock.writeLock().lock();
        try {
            Iterator<String> oldest = places.keySet().iterator();
            return oldest.hasNext() ? removeLocked(oldest.next()) : 0;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The last one moves to the place that becomes free. */
    private int removeLocked(String id) {
        int place = places.remove(id);
        int last = places.size();
        if (place != last) {
            ids[place] = ids[last];
            kept[place] = kept[last];
            System.arraycopy(vectors, last * dimensions, vectors, place * dimensions, dimensions);
            places.put(ids[place], place); // known already, so its age stays
        }
        ids[last] = null;
        kept[last] = null;
        return 1;
    }

    /** Those with at least that cosine, the closest first. */
    List<Neighbours.Found<T>> nearest(float[] vector, float least, int most) {
        if (vector.length != dimensions) {
            throw new IllegalArgumentException(
                    "the vector has " + vector.length + " dimensions, those before have " + dimensions);
        }
        PriorityQueue<Neighbours.Found<T>> best =
                new PriorityQueue<>(Comparator.comparingDouble((Neighbours.Found<T> found) -> found.similarity()));
        lock.readLock().lock();
        try {
            float bound = least;
            for (int place = 0, count = places.size(); place < count; place++) {
                float cosine = Vectors.cosine(vector, vectors, place * dimensions);
                if (cosine >= bound) {
                    best.add(found(place, cosine));
                    if (best.size() > most) {
                        best.remove();
                        bound = best.element().similarity();
                    }
                }
            }
        } finally {
            lock.readLock().unlock();
        }
        ArrayDeque<Neighbours.Found<T>> closestFirst = new ArrayDeque<>();
        while (!best.isEmpty()) {
            closestFirst.addFirst(best.remove());
        }
        return new ArrayList<>(closestFirst);
    }

    @SuppressWarnings("unchecked")
    private Neighbours.Found<T> found(int place, float cosine) {
        return new Neighbours.Found<>(ids[place], (T) kept[place], cosine);
    }

    int size() {
        lock.readLock().lock();
        try {
            return places.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    Set<String> ids() {
        return places.keySet();
    }
}
