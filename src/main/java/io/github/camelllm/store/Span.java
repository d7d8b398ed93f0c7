package io.github.camelllm.store;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * One window of a calendar, in microseconds since 1970.
 *
 * @param start its first microsecond
 * @param end the first that is not in it
 */
record Span(long start, long end) {

    boolean contains(long micros) {
        return start <= micros && micros < end;
    }

    /** The window that a moment is in. */
    static Span of(Window.Calendar calendar, long micros) {
        ZonedDateTime now = Moment.instant(micros).atZone(calendar.zone());
        LocalDate day = now.toLocalDate();
        return switch (calendar.unit()) {
            case HOUR -> hour(now);
            case DAY -> days(now, day, day.plusDays(1));
            case WEEK -> {
                LocalDate monday = day.minusDays(day.getDayOfWeek().getValue() - 1L);
                yield days(now, monday, monday.plusWeeks(1));
            }
            case MONTH -> days(now, day.withDayOfMonth(1), day.with(TemporalAdjusters.firstDayOfNextMonth()));
        };
    }

    /** The window before this one. */
    Span before(Window.Calendar calendar) {
        return of(calendar, start - 1);
    }

    /** The window after this one. */
    Span after(Window.Calendar calendar) {
        return of(calendar, end);
    }

    private static Span days(ZonedDateTime now, LocalDate first, LocalDate next) {
        return new Span(
                Moment.micros(first.atStartOfDay(now.getZone()).toInstant()),
                Moment.micros(next.atStartOfDay(now.getZone()).toInstant()));
    }

    /** Cut where the zone's clocks are put forward or back, so that an hour which comes twice is two windows. */
    private static Span hour(ZonedDateTime now) {
        ZonedDateTime full = now.truncatedTo(ChronoUnit.HOURS);
        Instant start = now.toInstant().minus(Duration.between(full.toLocalDateTime(), now.toLocalDateTime()));
        Instant end = start.plus(1, ChronoUnit.HOURS);
        ZoneRules rules = now.getZone().getRules();
        Instant instant = now.toInstant();
        ZoneOffsetTransition last = rules.previousTransition(instant.plusNanos(1));
        if (last != null && last.getInstant().isAfter(start)) {
            start = last.getInstant();
        }
        ZoneOffsetTransition next = rules.nextTransition(instant);
        if (next != null && next.getInstant().isBefore(end)) {
            end = next.getInstant();
        }
        return new Span(Moment.micros(start), Moment.micros(end));
    }
}
