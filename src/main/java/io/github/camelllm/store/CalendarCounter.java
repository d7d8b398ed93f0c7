package io.github.camelllm.store;

import java.time.Duration;
import java.util.List;

/** Counts windows of the calendar. What was reserved in one belongs to it, however late it is settled. */
final class CalendarCounter extends Counter {

    private static final long HOUR = 3_600_000_000L;

    private final Window.Calendar calendar;
    private Tally newest;
    private Tally current;
    private long touched;

    /** One window's sums; those of other windows hang on it, the latest seen first. */
    private static final class Tally {
        private final Span span;
        private long used;
        private long reserved;
        private int told;
        private int open; // reservations that are not settled, those of nothing too
        private Tally next;

        Tally(Span span, Tally next) {
            this.span = span;
            this.next = next;
        }
    }

    CalendarCounter(Window.Calendar calendar) {
        this.calendar = calendar;
    }

    /** One that stands so in a window. */
    CalendarCounter(Window.Calendar calendar, Span span, long used, long reserved) {
        this(calendar);
        newest = new Tally(span, null);
        newest.used = used;
        newest.reserved = reserved;
        current = newest;
    }

    @Override
    long turn(Limit limit, Moment now) {
        touched = now.steady();
        if (current == null || !current.span.contains(now.wall())) {
            current = find(now.wall());
            if (current == null) {
                prune();
                newest = new Tally(Span.of(calendar, now.wall()), newest);
                current = newest;
            }
        }
        return current.span.start();
    }

    private Tally find(long wall) {
        Tally tally = newest;
        while (tally != null && !tally.span.contains(wall)) {
            tally = tally.next;
        }
        return tally;
    }

    /** Keeps the latest seen, for a clock that goes back, and those that something is reserved in. */
    private void prune() {
        Tally kept = newest;
        while (kept != null) {
            while (kept.next != null && kept.next.open == 0) {
                kept.next = kept.next.next;
            }
            kept = kept.next;
        }
    }

    @Override
    long free(Limit limit) {
        return Math.max(0, limit.max() - current.used - current.reserved);
    }

    @Override
    void take(long start, long amount) {
        current.reserved += amount;
        current.open++;
    }

    @Override
    void settle(long start, long reserved, long used) {
        Tally tally = find(start);
        if (tally != null) {
            tally.reserved -= reserved;
            tally.used += used;
            tally.open--;
        }
    }

    /** The highest share that settled use has reached and that was not told in that window; 0 for none. */
    int toTell(Limit limit, long start) {
        Tally tally = find(start);
        if (tally == null) {
            return 0;
        }
        int reached = reached(limit, tally.used);
        if (reached <= tally.told) {
            return 0;
        }
        tally.told = reached;
        return reached;
    }

    /** The shares told before; {@link #toTell} changes it. */
    int told(long start) {
        Tally tally = find(start);
        return tally == null ? 0 : tally.told;
    }

    /** What has been settled in a window. */
    long used(long start) {
        Tally tally = find(start);
        return tally == null ? 0 : tally.used;
    }

    /** The highest alert share that is reached; 0 for none. */
    static int reached(Limit limit, long used) {
        int reached = 0;
        List<Integer> alerts = limit.alerts();
        for (int i = 0; i < alerts.size(); i++) {
            if (used >= threshold(limit, alerts.get(i))) {
                reached = alerts.get(i);
            }
        }
        return reached;
    }

    /** From what use on a share is reached: at least 1. */
    static long threshold(Limit limit, int percent) {
        long whole = limit.max() / 100 * percent;
        long rest = divideUp(limit.max() % 100 * percent, 100L);
        return Math.max(1, whole + rest);
    }

    @Override
    Level level(Limit limit, Moment now) {
        boolean untouched = current.used == 0 && current.reserved == 0;
        return new Level(
                current.used,
                current.reserved,
                free(limit),
                untouched ? Duration.ZERO : micros(current.span.end() - now.wall()));
    }

    @Override
    Duration untilFree(Limit limit, long amount, Moment now) {
        return amount > limit.max() ? null : micros(current.span.end() - now.wall());
    }

    /** By both clocks, so that a wall clock which jumps ahead for a moment makes nothing forgotten. */
    @Override
    boolean idle(Moment now) {
        for (Tally tally = newest; tally != null; tally = tally.next) {
            long length = Math.min(tally.span.end() - tally.span.start(), 24 * HOUR);
            if (tally.open > 0 || now.wall() < tally.span.end() || now.steady() - touched < length) {
                return false;
            }
        }
        return true;
    }
}
