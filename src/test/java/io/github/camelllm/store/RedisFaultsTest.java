package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.store.StoreSettings.WhenDown;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.RedisServer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of limits, calls and counters when Redis is killed, restarted, frozen or not there. */
@Timeout(180)
class RedisFaultsTest {

    private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
    private static final String[] DURABLE = {"--appendonly", "yes", "--appendfsync", "always"};
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Duration AS_SHIPPED = StoreSettings.TIMEOUT;

    private final AtomicInteger ids = new AtomicInteger();
    private final List<SharedStore> opened = new ArrayList<>();

    private static Limit limit(String key, long max) {
        return new Limit(key, max, DAY, List.of());
    }

    private Decision reserve(LimitStore store, Limit limit, long amount) {
        return store.reserve("r" + ids.incrementAndGet(), List.of(new Draw(limit, amount)));
    }

    private static SharedStore open(RedisServer server, WhenDown whenDown, int instances) throws Exception {
        return open(server, whenDown, instances, AS_SHIPPED);
    }

    private static SharedStore open(RedisServer server, WhenDown whenDown, int instances, Duration patience)
            throws Exception {
        SharedStore store = SharedStoreTest.open(server, whenDown, instances, LEASE, patience);
        Await.until("Redis to be used", store::up);
        return store;
    }

    /** One that waits for as long as it takes, to look with. */
    private SharedStore watcher(RedisServer server) throws Exception {
        SharedStore store = SharedStoreTest.open(server, WhenDown.DENY, 1, LEASE, PATIENT);
        opened.add(store);
        Await.until("Redis to be used", store::up);
        return store;
    }

    @AfterEach
    void close() {
        opened.forEach(SharedStore::close);
    }

