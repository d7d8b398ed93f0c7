package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.call.Ticker;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The store in memory: what it grants, when it frees, and that threads and clocks do not change it. */
class MemoryStoreTest {

    private static final Window MINUTE = new Window.Sliding(Duration.ofMinutes(1));

    private final TestClock clock = new TestClock("2026-11-21T10:00:00Z");
    private final MemoryStore store = new MemoryStore(clock);
    private final AtomicInteger ids = new AtomicInteger();

    private static Limit limit(String key, long max, Window window, Integer... alerts) {
        return new Limit(key, max, window, List.of(alerts));
    }

    private Decision reserve(Draw... draws) {
        return store.reserve("r" + ids.incrementAndGet(), List.of(draws));
    }

    private Reservation granted(Limit limit, long amount) {
        return ((Decision.Granted) reserve(new Draw(limit, amount))).reservation();
    }

    private Decision.Refused refused(Draw... draws) {
        return (Decision.Refused) reserve(draws);
    }

    private Level level(Limit limit) {
        return store.levels(List.of(limit)).get(0);
    }

    @Test
    void admitsAHundredOfFiveHundredAtOnce() throws Exception {
        Limit limit = limit("requests", 100, MINUTE);

        List<Decision> decisions = Contest.of(500, number -> store.reserve("c" + number, List.of(new Draw(limit, 1))));

        assertThat(Contest.granted(decisions)).hasSize(100);
        assertThat(level(limit).remaining()).isZero();
    }

    @Test
    void takesAllOrNothingWhoeverElseTakes() throws Exception {
        Contest.pairs(List.of(new MemoryStore(Ticker.SYSTEM)), "pair", 16, 2_000);
    }

    @Test
    void aRefusalTakesNothingAnywhere() {
        Limit wide = limit("wide", 10, MINUTE);
        Limit narrow = limit("narrow", 1, MINUTE);
        Limit day = limit("day", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
        Limit bucket = limit("bucket", 10, new Window.Bucket(Duration.ofMinutes(1), 10));

        Decision.Refused refused =
                refused(new Draw(wide, 5), new Draw(day, 5), new Draw(narrow, 2), new Draw(bucket, 5));

        assertThat(refused.index()).isEqualTo(2);
        assertThat(refused.retryAfter()).isNull();
        assertThat(store.levels(List.of(wide, day, narrow, bucket)))
                .allMatch(level -> level.used() == 0
                        && level.reserved() == 0
                        && level.resetsIn().isZero());
    }

    @Test
    void namesTheLimitThatFreesLast() {
        Limit second = limit("second", 1, new Window.Sliding(Duration.ofSeconds(1)));
        Limit day = limit("day", 1, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
        granted(second, 1);
        granted(day, 1);

        Decision.Refused refused = refused(new Draw(second, 1), new Draw(day, 1));

        assertThat(refused.index()).isEqualTo(1);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofHours(14));
        assertThat(refused.level()).isEqualTo(new Level(0, 1, 0, Duration.ofHours(14)));
    }

    @Test
    void freesASlidingWindowWhenItSays() {
        Limit limit = limit("tokens", 100, MINUTE);
        granted(limit, 60);
        clock.advance(Duration.ofSeconds(30));
        granted(limit, 40);

        Duration wait = refused(new Draw(limit, 60)).retryAfter();

        assertThat(wait).isEqualTo(Duration.ofSeconds(31));
        clock.advanceMicros(wait.toNanos() / 1_000 - 1);
        refused(new Draw(limit, 60));
        clock.advanceMicros(1);
        granted(limit, 60);
    }

    @Test
    void neverAdmitsMoreInAnyPeriodThanTheLimit() {
        Limit limit = limit("tokens", 50, MINUTE);
        java.util.Random random = new java.util.Random(4);
        List<Long> admitted = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            clock.advanceMicros(random.nextInt(400_000));
            if (reserve(new Draw(limit, 1)) instanceof Decision.Granted) {
                admitted.add(clock.wallMicros());
            }
        }
        assertThat(admitted.size()).isGreaterThan(2_000);
        for (int i = 50; i < admitted.size(); i++) {
            assertThat(admitted.get(i) - admitted.get(i - 50)).isGreaterThan(60_000_000);
        }
    }

