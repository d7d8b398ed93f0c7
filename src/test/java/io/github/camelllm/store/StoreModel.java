package io.github.camelllm.store;

import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a store of limits must do, written to be plainly right and not to be fast: it remembers each reservation for ever and adds
 * up anew whenever it is asked. Both clocks are one here.
 */
final class StoreModel {

    /** What was reserved or used of one limit. */
    private static final class Entry {
        final Limit limit;
        final long at;
        long reserved;
        long used;

        Entry(Limit limit, long at, long reserved) {
            this.limit = limit;
            this.at = at;
            this.reserved = reserved;
        }

        long taken() {
            return reserved + used;
        }
    }

    /** A bucket as a fraction: what is missing, times its period in milliseconds. */
    private static final class Bucket {
        BigInteger missing = BigInteger.ZERO;
        long reserved;
        long atMillis;
    }

    private static final class Hold {
        final String holder;
        final List<Entry> entries;
        boolean lost;

        Hold(String holder, List<Entry> entries) {
            this.holder = holder;
            this.entries = entries;
        }
    }

    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final Map<String, Bucket> buckets = new HashMap<>();
    private final Map<String, Hold> holds = new LinkedHashMap<>();
    private final Map<String, Integer> told = new HashMap<>();
    private final List<String> alerts = new ArrayList<>();
    private long now;

    void now(long micros) {
        now = micros;
    }

    /** Null when it is granted, else what is expected of the refusal. */
    Decision.Refused reserve(String holder, String id, List<Draw> draws) {
        int refused = -1;
        long longest = -1;
        for (int i = 0; i < draws.size(); i++) {
            Draw draw = draws.get(i);
            if (draw.amount() > free(draw.limit(), now)) {
                long wait = untilFree(draw);
                if (wait > longest) {
                    refused = i;
                    longest = wait;
                }
            }
        }
        if (refused >= 0) {
            return new Decision.Refused(
                    refused, level(draws.get(refused).limit()), longest == Long.MAX_VALUE ? null : micros(longest));
        }
        List<Entry> taken = new ArrayList<>();
        for (Draw draw : draws) {
            taken.add(take(draw.limit(), now, draw.amount()));
        }
        holds.put(id, new Hold(holder, taken));
        return null;
    }

    private Entry take(Limit limit, long at, long reserved) {
        Entry entry = new Entry(limit, at, reserved);
        if (limit.window() instanceof Window.Bucket) {
            Bucket bucket = bucket(limit, now);
            bucket.missing = bucket.missing.add(scaled(limit, reserved));
            bucket.reserved += reserved;
        } else {
            entries.computeIfAbsent(limit.key(), key -> new ArrayList<>()).add(entry);
        }
        return entry;
    }

    /** Only the first time counts. */
    void settle(String id, long[] used) {
        Hold hold = holds.remove(id);
        if (hold != null) {
            for (int i = 0; i < used.length; i++) {
                settle(hold.entries.get(i), used[i]);
            }
        }
    }

    private void settle(Entry entry, long used) {
        Limit limit = entry.limit;
        if (limit.window() instanceof Window.Bucket) {
            Bucket bucket = bucket(limit, now);
            bucket.missing =
                    bucket.missing.add(scaled(limit, used - entry.reserved)).max(BigInteger.ZERO);
            bucket.reserved -= entry.reserved;
        }
        entry.reserved = 0;
        entry.used = used;
        if (limit.window() instanceof Window.Calendar calendar) {
            String window = limit.key() + " " + name(calendar, entry.at);
            long sum = entries.get(limit.key()).stream()
                    .filter(other -> name(calendar, other.at).equals(name(calendar, entry.at)))
                    .mapToLong(other -> other.used)
                    .sum();
            for (int percent : limit.alerts()) {
                BigInteger share = BigInteger.valueOf(limit.max()).multiply(BigInteger.valueOf(percent));
                boolean reached = sum > 0
                        && BigInteger.valueOf(sum)
                                        .multiply(BigInteger.valueOf(100))
                                        .compareTo(share)
                                >= 0;
                if (reached && told.getOrDefault(window, 0) < percent) {
                    told.put(window, percent);
                    alerts.add(limit.key() + " " + percent + " " + sum);
                }
            }
        }
    }

    /** Gives back what a dead holder has reserved; what it settles later is use alone. */
    void expire(String holder) {
        for (Hold hold : holds.values()) {
            if (hold.holder.equals(holder)) {
                hold.lost = true;
                for (Entry entry : hold.entries) {
                    if (entry.limit.window() instanceof Window.Bucket) {
                        Bucket bucket = bucket(entry.limit, now);
                        bucket.missing = bucket.missing
                                .subtract(scaled(entry.limit, entry.reserved))
                                .max(BigInteger.ZERO);
                        bucket.reserved -= entry.reserved;
                    }
                    entry.reserved = 0;
                }
            }
        }
    }

