package io.github.camelllm.bench;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.store.Decision;
import io.github.camelllm.store.Draw;
import io.github.camelllm.store.Limit;
import io.github.camelllm.store.LimitStore;
import io.github.camelllm.store.MemoryStore;
import io.github.camelllm.store.Store;
import io.github.camelllm.store.Window;
import io.github.camelllm.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What it costs to take six limits for a call and to settle them, in memory and over a Redis on the same machine. */
final class LimitCost {

    private static final int WARM = 200_000;
    private static final int MEASURED = 500_000;
    private static final Duration CROWD_TIME = Duration.ofSeconds(5);
    private static final int CROWD = 8;

    private final AtomicLong number = new AtomicLong();

    void measure(Table table) throws Exception {
        StepCost.measure(table);
        try (MemoryStore memory = new MemoryStore(Ticker.SYSTEM)) {
            run(memory, WARM);
            double alone = alone(memory);
            table.row(
                    "six limits in memory, taken and settled, 1 thread",
                    "",
                    Table.format("%.2f µs", alone),
                    "",
                    "≤ 5 µs");
            double crowd = CROWD_TIME.toNanos() / 1e3 / crowd(memory);
            table.row(
                    Table.format("the same of one key, %d threads", CROWD),
                    "",
                    Table.format("%.2f µs a call, %.0f a second", crowd, 1e6 / crowd),
                    "",
                    "");
        }
        try (RedisServer redis = RedisServer.started()) {
            Store shared = new Store();
            shared.setUrl(redis.url());
            shared.setWhenDown("deny"); // so that nothing is measured but Redis
            shared.start();
            try {
                run(shared, 5_000);
                double[] each = run(shared, 10_000);
                table.row(
                        "six limits in Redis, taken (one round trip), 1 thread",
                        "",
                        Table.format("p50 %.0f µs, p99 %.0f µs", at(each, 0.5), at(each, 0.99)),
                        "",
                        "");
                long calls = crowd(shared);
                table.row(
                        Table.format("the same of one key, %d threads, taken and settled", CROWD),
                        "",
                        Table.format("%.0f a second", calls / (CROWD_TIME.toNanos() / 1e9)),
                        "",
                        "");
            } finally {
                shared.stop();
            }
        }
    }

    private static List<Draw> draws(int user) {
        Window minute = new Window.Sliding(Duration.ofMinutes(1));
        Window bucket = new Window.Bucket(Duration.ofMinutes(1), Limit.MOST / 2);
        Window day = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
        Window month = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
        long most = Limit.MOST / 2;
        List<Integer> alerts = List.of(50, 80, 100);
        return List.of(
                new Draw(new Limit("global::requests:minute", most, minute, List.of()), 1),
                new Draw(new Limit("user:" + user + ":requests:minute", most, minute, List.of()), 1),
                new Draw(new Limit("user:" + user + ":tokens:minute", most, bucket, List.of()), 1000),
                new Draw(new Limit("user:" + user + ":dollars:day", most, day, alerts), 250_000),
                new Draw(new Limit("team:" + user % 10 + ":dollars:month", most, month, alerts), 250_000),
                new Draw(new Limit("global::dollars:day", most, day, alerts), 250_000));
    }

    /** Microseconds of processor time for taking and settling; one thread. */
    private double alone(LimitStore store) {
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        long from = cpu.getCurrentThreadCpuTime();
        run(store, MEASURED);
        return (cpu.getCurrentThreadCpuTime() - from) / 1e3 / MEASURED;
    }

    /** Takes and settles; microseconds that each taking took. */
    private double[] run(LimitStore store, int calls) {
        double[] each = new double[calls];
        for (int done = 0; done < calls; ) {
            List<Draw> draws = draws(done % 1000);
            long from = System.nanoTime();
            Decision decision = store.reserve("b" + number.incrementAndGet(), draws);
            long taken = System.nanoTime();
            if (decision instanceof Decision.Granted granted) {
                store.settle(granted.reservation(), new long[] {1, 1, 800, 200_000, 200_000, 200_000});
                each[done++] = (taken - from) / 1e3;
            } else if (decision instanceof Decision.Refused) {
                throw new IllegalStateException("a limit that nobody reaches was refused");
            }
        }
        return each;
    }

    private static double at(double[] each, double share) {
        double[] sorted = each.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * (sorted.length - 1))];
    }

    /** Calls of one user by several threads, until the time is up; how many there were. */
    private long crowd(LimitStore store) throws InterruptedException {
        LongAdder done = new LongAdder();
        CountDownLatch end = new CountDownLatch(CROWD);
        long until = System.nanoTime() + CROWD_TIME.toNanos();
        List<Draw> draws = draws(0);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            Thread thread = new Thread(() -> {
                while (System.nanoTime() < until) {
                    if (store.reserve("c" + number.incrementAndGet(), draws) instanceof Decision.Granted granted) {
                        store.settle(granted.reservation(), new long[] {1, 1, 800, 200_000, 200_000, 200_000});
                        if (granted.reservation().counted()) {
                            done.increment();
                        }
                    }
                }
                end.countDown();
            });
            thread.start();
            threads.add(thread);
        }
        end.await();
        return done.sum();
    }
}