    @Test
    void fillsABucketEvenlyAndUpToItsBurst() {
        Limit limit = limit("bucket", 60, new Window.Bucket(Duration.ofMinutes(1), 5));
        granted(limit, 5);

        assertThat(refused(new Draw(limit, 1)).retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(refused(new Draw(limit, 6)).retryAfter()).isNull();
        clock.advance(Duration.ofSeconds(3));
        granted(limit, 3);
        refused(new Draw(limit, 1));
        clock.advance(Duration.ofHours(1));
        refused(new Draw(limit, 6));
        granted(limit, 5);
    }

    @Test
    void aBucketOfNothingGivesNothing() {
        Limit limit = limit("bucket", 0, new Window.Bucket(Duration.ofMinutes(1), 5));

        assertThat(refused(new Draw(limit, 1)).retryAfter()).isNull();
        store.settle(granted(limit, 0), new long[] {3});
        assertThat(level(limit).used()).isEqualTo(3);
    }

    @Test
    void settlesWithWhatWasUsed() {
        Limit sliding = limit("sliding", 100, MINUTE);
        Limit bucket = limit("bucket", 100, new Window.Bucket(Duration.ofMinutes(1), 100));
        Limit day = limit("day", 100, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
        List<Limit> all = List.of(sliding, bucket, day);
        Decision.Granted granted =
                (Decision.Granted) reserve(new Draw(sliding, 80), new Draw(bucket, 80), new Draw(day, 80));
        assertThat(granted.levels()).allMatch(level -> level.reserved() == 80 && level.remaining() == 20);

        store.settle(granted.reservation(), new long[] {30, 30, 30});
        store.settle(granted.reservation(), new long[] {80, 80, 80});

        assertThat(store.levels(all))
                .allMatch(level -> level.used() == 30 && level.reserved() == 0 && level.remaining() == 70);
    }

    @Test
    void moreUsedThanReservedIsADebt() {
        Limit bucket = limit("bucket", 60, new Window.Bucket(Duration.ofMinutes(1), 10));
        Limit day = limit("day", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
        Decision.Granted granted = (Decision.Granted) reserve(new Draw(bucket, 5), new Draw(day, 5));

        store.settle(granted.reservation(), new long[] {25, 25});

        assertThat(level(bucket)).isEqualTo(new Level(25, 0, 0, Duration.ofSeconds(25)));
        assertThat(refused(new Draw(bucket, 1)).retryAfter()).isEqualTo(Duration.ofSeconds(16));
        assertThat(level(day)).isEqualTo(new Level(25, 0, 0, Duration.ofHours(14)));
    }

    @ParameterizedTest
    @CsvSource({
        "HOUR, Europe/Berlin, 2026-11-21T10:59:59.999999Z",
        "DAY, UTC, 2026-11-21T23:59:59.999999Z",
        "DAY, Europe/Berlin, 2026-03-28T22:59:59.999999Z",
        "DAY, Europe/Berlin, 2026-03-29T21:59:59.999999Z",
        "DAY, Europe/Berlin, 2026-10-25T22:59:59.999999Z",
        "WEEK, America/New_York, 2026-11-02T04:59:59.999999Z",
        "MONTH, UTC, 2028-02-29T23:59:59.999999Z",
        "MONTH, Asia/Kathmandu, 2026-04-30T18:14:59.999999Z",
        "MONTH, UTC, 2026-12-31T23:59:59.999999Z",
        "HOUR, Europe/Berlin, 2026-10-25T00:59:59.999999Z",
        "HOUR, Europe/Berlin, 2026-10-25T01:59:59.999999Z",
        "HOUR, Europe/Berlin, 2026-03-29T00:59:59.999999Z"
    })
    void aNewWindowBeginsAtTheMicrosecond(Window.Unit unit, String zone, String last) {
        TestClock edge = new TestClock(last);
        MemoryStore there = new MemoryStore(edge);
        Limit limit = limit("window", 1, new Window.Calendar(unit, ZoneId.of(zone)));
        Decision.Granted first = (Decision.Granted) there.reserve("a", List.of(new Draw(limit, 1)));
        Decision.Refused refused = (Decision.Refused) there.reserve("b", List.of(new Draw(limit, 1)));
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofNanos(1_000));

        edge.advanceMicros(1);

        assertThat(there.reserve("c", List.of(new Draw(limit, 1)))).isInstanceOf(Decision.Granted.class);
        there.settle(first.reservation(), new long[] {1});
        assertThat(there.levels(List.of(limit)).get(0).used()).isZero(); // it belongs to the window it was reserved in
    }

    @ParameterizedTest
    @CsvSource({
        "DAY, Europe/Berlin, 2026-03-29T10:00:00Z, 23",
        "DAY, Europe/Berlin, 2026-10-25T10:00:00Z, 25",
        "WEEK, Europe/Berlin, 2026-03-25T10:00:00Z, 167",
        "MONTH, Europe/Berlin, 2026-10-25T10:00:00Z, 745",
        "MONTH, UTC, 2026-02-03T10:00:00Z, 672",
        "HOUR, Europe/Berlin, 2026-10-25T00:30:00Z, 1",
        "HOUR, Europe/Berlin, 2026-10-25T01:30:00Z, 1",
        "HOUR, Asia/Kathmandu, 2026-10-25T01:30:00Z, 1"
    })
    void windowsAreAsLongAsTheCalendarSays(Window.Unit unit, String zone, String at, long hours) {
        Span span = Span.of(new Window.Calendar(unit, ZoneId.of(zone)), new TestClock(at).wallMicros());

        assertThat(Duration.ofNanos((span.end() - span.start()) * 1_000)).isEqualTo(Duration.ofHours(hours));
    }

    @Test
    void aWallClockThatIsPutBackFindsItsWindowAgain() {
        Limit day = limit("day", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
        Limit minute = limit("minute", 10, MINUTE);
        clock.setWall("2026-11-21T23:59:59Z");
        store.settle(granted(day, 7), new long[] {7});
        granted(minute, 7);
        clock.setWall("2026-11-22T00:00:01Z");
        store.settle(granted(day, 2), new long[] {2});

        clock.setWall("2026-11-21T23:59:58Z");

        assertThat(level(day).used()).isEqualTo(7);
        assertThat(level(minute).reserved()).isEqualTo(7);
        clock.setWall("2026-11-22T00:00:02Z");
        assertThat(level(day).used()).isEqualTo(2);
    }

    @Test
    void aWallClockThatJumpsAYearForAMomentMakesNothingForgotten() {
        Limit month = limit("month", 10, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
        store.settle(granted(month, 7), new long[] {7});

        clock.setWall("2027-11-21T10:00:00Z");
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofSeconds(2));
            granted(limit("other", 1_000, MINUTE), 1);
        }
        assertThat(level(month).used()).isZero();

        clock.setWall("2026-11-21T10:01:00Z");
        assertThat(level(month).used()).isEqualTo(7);
    }

    @Test
    void tellsEachShareOnceAWindow() {
        List<String> told = new ArrayList<>();
        store.onAlert((limit, percent, used) -> {
            throw new IllegalStateException("a listener that fails");
        });
        store.onAlert((limit, percent, used) -> told.add(limit.key() + " " + percent + " % " + used));
        Limit day = limit("day", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), 50, 80, 100);
        granted(day, 4); // what is only reserved is not told
        for (int i = 0; i < 6; i++) {
            store.settle(granted(day, 1), new long[] {1});
        }
        assertThat(told).containsExactly("day 50 % 5");
        store.settle(granted(day, 0), new long[] {9});
        assertThat(told).containsExactly("day 50 % 5", "day 80 % 15", "day 100 % 15");

        clock.advance(Duration.ofDays(1));
        store.settle(granted(day, 5), new long[] {5});
        assertThat(told).hasSize(4).last().isEqualTo("day 50 % 5");
    }

    @Test
    void tellsAnAlertOnceToThreadsThatReachItTogether() throws Exception {
        List<String> told = java.util.Collections.synchronizedList(new ArrayList<>());
        store.onAlert((limit, percent, used) -> told.add(percent + " %"));
        Limit day = limit("day", 1_000, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), 50, 80, 100);

        Contest.of(50, number -> {
            for (int i = 0; i < 20; i++) {
                store.settle(granted(day, 1), new long[] {1});
            }
            return null;
        });

        assertThat(told).containsExactlyInAnyOrder("50 %", "80 %", "100 %");
        assertThat(level(day).used()).isEqualTo(1_000);
    }

