package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.store.StoreSettings.WhenDown;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.RedisServer;
import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bursts over two gateways whose Redis is well while every processor is busy with other things: as many pass as may. */
@Timeout(120)
class SharedBurstTest {

    private static final int MAX = 100;
    private static final int SPINNING = 2 * Runtime.getRuntime().availableProcessors();
    private static final Window HOUR = new Window.Calendar(Window.Unit.HOUR, ZoneOffset.UTC);

    private static RedisServer server;

    private final List<SharedStore> stores = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private CapturedLog log;

    @BeforeAll
    static void startRedis() throws Exception {
        server = RedisServer.started();
    }

    @AfterAll
    static void stopRedis() throws Exception {
        server.close();
    }

    /** From here on every processor is busy, and nothing may be told of Redis. */
    private void underLoad() {
        log = new CapturedLog(Availability.class, Level.WARN);
        for (int i = 0; i < SPINNING; i++) {
            Thread thread = new Thread(() -> {
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
    }

    @AfterEach
    void close() {
        stop.set(true);
        stores.forEach(SharedStore::close);
        log.close();
    }

    private SharedStore open(WhenDown whenDown) throws Exception {
        SharedStore store = SharedStoreTest.open(server, whenDown, 2, Duration.ofMinutes(1), StoreSettings.TIMEOUT);
        stores.add(store);
        Await.until("Redis to be used", store::up);
        return store;
    }

    private List<SharedStore> two(WhenDown whenDown) throws Exception {
        List<SharedStore> two = List.of(open(whenDown), open(whenDown));
        underLoad();
        return two;
    }

    static Stream<Arguments> bursts() {
        return Stream.of(150, 300, 1000)
                .flatMap(calls -> Stream.of(WhenDown.values()).map(mode -> Arguments.of(calls, mode)));
    }

    @ParameterizedTest
    @MethodSource("bursts")
    void admitsAHundredOfABurst(int calls, WhenDown whenDown) throws Exception {
        List<SharedStore> two = two(whenDown);
        Limit requests = limit("requests", MAX);
        Limit tokens = limit("tokens", 1_000_000);
        Limit dollars = limit("dollars", MAX * 7_000L + 6_999);

        List<Decision> decisions = Contest.of(calls, number -> two.get(number % 2)
                .reserve(
                        requests.key() + number,
                        List.of(new Draw(requests, 1), new Draw(tokens, 500), new Draw(dollars, 7_000))));

        assertThat(Contest.granted(decisions))
                .hasSize(MAX)
                .as("counted in Redis")
                .allMatch(Reservation::counted);
        List<io.github.camelllm.store.Level> levels = two.get(0).levels(List.of(requests, tokens, dollars));
        assertThat(levels)
                .extracting(io.github.camelllm.store.Level::reserved)
                .containsExactly(100L, 50_000L, 700_000L);
        assertThat(log.lines()).isEmpty();
    }

    /** Whoever has its turn settles at once with less than it took, so that others may pass: reserved and used never pass the limit. */
    @ParameterizedTest
    @EnumSource(WhenDown.class)
    void settlementsAndReleasesOfABurstCountOnce(WhenDown whenDown) throws Exception {
        List<SharedStore> two = two(whenDown);
        Limit tokens = limit("tokens", 1_000);

        List<Decision> decisions = Contest.of(300, number -> {
            SharedStore store = two.get(number % 2);
            Decision decision = store.reserve(tokens.key() + number, List.of(new Draw(tokens, 100)));
            if (decision instanceof Decision.Granted granted) {
                store.settle(granted.reservation(), new long[] {number % 3 == 0 ? 0 : 10});
            }
            return decision;
        });

        Await.until("the settlements", () -> two.stream().allMatch(store -> store.waiting() == 0));
        long used = Contest.granted(decisions).stream()
                .mapToLong(granted ->
                        Integer.parseInt(granted.id().substring(tokens.key().length())) % 3 == 0 ? 0 : 10)
                .sum();
        io.github.camelllm.store.Level level =
                two.get(1).levels(List.of(tokens)).get(0);
        assertThat(level.used()).isEqualTo(used).isPositive().isLessThanOrEqualTo(1_000);
        assertThat(level.reserved()).isZero();
        assertThat(log.lines()).isEmpty();
    }

    /** A connection that somebody closes is no outage while there is another at once. */
    @ParameterizedTest
    @EnumSource(WhenDown.class)
    void aClosedConnectionLetsNobodyPassUncounted(WhenDown whenDown) throws Exception {
        List<SharedStore> two = two(whenDown);
        Limit requests = limit("requests", MAX);
        try (RedisLink link = new RedisLink(server.url())) {
            link.open();
            List<Decision> decisions = Contest.of(400, number -> {
                if (number == 200) {
                    link.commands().clientKill(KillArgs.Builder.typeNormal().skipme());
                }
                return two.get(number % 2).reserve(requests.key() + number, List.of(new Draw(requests, 1)));
            });

            assertThat(Contest.granted(decisions))
                    .hasSizeLessThanOrEqualTo(MAX)
                    .as("counted in Redis")
                    .allMatch(Reservation::counted);
        }
        Await.until("Redis to be used", () -> two.stream().allMatch(SharedStore::up));
        Await.until("what was given up to be free", () -> {
            two.get(0).reserve(UUID.randomUUID().toString(), List.of(new Draw(requests, 1)));
            List<io.github.camelllm.store.Level> levels = two.get(0).levels(List.of(requests));
            return !levels.isEmpty() && levels.get(0).reserved() == MAX;
        });
        assertThat(log.lines()).noneMatch(line -> line.contains("ALARM"));
    }

    @Test
    void aKeyThatIsSomebodyElsesFailsNobodyElseOfItsBatch() throws Exception {
        SharedStore store = open(WhenDown.DENY);
        underLoad();
        Limit free = limit("free", 1_000);
        Limit taken = limit("taken", 1_000);
        try (RedisLink link = new RedisLink(server.url())) {
            link.open();
            link.commands().set(RedisWire.key(taken), "somebody else's").get();
        }

        List<Decision> decisions = Contest.of(
                100,
                number -> store.reserve(
                        free.key() + number,
                        number % 10 == 0
                                ? List.of(new Draw(free, 1), new Draw(taken, 1))
                                : List.of(new Draw(free, 1))));

        assertThat(decisions.stream().filter(Decision.Granted.class::isInstance))
                .hasSize(90);
        assertThat(decisions.stream().filter(Decision.Unavailable.class::isInstance))
                .hasSize(10);
        assertThat(store.up()).isTrue();
        assertThat(store.levels(List.of(free)).get(0).reserved()).isEqualTo(90);
    }

    private static Limit limit(String name, long max) {
        return new Limit(name + UUID.randomUUID(), max, HOUR, List.of());
    }
}
