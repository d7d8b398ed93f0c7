package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.RedisServer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The scripts in a real Redis do what the {@link StoreModel} does, in thousands of random schedules. */
class RedisModelTest {

    /** Set it to a seed that a failure names to run that one alone. */
    private static final Long ONE = Long.getLong("store.seed");

    @Test
    void doesAsTheModelDoes() throws Exception {
        long first = ONE != null ? ONE : System.nanoTime();
        int runs = ONE != null ? 1 : 2_000;
        System.out.println("seeds of this run: " + first + " and the " + (runs - 1) + " after it");
        int granted = 0;
        int refused = 0;
        try (RedisServer server = RedisServer.started();
                RedisLink link = new RedisLink(server.url())) {
            link.open();
            for (long seed = first; seed < first + runs; seed++) {
                TestClock clock = Schedules.clock(seed);
                Direct store =
                        new Direct(new RedisStore(link, Schedules.LEASE_MICROS, clock::wallMicros, clock::wallMicros));
                int[] counts = Schedules.run(seed, 30, store, clock, store);
                granted += counts[0];
                refused += counts[1];
                link.commands().flushall().get();
            }
        }
        if (ONE == null) {
            assertThat(granted).isGreaterThan(3 * runs);
            assertThat(refused).isGreaterThan(3 * runs);
        }
    }

    /** Waits for each answer. */
    static final class Direct implements LimitStore, Schedules.Leases {
        private final RedisStore redis;
        private AlertListener listener;
        private String holder = "one";

        Direct(RedisStore redis) {
            this.redis = redis;
        }

        @Override
        public void holder(String name) {
            holder = name;
        }

        @Override
        public void renew(String name) {
            await(redis.renew(List.of(name)));
        }

        @Override
        public Decision reserve(String id, List<Draw> draws) {
            return await(redis.reserve(holder, id, draws));
        }

        @Override
        public void settle(Reservation reservation, long[] used) {
            Settlement settlement =
                    new Settlement(holder, reservation.id(), reservation.draws(), used, reservation.atMicros());
            await(redis.settle(settlement))
                    .forEach(told -> listener.reached(told.limit(), told.percent(), told.used()));
        }

        @Override
        public List<Level> levels(List<Limit> limits) {
            return await(redis.levels(limits));
        }

        @Override
        public void onAlert(AlertListener heard) {
            listener = heard;
        }

        @Override
        public void close() {
            // the link is the test's
        }

        private static <T> T await(Future<T> future) {
            try {
                return future.get(10, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError(e);
            }
        }
    }
}
