package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@link MemoryStore} does what the {@link StoreModel} does, in thousands of random schedules. */
class MemoryModelTest {

    /** Set it to a seed that a failure names to run that one alone. */
    private static final Long ONE = Long.getLong("store.seed");

    @Test
    void doesAsTheModelDoes() {
        long first = ONE != null ? ONE : System.nanoTime();
        int runs = ONE != null ? 1 : 3_000;
        System.out.println("seeds of this run: " + first + " and the " + (runs - 1) + " after it");
        int granted = 0;
        int refused = 0;
        for (long seed = first; seed < first + runs; seed++) {
            TestClock clock = Schedules.clock(seed);
            int[] counts = Schedules.run(seed, 80, new MemoryStore(clock), clock, null);
            granted += counts[0];
            refused += counts[1];
        }
        if (ONE == null) {
            assertThat(granted).isGreaterThan(10 * runs / 2);
            assertThat(refused).isGreaterThan(10 * runs / 2);
        }
    }
}
