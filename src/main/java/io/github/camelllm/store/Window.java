package io.github.camelllm.store;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;

/** Over what time a limit counts. */
public sealed interface Window {

    /**
     * The last {@code period}, whenever one looks: at no moment has more been taken within it than the limit. What was taken
     * frees a sixtieth of the period late at most.
     *
     * @param period one second to one day
     */
    record Sliding(Duration period) implements Window {
        public Sliding {
            check(period);
        }
    }

    /**
     * A token bucket: so much as the limit flows back in each {@code period}, evenly, and up to {@code burst} may be taken at
     * once from a full one. A limit of 0 allows nothing, whatever the burst.
     *
     * @param period one second to one day
     * @param burst the bucket's size; positive
     */
    record Bucket(Duration period, long burst) implements Window {
        public Bucket {
            check(period);
            if (burst <= 0) {
                throw new IllegalArgumentException("burst is " + burst + "; it must be positive");
            }
        }
    }

    /**
     * An hour, day, week or month of the calendar.
     *
     * @param zone where its days begin
     */
    record Calendar(Unit unit, ZoneId zone) implements Window {
        public Calendar {
            Objects.requireNonNull(unit, "unit");
            Objects.requireNonNull(zone, "zone");
        }
    }

    /** The calendar's units. */
    enum Unit {
        HOUR,
        DAY,
        WEEK,
        MONTH
    }

    private static void check(Duration period) {
        if (period.compareTo(Duration.ofSeconds(1)) < 0 || period.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("period is " + period + "; a second to a day is allowed");
        }
    }
}