    /** Whether its holder has lost it and one of its windows is over: whether that window is still told of its use is open. */
    boolean isForgotten(String id) {
        Hold hold = holds.get(id);
        return hold.lost
                && hold.entries.stream()
                        .anyMatch(entry -> entry.limit.window() instanceof Window.Calendar calendar
                                && !counts(calendar, entry.at, now));
    }

    /** The alerts so far, as "key percent used". */
    List<String> alerts() {
        return alerts;
    }

    Level level(Limit limit) {
        long used;
        long reserved;
        if (limit.window() instanceof Window.Bucket) {
            Bucket bucket = bucket(limit, now);
            long missing = whole(limit, bucket.missing);
            reserved = Math.min(bucket.reserved, missing);
            used = missing - reserved;
        } else {
            used = counting(limit, now).stream().mapToLong(entry -> entry.used).sum();
            reserved = counting(limit, now).stream()
                    .mapToLong(entry -> entry.reserved)
                    .sum();
        }
        return new Level(used, reserved, Math.max(0, free(limit, now)), micros(untilAllFree(limit)));
    }

    private long free(Limit limit, long at) {
        if (limit.window() instanceof Window.Bucket window) {
            return Math.max(0, (limit.max() == 0 ? 0 : window.burst()) - whole(limit, missingAt(limit, at)));
        }
        return Math.max(
                0,
                limit.max()
                        - counting(limit, at).stream().mapToLong(Entry::taken).sum());
    }

    private List<Entry> counting(Limit limit, long at) {
        return entries.getOrDefault(limit.key(), List.of()).stream()
                .filter(entry -> counts(limit.window(), entry.at, at))
                .toList();
    }

    private static boolean counts(Window window, long taken, long at) {
        if (window instanceof Window.Calendar calendar) {
            return name(calendar, taken).equals(name(calendar, at));
        }
        long part = part((Window.Sliding) window);
        return taken / part >= at / part - 60;
    }

    private static long part(Window.Sliding window) {
        return BigInteger.valueOf(window.period().toNanos())
                .add(BigInteger.valueOf(59_999))
                .divide(BigInteger.valueOf(60_000))
                .longValueExact();
    }

    /** The window's name: the same at two moments means the same window. */
    static String name(Window.Calendar calendar, long micros) {
        ZonedDateTime time = Moment.instant(micros).atZone(calendar.zone());
        return switch (calendar.unit()) {
            case HOUR -> LocalDateTime.from(time).truncatedTo(ChronoUnit.HOURS) + " " + time.getOffset();
            case DAY -> time.toLocalDate().toString();
            case WEEK ->
                time.get(java.time.temporal.IsoFields.WEEK_BASED_YEAR) + " "
                        + time.get(java.time.temporal.IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case MONTH -> YearMonth.from(time).toString();
        };
    }

    private long untilFree(Draw draw) {
        Limit limit = draw.limit();
        long most = limit.window() instanceof Window.Bucket bucket && limit.max() > 0 ? bucket.burst() : limit.max();
        return draw.amount() > most ? Long.MAX_VALUE : first(at -> free(limit, at) >= draw.amount()) - now;
    }

    private long untilAllFree(Limit limit) {
        return first(at -> limit.window() instanceof Window.Bucket
                        ? missingAt(limit, at).signum() == 0
                        : counting(limit, at).stream().allMatch(entry -> entry.taken() == 0))
                - now;
    }

    /** The first moment at which a condition holds that stays true once it is. */
    private long first(java.util.function.LongPredicate condition) {
        if (condition.test(now)) {
            return now;
        }
        long no = now;
        long yes = now + 1;
        while (!condition.test(yes)) {
            no = yes;
            yes = now + 2 * (yes - now);
        }
        while (yes - no > 1) {
            long middle = no + (yes - no) / 2;
            if (condition.test(middle)) {
                yes = middle;
            } else {
                no = middle;
            }
        }
        return yes;
    }

    private Bucket bucket(Limit limit, long at) {
        Bucket bucket = buckets.computeIfAbsent(limit.key(), key -> new Bucket());
        bucket.missing = missingAt(limit, at);
        bucket.atMillis = at / 1_000;
        return bucket;
    }

    private BigInteger missingAt(Limit limit, long at) {
        Bucket bucket = buckets.get(limit.key());
        if (bucket == null) {
            return BigInteger.ZERO;
        }
        BigInteger flowed = BigInteger.valueOf(at / 1_000 - bucket.atMillis).multiply(BigInteger.valueOf(limit.max()));
        return bucket.missing.subtract(flowed).max(BigInteger.ZERO);
    }

    private static BigInteger scaled(Limit limit, long amount) {
        return BigInteger.valueOf(amount)
                .multiply(BigInteger.valueOf(
                        ((Window.Bucket) limit.window()).period().toMillis()));
    }

    private static long whole(Limit limit, BigInteger scaled) {
        BigInteger[] parts = scaled.divideAndRemainder(scaled(limit, 1));
        return parts[0].longValueExact() + parts[1].signum();
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