    /** Threads reserve and settle all the time while Redis is killed and comes back, twice: afterwards every use is in it, once. */
    @ParameterizedTest
    @EnumSource(WhenDown.class)
    void losesNothingThatWasUsedThoughRedisIsKilledUnderLoad(WhenDown whenDown) throws Exception {
        Limit limit = limit("tokens", Limit.MOST / 2);
        try (RedisServer server = RedisServer.started(DURABLE);
                SharedStore one = open(server, whenDown, 2);
                SharedStore two = open(server, whenDown, 2)) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong used = new AtomicLong();
            AtomicLong calls = new AtomicLong();
            AtomicLong unavailable = new AtomicLong();
            AtomicLong slow = new AtomicLong();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SharedStore store = i % 2 == 0 ? one : two;
                Thread thread = new Thread(() -> {
                    java.util.Random random = new java.util.Random();
                    while (!stop.get()) {
                        long began = System.nanoTime();
                        Decision decision = reserve(store, limit, 10);
                        if (System.nanoTime() - began > Duration.ofMillis(200).toNanos()) {
                            slow.incrementAndGet(); // four times what is allowed: this machine does other things too
                        }
                        calls.incrementAndGet();
                        if (decision instanceof Decision.Granted granted) {
                            long amount = random.nextInt(20);
                            used.addAndGet(amount);
                            store.settle(granted.reservation(), new long[] {amount});
                        } else if (decision instanceof Decision.Unavailable) {
                            unavailable.incrementAndGet();
                        } else {
                            throw new IllegalStateException(decision.toString());
                        }
                        LockSupport.parkNanos(100_000); // some thousand calls a second, as a gateway has
                    }
                });
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            for (int i = 0; i < 2; i++) {
                long before = calls.get();
                Await.until("calls", () -> calls.get() > before + 2_000);
                server.kill();
                long down = calls.get();
                Await.until("the alarm", () -> !one.up() && !two.up());
                Await.until("calls without Redis", () -> calls.get() > down + 2_000);
                server.start();
                Await.until("Redis to be used again", () -> one.up() && two.up());
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }

            Await.until("all settlements", () -> one.waiting() + two.waiting() == 0);
            SharedStore watcher = watcher(server);
            io.github.camelllm.store.Level level = Await.value(
                    "every lease that nobody holds to end",
                    () -> watcher.levels(List.of(limit)).get(0),
                    now -> now.reserved() == 0);
            assertThat(level.used()).isEqualTo(used.get());
            assertThat(one.lost() + two.lost()).isZero();
            assertThat(unavailable.get() > 0).isEqualTo(whenDown == WhenDown.DENY);
            System.out.println(whenDown + ": " + calls + " calls, " + slow + " of them over 200 ms");
            assertThat(slow.get()).isLessThan(calls.get() / 1_000 + 5);
        }
    }

    @Test
    void aReservationWhoseAnswerDidNotComeIsCancelled() throws Exception {
        Limit limit = limit("tokens", 100);
        try (RedisServer server = RedisServer.started();
                SharedStore store =
                        SharedStoreTest.open(server, WhenDown.LOCAL, 2, Duration.ofMinutes(10), AS_SHIPPED);
                CapturedLog log = new CapturedLog(Availability.class, Level.INFO)) {
            Await.until("Redis to be used", store::up);
            server.freeze(); // it takes the command, and carries it out once it goes on
            Decision decision = reserve(store, limit, 40);
            assertThat(store.up()).isFalse();
            assertThat(((Decision.Granted) decision).reservation().counted()).isTrue(); // by this gateway's own counter
            Await.until("the alarm", () -> log.lines().stream().anyMatch(line -> line.startsWith("ERROR ALARM")));

            server.thaw();
            Await.until("Redis to be used again", store::up);
            SharedStore watcher = watcher(server);
            assertThat(watcher.levels(List.of(limit)).get(0).reserved()).isZero();
            store.settle(((Decision.Granted) decision).reservation(), new long[] {25});
            Await.until("the use to arrive", () -> used(watcher, limit) == 25);
            assertThat(store.waiting()).isZero();
            assertThat(log.lines())
                    .anyMatch(line ->
                            line.startsWith("WARN the limit store 127.0.0.1:") && line.endsWith("counts all limits"));
        }
    }

    private static long used(SharedStore store, Limit limit) {
        List<io.github.camelllm.store.Level> levels = store.levels(List.of(limit));
        return levels.isEmpty() ? -1 : levels.get(0).used();
    }

    @Test
    void sharesLimitsOutWhileRedisIsAwayAndAddsUpAfterwards() throws Exception {
        Limit limit = limit("requests", 10);
        Limit nothing = limit("nothing", 0);
        Limit one = limit("one", 1);
        Limit bucket = new Limit("bucket", 10, new Window.Bucket(Duration.ofDays(1), 6), List.of());
        try (RedisServer server = RedisServer.started(DURABLE);
                SharedStore store = open(server, WhenDown.LOCAL, 2, PATIENT)) {
            Decision.Granted before = (Decision.Granted) reserve(store, limit, 1);
            server.kill();
            Await.until("the alarm", () -> {
                reserve(store, limit("other", 1_000_000), 1);
                return !store.up();
            });
            List<Decision.Granted> granted = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                granted.add((Decision.Granted) reserve(store, limit, 1));
            }
            assertThat(reserve(store, limit, 1)).isInstanceOf(Decision.Refused.class);
            assertThat(((Decision.Refused) reserve(store, limit, 8)).retryAfter())
                    .isEqualTo(Duration.ofSeconds(5));
            assertThat(((Decision.Refused) reserve(store, limit, 11)).retryAfter())
                    .isNull();
            assertThat(reserve(store, nothing, 1)).isInstanceOf(Decision.Refused.class);
            assertThat(reserve(store, one, 1)).isInstanceOf(Decision.Granted.class);
            assertThat(reserve(store, bucket, 3)).isInstanceOf(Decision.Granted.class);
            assertThat(reserve(store, bucket, 1)).isInstanceOf(Decision.Refused.class);
            assertThat(store.levels(List.of(limit))).isEmpty();
            granted.forEach(each -> store.settle(each.reservation(), new long[] {1}));
            granted.forEach(each -> store.settle(each.reservation(), new long[] {1}));
            store.settle(before.reservation(), new long[] {1});

            server.start();

            Await.until("Redis to be used again", store::up);
            assertThat(used(watcher(server), limit)).isEqualTo(6); // all of it was added before Redis was used again
        }
    }

    @Test
    void startsWithoutRedisAndFindsItWhenItComes() throws Exception {
        Limit limit = limit("requests", 10);
        try (RedisServer server = RedisServer.stopped();
                CapturedLog log = new CapturedLog(Availability.class, Level.INFO)) {
            long began = System.nanoTime();
            try (SharedStore store = SharedStoreTest.open(server, WhenDown.ALLOW, 2, LEASE, AS_SHIPPED)) {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
                Decision.Granted passed = (Decision.Granted) reserve(store, limit, 1_000);
                assertThat(passed.reservation().counted()).isFalse();
                assertThat(passed.levels()).isEmpty();
                Await.until("the alarm", () -> !log.lines().isEmpty());
                assertThat(log.lines())
                        .singleElement()
                        .asString()
                        .startsWith("ERROR ALARM: the limit store 127.0.0.1:");

                server.start();

                Await.until("Redis to be used", store::up);
                store.settle(passed.reservation(), new long[] {7});
                SharedStore watcher = watcher(server);
                Await.until("the use to arrive", () -> used(watcher, limit) == 7);
            }
        }
    }

    @Test
    void callsAreNotHeldUpByARedisThatHangs() throws Exception {
        Limit limit = limit("requests", 1_000_000);
        try (RedisServer server = RedisServer.started();
                SharedStore store = open(server, WhenDown.LOCAL, 1)) {
            server.freeze();
            List<Duration> waits = Contest.of(20, number -> {
                long began = System.nanoTime();
                reserve(store, limit, 1);
                return Duration.ofNanos(System.nanoTime() - began);
            });
            System.out.println("longest of 20 calls at a Redis that hangs: "
                    + waits.stream().max(Duration::compareTo));
            // 300 ms of the gateway's own time, which is longer by the clock where it gets little of the processor
            assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofSeconds(2)) < 0);
            Await.until("the alarm", () -> !store.up());
            long began = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                reserve(store, limit, 1);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2)); // nobody waits
            server.thaw();
            Await.until("Redis to be used again", store::up);
        }
    }

    @Test
    void aRedisThatMayNotBeWrittenToIsDown() throws Exception {
        try (RedisServer master = RedisServer.started();
                RedisServer replica = RedisServer.started("--replicaof", "127.0.0.1", "" + master.port());
                CapturedLog log = new CapturedLog(Availability.class, Level.INFO);
                SharedStore store = SharedStoreTest.open(replica, WhenDown.DENY, 1, LEASE, AS_SHIPPED)) {
            Await.until("the alarm", () -> log.lines().stream().anyMatch(line -> line.contains("READONLY")));
            assertThat(reserve(store, limit("requests", 10), 1)).isInstanceOf(Decision.Unavailable.class);
        }
    }

    @Test
    void thePasswordIsNeverTold() throws Exception {
        try (RedisServer server = RedisServer.started("--requirepass", "s3cret");
                CapturedLog log = new CapturedLog(Availability.class, Level.DEBUG)) {
            String right = "redis://:s3cret@127.0.0.1:" + server.port() + "/3";
            String wrong = "redis://default:wr0ng@127.0.0.1:" + server.port();
            try (SharedStore store = SharedStoreTest.open(right, WhenDown.DENY, 1, LEASE, AS_SHIPPED)) {
                Await.until("Redis to be used", store::up);
                assertThat(reserve(store, limit("requests", 10), 1)).isInstanceOf(Decision.Granted.class);
            }
            try (SharedStore store = SharedStoreTest.open(wrong, WhenDown.DENY, 1, LEASE, AS_SHIPPED)) {
                Await.until("the alarm", () -> log.lines().stream().anyMatch(line -> line.contains("WRONGPASS")));
                assertThat(store.up()).isFalse();
            }
            assertThat(log.lines()).noneMatch(line -> line.contains("s3cret") || line.contains("wr0ng"));
        }
    }

    /** Nobody knows any more of what such a Redis holds for a gateway that lives. */
    @Test
    void whatAnOldCopyOfRedisHoldsEndsWithItsLease() throws Exception {
        Limit limit = limit("tokens", 100);
        try (RedisServer server = RedisServer.started();
                SharedStore store = open(server, WhenDown.DENY, 1, PATIENT)) {
            Reservation settled = ((Decision.Granted) reserve(store, limit, 40)).reservation();
            Reservation kept = ((Decision.Granted) reserve(store, limit, 20)).reservation();
            try (RedisLink link = new RedisLink(server.url())) {
                link.open();
                link.commands().save().get();
            }
            store.settle(settled, new long[] {0});
            SharedStore watcher = watcher(server);
            Await.until(
                    "the settlement",
                    () -> watcher.levels(List.of(limit)).get(0).reserved() == 20);

            server.kill();
            Await.until("the alarm", () -> !store.up() && !watcher.up());
            server.start();
            Await.until("Redis to be used again", () -> store.up() && watcher.up());

            assertThat(watcher.levels(List.of(limit)).get(0).reserved()).isEqualTo(60);
            store.settle(kept, new long[] {5});
            Await.until(
                    "the lease to end",
                    () -> watcher.levels(List.of(limit)).get(0).reserved() == 0);
            assertThat(used(watcher, limit)).isEqualTo(5);
        }
    }

    @Test
    void noticesThatRedisIsGoneThoughNobodyCalls() throws Exception {
        try (RedisServer server = RedisServer.started();
                SharedStore store = open(server, WhenDown.DENY, 1)) {
            server.kill();

            Await.until("the alarm", () -> !store.up());
        }
    }

    @Test
    void aStopDeliversWhatIsKept() throws Exception {
        Limit limit = limit("tokens", 1_000_000);
        try (RedisServer server = RedisServer.started();
                SharedStore watcher = watcher(server)) {
            SharedStore store = SharedStoreTest.open(server, WhenDown.DENY, 1, LEASE, PATIENT);
            Await.until("Redis to be used", store::up);
            for (int i = 0; i < 500; i++) {
                store.settle(((Decision.Granted) reserve(store, limit, 2)).reservation(), new long[] {1});
            }
            store.close();
            assertThat(used(watcher, limit)).isEqualTo(500);
            assertThat(store.waiting()).isZero();
        }
    }
}
