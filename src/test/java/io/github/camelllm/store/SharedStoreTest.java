package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.store.StoreSettings.WhenDown;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.RedisServer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that several gateways share in a real Redis that is well. */
@Timeout(120)
class SharedStoreTest {

    /** What a busy machine is slow at is not what is tested here. */
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private static final Window MINUTE = new Window.Sliding(Duration.ofMinutes(1));
    private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);

    private static RedisServer server;

    private final List<SharedStore> stores = new ArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();

    @BeforeAll
    static void startRedis() throws Exception {
        server = RedisServer.started();
    }

    @AfterAll
    static void stopRedis() throws Exception {
        server.close();
    }

    @AfterEach
    void close() {
        stores.forEach(SharedStore::close);
    }

    static SharedStore open(RedisServer redis, WhenDown whenDown, int instances, Duration lease, Duration patience) {
        return open(redis.url(), whenDown, instances, lease, patience);
    }

    static SharedStore open(String url, WhenDown whenDown, int instances, Duration lease, Duration patience) {
        StoreSettings settings = new StoreSettings(url, whenDown, instances, lease, patience);
        SharedStore store = new SharedStore(
                settings,
                Ticker.SYSTEM,
                new RedisStore(
                        new RedisLink(settings.url(), patience),
                        lease.toNanos() / 1_000,
                        () -> Moment.micros(Ticker.SYSTEM.now()),
                        null));
        store.start();
        return store;
    }

    private SharedStore open() throws Exception {
        return open(Duration.ofMinutes(1));
    }

    private SharedStore open(Duration lease) throws Exception {
        SharedStore store = open(server, WhenDown.DENY, 1, lease, PATIENT);
        stores.add(store);
        Await.until("Redis to be used", store::up);
        return store;
    }

    private static Limit limit(long max, Window window, Integer... alerts) {
        return new Limit("limit " + UUID.randomUUID() + " {}\n\"ä", max, window, List.of(alerts));
    }

    private Decision reserve(LimitStore store, Draw... draws) {
        return store.reserve("r" + ids.incrementAndGet(), List.of(draws));
    }

    private Reservation granted(LimitStore store, Limit limit, long amount) {
        return ((Decision.Granted) reserve(store, new Draw(limit, amount))).reservation();
    }

    private static Level level(LimitStore store, Limit limit) {
        return store.levels(List.of(limit)).get(0);
    }

    @Test
    void admitsAHundredOfFiveHundredAtOnceFromTwoGateways() throws Exception {
        SharedStore one = open();
        SharedStore two = open();
        for (Window window : List.of(MINUTE, DAY, new Window.Bucket(Duration.ofDays(1), 100))) {
            Limit limit = limit(100, window);

            List<Decision> decisions = Contest.of(500, number -> (number % 2 == 0 ? one : two)
                    .reserve(window + "/" + number, List.of(new Draw(limit, 1))));

            assertThat(Contest.granted(decisions)).hasSize(100);
            assertThat(level(two, limit).remaining()).isZero();
        }
    }

    @Test
    void takesAllOrNothingWhoeverElseTakes() throws Exception {
        Contest.pairs(List.of(open(), open()), "pair" + UUID.randomUUID(), 8, 300);
    }

    @Test
    void settlesOnceWithWhatWasUsed() throws Exception {
        SharedStore store = open();
        Limit minute = limit(100, MINUTE);
        Limit day = limit(100, DAY);
        Decision.Granted granted = (Decision.Granted) reserve(store, new Draw(minute, 80), new Draw(day, 80));
        assertThat(granted.levels()).allMatch(level -> level.reserved() == 80 && level.remaining() == 20);

        store.settle(granted.reservation(), new long[] {30, 30});
        store.settle(granted.reservation(), new long[] {80, 80});

        Await.until("what was used", () -> store.levels(List.of(minute, day)).stream()
                .allMatch(level -> level.used() == 30 && level.reserved() == 0 && level.remaining() == 70));
    }

    @Test
    void goesByRedissClock() throws Exception {
        SharedStore store = open();
        Limit limit = limit(1, new Window.Sliding(Duration.ofSeconds(1)));
        Reservation first = granted(store, limit, 1);
        Decision.Refused refused = (Decision.Refused) reserve(store, new Draw(limit, 1));
        assertThat(refused.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofMillis(1_017));

        Decision.Granted second = (Decision.Granted) Await.value(
                "the second to pass", () -> reserve(store, new Draw(limit, 1)), Decision.Granted.class::isInstance);

        assertThat(second.reservation().atMicros() - first.atMicros()).isGreaterThan(1_000_000);
    }

    @Test
    void theLeaseOfADeadGatewayComesBackAndThatOfALiveOneDoesNot() throws Exception {
        SharedStore alive = open(Duration.ofSeconds(1));
        SharedStore dead = open(Duration.ofSeconds(1));
        Limit limit = limit(100, DAY);
        Limit minute = limit(100, MINUTE);
        Reservation kept = granted(alive, limit, 30);
        for (int i = 0; i < 70; i++) {
            reserve(dead, new Draw(limit, 1), new Draw(minute, 1));
        }
        assertThat(reserve(alive, new Draw(limit, 1))).isInstanceOf(Decision.Refused.class);

        dead.close(); // it settles nothing, and nobody renews its lease

        Await.until("the dead one's to come back", () -> level(alive, limit).reserved() == 30);
        assertThat(level(alive, minute).reserved()).isZero();
        Limit another = limit(100, DAY);
        SharedStore dies = open(Duration.ofSeconds(1));
        granted(dies, another, 1);
        dies.close();
        Await.until("another lease to end", () -> level(alive, another).reserved() == 0);
        assertThat(level(alive, limit).reserved()).isEqualTo(30);
        alive.settle(kept, new long[] {5});
        Await.until("5 to be used", () -> level(alive, limit).used() == 5);
        assertThat(level(alive, limit).reserved()).isZero();
    }

    @Test
    void tellsAnAlertOnceOverAllGateways() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        Limit limit = limit(200, DAY, 50, 80, 100);
        List<SharedStore> both = List.of(open(), open());
        both.forEach(store -> store.onAlert((which, percent, used) -> told.add(percent + " %")));

        Contest.of(20, number -> {
            for (int i = 0; i < 10; i++) {
                SharedStore store = both.get((number + i) % 2);
                store.settle(
                        ((Decision.Granted) store.reserve(limit.key() + number + "/" + i, List.of(new Draw(limit, 1))))
                                .reservation(),
                        new long[] {1});
            }
            return null;
        });

        Await.until(
                "three alerts",
                () -> told.size() >= 3 && both.get(0).waiting() + both.get(1).waiting() == 0);
        assertThat(told).containsExactlyInAnyOrder("50 %", "80 %", "100 %");
    }

    @Test
    void goesOnWhenRedisHasForgottenTheScripts() throws Exception {
        SharedStore store = open();
        Limit limit = limit(100, DAY);
        try (RedisLink link = new RedisLink(server.url())) {
            link.open();
            link.commands().scriptFlush().get();
        }

        store.settle(granted(store, limit, 1), new long[] {1});

        Await.until("1 to be used", () -> level(store, limit).used() == 1);
        assertThat(store.up()).isTrue();
    }

    @Test
    void aKeyThatIsSomebodyElsesStopsNobodyElse() throws Exception {
        SharedStore store = open();
        Limit taken = limit(100, DAY);
        Limit free = limit(100, DAY);
        try (RedisLink link = new RedisLink(server.url())) {
            link.open();
            link.commands().set(RedisWire.key(taken), "somebody else's").get();
        }

        assertThat(reserve(store, new Draw(free, 1), new Draw(taken, 1))).isInstanceOf(Decision.Unavailable.class);

        assertThat(store.up()).isTrue();
        Await.until("nothing to be reserved", () -> level(store, free).reserved() == 0);
    }

    @Test
    void leavesNothingBehindThatDoesNotExpire() throws Exception {
        try (RedisLink link = new RedisLink(server.url())) {
            link.open();
            link.commands().flushall().get();
        }
        SharedStore store = open();
        for (Window window : List.of(MINUTE, DAY, new Window.Bucket(Duration.ofDays(1), 100))) {
            store.settle(granted(store, limit(100, window), 5), new long[] {3});
        }
        granted(store, limit(100, MINUTE), 5);
        Await.until("the settlements", () -> store.waiting() == 0);
        try (RedisLink link = new RedisLink(server.url())) {
            link.open();
            List<String> keys = link.commands().keys("*").get();
            assertThat(keys).hasSizeGreaterThan(4).allMatch(key -> key.startsWith("{llm}:"));
            for (String key : keys) {
                Long left = link.commands().pttl(key).get();
                assertThat(left).as(key).isNotEqualTo(-1); // -2: it has gone meanwhile
            }
        }
    }

    @Test
    void refusesAnIdThatIsHeld() throws Exception {
        SharedStore one = open();
        SharedStore two = open();
        Limit limit = limit(100, DAY);
        one.reserve("mine", List.of(new Draw(limit, 1)));

        assertThat(catchThrowable(() -> one.reserve("mine", List.of(new Draw(limit, 1)))))
                .hasMessage("a reservation 'mine' is held already");
        assertThat(level(two, limit).reserved()).isEqualTo(1);
    }

    @Test
    void worksInAClusterSlot() throws Exception {
        try (RedisServer node = RedisServer.started("--cluster-enabled", "yes", "--cluster-config-file", "nodes")) {
            try (RedisLink link = new RedisLink(node.url())) {
                link.open();
                int[] slots = java.util.stream.IntStream.range(0, 16_384).toArray();
                link.commands().clusterAddSlots(slots).get();
                Await.until(
                        "the cluster", () -> link.commands().clusterInfo().get().contains("cluster_state:ok"));
            }
            SharedStore store = open(node, WhenDown.DENY, 1, Duration.ofSeconds(1), PATIENT);
            SharedStore dead = open(node, WhenDown.DENY, 1, Duration.ofSeconds(1), PATIENT);
            stores.add(store);
            Await.until("Redis to be used", () -> store.up() && dead.up());
            Limit day = limit(100, DAY);
            Limit minute = limit(100, MINUTE);
            reserve(dead, new Draw(day, 7), new Draw(minute, 7));
            dead.close();

            Decision.Granted granted = (Decision.Granted) reserve(store, new Draw(day, 1), new Draw(minute, 1));
            store.settle(granted.reservation(), new long[] {1, 1});

            Await.until("only what was used to be counted", () -> store.levels(List.of(day, minute)).stream()
                    .allMatch(level -> level.used() == 1 && level.reserved() == 0));
        }
    }
}