    @Test
    void forgetsWhoeverHasNotBeenSeenForLong() {
        Limit all = limit("all", 1_000_000, MINUTE);
        for (int i = 0; i < 100_000; i++) {
            Window window =
                    switch (i % 3) {
                        case 0 -> MINUTE;
                        case 1 -> new Window.Bucket(Duration.ofMinutes(1), 10);
                        default -> new Window.Calendar(Window.Unit.HOUR, ZoneOffset.UTC);
                    };
            store.settle(granted(limit("user" + i, 10, window), 1), new long[] {1});
        }
        assertThat(store.size()).isGreaterThan(100_000 - 1);

        clock.advance(Duration.ofHours(3));
        for (int i = 0; i < 300; i++) {
            clock.advance(Duration.ofSeconds(1));
            store.settle(granted(all, 1), new long[] {1});
        }

        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void keepsWhatIsReservedHoweverLongItTakes() {
        Limit day = limit("day", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), 100);
        List<String> told = new ArrayList<>();
        store.onAlert((limit, percent, used) -> told.add(limit.key() + used));
        Reservation old = granted(day, 5);
        clock.advance(Duration.ofDays(9));
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofSeconds(2));
            granted(limit("other", 1_000, MINUTE), 1);
        }

        store.settle(old, new long[] {10});

        assertThat(told).containsExactly("day10");
    }

    @Test
    void limitsOfOneKeyAndAnotherSizeShareACounter() {
        granted(limit("key", 10, MINUTE), 8);

        assertThat(level(limit("key", 20, MINUTE)).remaining()).isEqualTo(12);
        assertThat(refused(new Draw(limit("key", 5, MINUTE), 1)).level().remaining())
                .isZero();
    }

    @Test
    void settlingNeverThrows() {
        Limit limit = limit("key", 10, MINUTE);

        store.settle(granted(limit, 3), new long[] {});
        store.settle(granted(limit, 3), new long[] {-5});
        store.settle(new Reservation("unknown", List.of(new Draw(limit, 3)), 0, true), new long[] {3});

        assertThat(level(limit)).extracting(Level::used, Level::reserved).containsExactly(3L, 0L);
    }

    @Test
    void refusesWhatCannotBeMeant() {
        Draw draw = new Draw(limit("key", 10, MINUTE), 1);
        store.reserve("mine", List.of(draw));

        assertThat(catchThrowable(() -> reserve())).hasMessageContaining("one at least is expected");
        assertThat(catchThrowable(() -> reserve(draw, draw)))
                .hasMessage("two draws on 'key'; one of each key is expected");
        assertThat(catchThrowable(() -> store.reserve("mine", List.of(draw))))
                .hasMessage("a reservation 'mine' is held already");
        assertThat(level(draw.limit()).reserved()).isEqualTo(1);
    }
}
