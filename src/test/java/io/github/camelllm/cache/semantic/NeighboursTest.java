package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class NeighboursTest {

    private static float[] vector(double... numbers) {
        float[] vector = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            vector[i] = (float) numbers[i];
        }
        return Vectors.normalised(vector);
    }

    private static float[] random(Random random, int dimensions) {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return Vectors.normalised(vector);
    }

    private static String nearest(Neighbours<String> neighbours, String partition, float[] vector, double least) {
        Neighbours.Found<String> found = neighbours.find(partition, vector, (float) least, 4, any -> true);
        return found == null ? null : found.id();
    }

    @Test
    void findsTheClosestOfItsPartition() {
        Neighbours<String> neighbours = new Neighbours<>(10, 10);
        neighbours.add("p", "near", vector(1, 0.1), "");
        neighbours.add("p", "far", vector(1, 1), "");
        neighbours.add("q", "same", vector(1, 0), "");
        assertThat(nearest(neighbours, "p", vector(1, 0), 0.5)).isEqualTo("near");
        assertThat(nearest(neighbours, "p", vector(1, 0), 0.999)).isNull();
        assertThat(nearest(neighbours, "unknown", vector(1, 0), 0)).isNull();
    }

    @Test
    void passesOverWhatDoesNotFitAndAsksOfTheClosestFirst() {
        Neighbours<String> neighbours = new Neighbours<>(10, 10);
        for (int i = 0; i < 6; i++) {
            neighbours.add("p", "id" + i, vector(1, i), "kept" + i);
        }
        List<String> asked = new ArrayList<>();
        Neighbours.Found<String> found = neighbours.find("p", vector(1, 0), 0.1f, 4, near -> {
            asked.add(near.kept());
            return near.id().equals("id2");
        });
        assertThat(found.id()).isEqualTo("id2");
        assertThat(found.similarity()).isCloseTo((float) (1 / Math.sqrt(5)), within(1e-5f));
        assertThat(asked).containsExactly("kept0", "kept1", "kept2");
        assertThat(neighbours.find("p", vector(1, 0), 0.1f, 4, near -> near.id().equals("id4")))
                .as("beyond the tries")
                .isNull();
    }

    @Test
    void theOldestOfAFullPartitionGivesWay() {
        Neighbours<String> neighbours = new Neighbours<>(3, 10);
        for (int i = 0; i < 5; i++) {
            neighbours.add("p", "id" + i, vector(1, i), "");
        }
        assertThat(neighbours.ids("p")).containsExactly("id2", "id3", "id4");
        neighbours.add("p", "id2", vector(1, 2), "");
        neighbours.add("p", "id5", vector(1, 5), "");
        assertThat(neighbours.ids("p")).containsExactly("id4", "id2", "id5");
        assertThat(neighbours.size()).isEqualTo(3);
    }

    @Test
    void thePartitionThatWasLongestUnusedGivesWay() {
        Neighbours<String> neighbours = new Neighbours<>(3, 4);
        neighbours.add("a", "a1", vector(1, 0), "");
        neighbours.add("b", "b1", vector(1, 0), "");
        neighbours.add("c", "c1", vector(1, 0), "");
        neighbours.add("c", "c2", vector(1, 0), "");
        assertThat(nearest(neighbours, "a", vector(1, 0), 0.9)).isEqualTo("a1");
        neighbours.add("d", "d1", vector(1, 0), "");
        assertThat(neighbours.ids("b")).isEmpty();
        assertThat(neighbours.size()).isEqualTo(4);
        assertThat(neighbours.partitions()).isEqualTo(3);
    }

    @Test
    void whatIsRemovedIsNotFound() {
        Neighbours<String> neighbours = new Neighbours<>(5, 5);
        neighbours.add("p", "first", vector(1, 0), "");
        neighbours.add("p", "second", vector(0, 1), "");
        neighbours.remove("p", "first");
        neighbours.remove("p", "first");
        neighbours.remove("q", "none");
        assertThat(nearest(neighbours, "p", vector(1, 0), 0.5)).isNull();
        assertThat(nearest(neighbours, "p", vector(0, 1), 0.5)).isEqualTo("second");
        neighbours.remove("p", "second");
        assertThat(neighbours.partitions()).isZero();
    }

    @Test
    void refusesVectorsThatCannotBeCompared() {
        Neighbours<String> neighbours = new Neighbours<>(5, 5);
        neighbours.add("p", "one", vector(1, 0), "");
        assertThatThrownBy(() -> neighbours.add("p", "two", vector(1, 0, 0), ""))
                .hasMessage("the vector has 3 dimensions, those before have 2");
        assertThatThrownBy(() -> nearest(neighbours, "p", vector(1, 0, 0), 0.5)).hasMessageContaining("3 dimensions");
        assertThatThrownBy(() -> Vectors.normalised(new float[3])).hasMessageContaining("no direction");
        assertThatThrownBy(() -> Vectors.normalised(new float[] {Float.NaN})).hasMessageContaining("no direction");
        assertThatThrownBy(() -> Vectors.normalised(new float[] {Float.POSITIVE_INFINITY}))
                .hasMessageContaining("no direction");
    }

    /** Adds and removes at random, and looks each time for what a plain map would find. */
    @Test
    void findsWhatAPlainSearchFinds() {
        Random random = new Random(7);
        Neighbours<String> neighbours = new Neighbours<>(200, 200);
        Map<String, float[]> plain = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            String id = "id" + random.nextInt(150);
            if (random.nextInt(3) == 0) {
                neighbours.remove("p", id);
                plain.remove(id);
            } else {
                float[] vector = random(random, 11);
                neighbours.add("p", id, vector, "");
                plain.put(id, vector);
            }
            float[] asked = random(random, 11);
            String expected = plain.entrySet().stream()
                    .max(java.util.Comparator.comparingDouble(entry -> Vectors.cosine(asked, entry.getValue(), 0)))
                    .map(Map.Entry::getKey)
                    .orElse(null);
            assertThat(nearest(neighbours, "p", asked, -1)).isEqualTo(expected);
            assertThat(neighbours.size()).isEqualTo(plain.size());
        }
    }

    /** A vector is found whole or not at all, while others come, go and are evicted. */
    @Test
    void threadsNeverSeeAVectorOfAnotherId() throws Exception {
        Neighbours<Integer> neighbours = new Neighbours<>(64, 150);
        int dimensions = 32;
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<Integer>> results = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            int seed = t;
            results.add(threads.submit(() -> {
                Random random = new Random(seed);
                start.await();
                int found = 0;
                for (int i = 0; i < 20_000; i++) {
                    int number = random.nextInt(500);
                    String partition = "p" + number % 4;
                    float[] vector = random(new Random(number), dimensions);
                    switch (random.nextInt(4)) {
                        case 0, 1 -> neighbours.add(partition, "id" + number, vector, number);
                        case 2 -> neighbours.remove(partition, "id" + number);
                        default -> {
                            Neighbours.Found<Integer> near = neighbours.find(partition, vector, 0.999f, 2, any -> true);
                            if (near != null) {
                                assertThat(near.kept()).isEqualTo(number);
                                assertThat(near.id()).isEqualTo("id" + number);
                                found++;
                            }
                        }
                    }
                    assertThat(neighbours.size()).isLessThanOrEqualTo(150);
                }
                return found;
            }));
        }
        start.countDown();
        int found = 0;
        for (Future<Integer> result : results) {
            found += result.get();
        }
        threads.shutdown();
        assertThat(found).isPositive();
        int counted = 0;
        for (int p = 0; p < 4; p++) {
            counted += neighbours.ids("p" + p).size();
        }
        assertThat(neighbours.size()).isEqualTo(counted);
    }
}
