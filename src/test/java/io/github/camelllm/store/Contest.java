package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Many threads that want the same thing at the same moment. */
final class Contest {

    private Contest() {}

    /** Runs one attempt a thread, all let go at once, and gives what came of them. */
    static <T> List<T> of(int threads, IntFunction<T> attempt) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                Callable<T> task = () -> {
                    ready.countDown();
                    go.await();
                    return attempt.apply(number);
                };
                futures.add(pool.submit(task));
            }
            ready.await();
            go.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    /** The reservations that were granted; nothing may have been unavailable. */
    static List<Reservation> granted(List<Decision> decisions) {
        assertThat(decisions).noneMatch(Decision.Unavailable.class::isInstance);
        return decisions.stream()
                .filter(Decision.Granted.class::isInstance)
                .map(decision -> ((Decision.Granted) decision).reservation())
                .toList();
    }

    /**
     * Lets threads draw on two limits each of four, settle and draw again, while one looks: at no moment may more be taken of one
     * than it allows, nor of a pair's second without its first. Ends with nothing reserved and all that was used counted.
     */
    static void pairs(List<? extends LimitStore> stores, String name, int threads, int rounds) throws Exception {
        List<Limit> limits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Window window = i % 2 == 0
                    ? new Window.Calendar(Window.Unit.MONTH, java.time.ZoneOffset.UTC)
                    : new Window.Sliding(java.time.Duration.ofDays(1));
            limits.add(new Limit(name + i, 1_000_000 + 7L * i, window, List.of()));
        }
        long[] sums = new long[4];
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        of(threads, number -> {
            java.util.Random random = new java.util.Random(number);
            LimitStore store = stores.get(number % stores.size());
            for (int i = 0; i < rounds; i++) {
                int first = random.nextInt(4);
                int second = (first + 1 + random.nextInt(3)) % 4;
                long amount = 1 + random.nextInt(500_000);
                Decision decision = store.reserve(
                        name + number + "/" + i,
                        List.of(new Draw(limits.get(first), amount), new Draw(limits.get(second), amount)));
                if (decision instanceof Decision.Granted granted) {
                    granted.levels().stream()
                            .filter(level -> level.used() + level.reserved() > 1_000_000 + 21)
                            .forEach(level -> wrong.add("too much taken: " + level));
                    long used = random.nextInt(3);
                    store.settle(granted.reservation(), new long[] {used, used});
                    synchronized (sums) {
                        sums[first] += used;
                        sums[second] += used;
                    }
                } else if (!(decision instanceof Decision.Refused)) {
                    wrong.add(decision.toString());
                }
            }
            return null;
        });
        assertThat(wrong).isEmpty();
        for (int i = 0; i < 4; i++) {
            Limit limit = limits.get(i);
            long sum = sums[i];
            io.github.camelllm.testkit.Await.until("the settlements of " + limit.key() + ", " + sum, () -> {
                Level level = stores.get(0).levels(List.of(limit)).get(0);
                return level.reserved() == 0 && level.used() == sum;
            });
        }
    }
}
