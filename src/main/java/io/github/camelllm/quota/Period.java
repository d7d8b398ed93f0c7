package io.github.camelllm.quota;

import io.github.camelllm.store.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Over what time a limit counts: the last second or minute, or an hour, day, week or month of the calendar. */
enum Period {
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH;

    /** Whether it is the time just past, and no part of a calendar. */
    boolean isRolling() {
        return this == SECOND || this == MINUTE;
    }

    /**
     * The window of a limit.
     *
     * @param burst how much may be taken at once; 0 for no more than the limit within any such time
     */
    Window window(ZoneId zone, long burst) {
        return switch (this) {
            case SECOND, MINUTE -> {
                Duration length = this == SECOND ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
                yield burst == 0 ? new Window.Sliding(length) : new Window.Bucket(length, burst);
            }
            case HOUR -> new Window.Calendar(Window.Unit.HOUR, zone);
            case DAY -> new Window.Calendar(Window.Unit.DAY, zone);
            case WEEK -> new Window.Calendar(Window.Unit.WEEK, zone);
            case MONTH -> new Window.Calendar(Window.Unit.MONTH, zone);
        };
    }

    /** As the file and messages say it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Period> of(String label) {
        return Arrays.stream(values())
                .filter(period -> period.label().equals(label))
                .findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Period::label).toList();
    }
}
