package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random schedules of reserving, settling, looking, and time that passes, run against a store and the {@link StoreModel} at once:
 * after each step both must say the same. One seed is one schedule.
 */
final class Schedules {

    private static final List<String> ZONES = List.of(
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia");
    private static final List<Instant> STARTS = List.of(
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-03-29T00:59:58Z"), // Berlin's clocks are put forward
            Instant.parse("2026-10-25T00:59:58Z"), // and back
            Instant.parse("2026-04-04T14:59:50Z"), // Lord Howe's are put back by half an hour
            Instant.parse("2024-02-29T23:59:59Z"),
            Instant.parse("2026-12-31T23:59:59.999999Z"),
            Instant.parse("2011-12-30T09:59:00Z")); // Apia leaves a day out

    /** How long the lease of a holder lasts, where there are leases. */
    static final long LEASE_MICROS = 60_000_000;

    /** What a store with leases does on behalf of holders. */
    interface Leases {
        /** From now on reservations are this holder's. */
        void holder(String name);

        void renew(String name);
    }

    private final List<String> names;

    private final Random random;
    private final Leases leases;
    private final Map<String, Long> leaseEnds = new HashMap<>();
    private final StoreModel model = new StoreModel();
    private final List<String> alerts = new ArrayList<>();
    private final Map<String, Reservation> held = new LinkedHashMap<>();
    private final Map<String, String> holders = new HashMap<>();
    private final List<Reservation> settled = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();
    private final LimitStore store;
    private final TestClock clock;
    private int ids;
    private int granted;
    private int refused;

    private Schedules(long seed, LimitStore store, TestClock clock, Leases leases) {
        this.random = new Random(seed);
        this.store = store;
        this.clock = clock;
        this.leases = leases;
        this.names = List.of(seed + "one", seed + "two");
        store.onAlert((limit, percent, used) -> alerts.add(limit.key() + " " + percent + " " + used));
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            limits.add(limit(seed + ":" + i));
        }
    }

    /** Where a schedule of that seed begins. */
    static TestClock clock(long seed) {
        return new TestClock(STARTS.get((int) Math.floorMod(seed, (long) STARTS.size())));
    }

    /**
     * Runs one.
     *
     * @param leases null where there are none
     * @return how many reservations were granted and refused
     */
    static int[] run(long seed, int steps, LimitStore store, TestClock clock, Leases leases) {
        Schedules schedule = new Schedules(seed, store, clock, leases);
        for (int i = 0; i < steps; i++) {
            schedule.pass();
            schedule.model.now(clock.wallMicros());
            schedule.step("seed " + seed + ", step " + i);
        }
        return new int[] {schedule.granted, schedule.refused};
    }

