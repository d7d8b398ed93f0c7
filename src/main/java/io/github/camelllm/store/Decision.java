package io.github.camelllm.store;

import java.time.Duration;
import java.util.List;

/** Whether a reservation was made. */
public sealed interface Decision {

    /**
     * All of it was taken.
     *
     * @param levels how each limit stands after it, in the order of the draws; empty where nobody knows ({@link
     *     Reservation#counted} is false then)
     */
    record Granted(Reservation reservation, List<Level> levels) implements Decision {
        public Granted {
            levels = List.copyOf(levels);
        }
    }

    /**
     * Nothing was taken.
     *
     * @param index which draw is in the way; of several, the one that frees last
     * @param level how its limit stands
     * @param retryAfter until the draw could be made if nothing more is taken before; null when it never can, for it is larger
     *     than the limit
     */
    record Refused(int index, Level level, Duration retryAfter) implements Decision {}

    /** Nobody could count, and the setting for that is to deny. */
    record Unavailable() implements Decision {}
}