    private void step(String where) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> reserve(where);
            case 3, 4, 5 -> settle();
            case 6 -> settleAgain();
            default -> look(where);
        }
        assertThat(alerts).as(where).containsExactlyInAnyOrderElementsOf(model.alerts());
    }

    /** Whoever's lease has ended loses what it has reserved, at the next thing that is asked of the store. */
    private void expire() {
        for (String holder : names) {
            if (leases != null && leaseEnds.getOrDefault(holder, Long.MAX_VALUE) <= clock.wallMicros()) {
                leaseEnds.remove(holder);
                model.expire(holder);
            }
        }
    }

    private String someHolder() {
        if (leases == null) {
            return "";
        }
        String holder = names.get(random.nextInt(names.size()));
        leases.holder(holder);
        return holder;
    }

    private void reserve(String where) {
        List<Limit> some = new ArrayList<>(limits);
        Collections.shuffle(some, random);
        List<Draw> draws = some.subList(0, 1 + random.nextInt(some.size())).stream()
                .map(limit -> new Draw(limit, amount(limit)))
                .toList();
        String id = limits.get(0).key() + "/" + ids++;
        String holder = someHolder();
        expire();
        Decision decision = store.reserve(id, draws);
        Decision.Refused expected = model.reserve(holder, id, draws);
        if (expected == null) {
            granted++;
            assertThat(decision).as(where).isInstanceOf(Decision.Granted.class);
            Decision.Granted is = (Decision.Granted) decision;
            held.put(id, is.reservation());
            holders.put(id, holder);
            leaseEnds.merge(
                    holder,
                    clock.wallMicros() + LEASE_MICROS,
                    (end, next) -> end < next - LEASE_MICROS / 2 ? next : end);
            assertThat(is.reservation().draws()).isEqualTo(draws);
            for (int i = 0; i < draws.size(); i++) {
                assertThat(is.levels().get(i))
                        .as(where)
                        .isEqualTo(model.level(draws.get(i).limit()));
            }
        } else {
            refused++;
            assertThat(decision).as(where).isEqualTo(expected);
        }
    }

    private void settle() {
        if (held.isEmpty()) {
            return;
        }
        String id = new ArrayList<>(held.keySet()).get(random.nextInt(held.size()));
        Reservation reservation = held.remove(id);
        if (model.isForgotten(id)) {
            return;
        }
        long[] used = reservation.draws().stream().mapToLong(this::used).toArray();
        if (leases != null) {
            leases.holder(holders.get(id));
        }
        store.settle(reservation, used);
        model.settle(id, used);
        settled.add(reservation);
    }

    private void settleAgain() {
        if (!settled.isEmpty()) {
            Reservation reservation = settled.get(random.nextInt(settled.size()));
            if (leases != null) {
                leases.holder(holders.get(reservation.id()));
            }
            store.settle(
                    reservation,
                    reservation.draws().stream().mapToLong(this::used).toArray());
        }
    }

    private void look(String where) {
        if (leases != null && random.nextBoolean()) {
            String holder = someHolder();
            leases.renew(holder);
            leaseEnds.put(holder, clock.wallMicros() + LEASE_MICROS);
        }
        expire();
        List<Level> levels = store.levels(limits);
        for (int i = 0; i < limits.size(); i++) {
            assertThat(levels.get(i)).as(where + ", " + limits.get(i)).isEqualTo(model.level(limits.get(i)));
        }
    }

    private void pass() {
        long micros =
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> 0;
                    case 3 -> random.nextInt(1_000);
                    case 4 -> random.nextInt(100_000);
                    case 5 -> random.nextInt(5_000_000);
                    case 6 -> random.nextLong(Duration.ofMinutes(90).toNanos() / 1_000);
                    default ->
                        random.nextInt(6) > 0
                                ? 1
                                : random.nextLong(Duration.ofDays(40).toNanos() / 1_000);
                };
        clock.advanceMicros(micros);
    }

    private long max() {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1, 2, 3 -> 1 + random.nextInt(3);
            case 4 -> 1_000_000_007L + random.nextInt(1_000_000_000);
            case 5 -> Limit.MOST / 64;
            default -> 1 + random.nextInt(1_000);
        };
    }

    private Limit limit(String key) {
        Duration period = Duration.ofMillis(1_000 + random.nextInt(random.nextBoolean() ? 100 : 86_399_001));
        long max = max();
        Window window =
                switch (max == 0 ? 2 * random.nextInt(2) : random.nextInt(3)) {
                    case 0 -> new Window.Sliding(period);
                    case 1 -> new Window.Bucket(period, 1 + random.nextLong(random.nextBoolean() ? 5 : 3 * max));
                    default ->
                        new Window.Calendar(
                                Window.Unit.values()[random.nextInt(4)],
                                ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))));
                };
        return new Limit(key, max, window, List.of(50, 80, 100));
    }

    private long amount(Limit limit) {
        long top = Math.max(1, limit.window() instanceof Window.Bucket bucket ? bucket.burst() : limit.max());
        return switch (random.nextInt(8)) {
            case 0 -> leases == null ? 0 : 1; // in Redis a window that is long over forgets who reserved nothing in it
            case 1 -> top;
            case 2 -> Math.min(Limit.MOST, top + 1 + random.nextInt(5));
            case 3 -> 1;
            default -> random.nextLong(Math.max(1, top / 3)) + 1;
        };
    }

    private long used(Draw draw) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> draw.amount();
            case 2 -> draw.amount() + random.nextInt(50);
            default -> random.nextLong(draw.amount() + 1);
        };
    }
}
