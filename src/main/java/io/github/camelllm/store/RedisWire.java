package io.github.camelllm.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How limits are named and written in Redis, and counters read from its answers. */
final class RedisWire {

    /** One hash tag, so that all keys are in one slot of a cluster and a script may use them together. */
    private static final String TAG = "{llm}:";

    static final String HOLDERS = TAG + "holders";

    private static final long SECOND = 1_000_000;

    /** A window with its neighbours: Redis's clock decides which one it is. */
    private record Spans(Span before, Span now, Span after) {}

    private final Map<Window.Calendar, Spans> spans = new ConcurrentHashMap<>();

    static String holds(String holder) {
        return TAG + "holds:" + holder;
    }

    static String done(String holder) {
        return TAG + "done:" + holder;
    }

    static String key(Limit limit) {
        Window window = limit.window();
        if (window instanceof Window.Sliding sliding) {
            return TAG + "s" + SlidingCounter.length(sliding) + ":" + limit.key();
        }
        if (window instanceof Window.Calendar calendar) {
            return TAG + "c" + calendar.unit() + ":" + calendar.zone().getId() + ":" + limit.key();
        }
        return TAG + "b:" + limit.key();
    }

    static String kind(Limit limit) {
        Window window = limit.window();
        return window instanceof Window.Sliding ? "s" : window instanceof Window.Bucket ? "b" : "c";
    }

    /**
     * Writes what the scripts must know of a limit's window: four arguments.
     *
     * @param now about what Redis's clock says, in microseconds
     */
    void window(Limit limit, long now, String[] into, int at) {
        Window window = limit.window();
        if (window instanceof Window.Sliding sliding) {
            write(into, at, SlidingCounter.length(sliding), 0, 0, 0);
        } else if (window instanceof Window.Bucket bucket) {
            write(into, at, BucketCounter.period(bucket), limit.max(), BucketCounter.size(limit), 0);
        } else {
            Spans near = spans((Window.Calendar) window, now);
            write(
                    into,
                    at,
                    near.before.start() / SECOND,
                    near.now.start() / SECOND,
                    near.after.start() / SECOND,
                    near.after.end() / SECOND);
        }
    }

    private static void write(String[] into, int at, long... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            into[at + i] = Long.toString(numbers[i]);
        }
    }

    private Spans spans(Window.Calendar calendar, long now) {
        Spans known = spans.get(calendar);
        if (known == null || !known.now.contains(now)) {
            Span span = Span.of(calendar, now);
            known = new Spans(span.before(calendar), span, span.after(calendar));
            spans.put(calendar, known);
        }
        return known;
    }

    /** Where in its window's counter something is counted that happened at that moment. */
    static long place(Limit limit, long micros) {
        Window window = limit.window();
        if (window instanceof Window.Sliding sliding) {
            return Math.floorDiv(micros, SlidingCounter.length(sliding));
        }
        return window instanceof Window.Calendar calendar
                ? Span.of(calendar, micros).start() / SECOND
                : 0;
    }

    /** A moment that is counted at that place. */
    static long micros(Limit limit, long place) {
        return limit.window() instanceof Window.Sliding sliding
                ? place * SlidingCounter.length(sliding)
                : place * SECOND;
    }

    /**
     * Writes what {@code settle.lua} must know of a draw besides kind and use: its place at that moment, and three arguments.
     */
    void settled(Limit limit, long micros, String[] into, int at) {
        Window window = limit.window();
        into[at + 3] = "";
        if (window instanceof Window.Sliding sliding) {
            write(into, at, place(limit, micros), SlidingCounter.length(sliding), 0);
        } else if (window instanceof Window.Bucket bucket) {
            write(into, at, 0, BucketCounter.period(bucket), limit.max());
        } else {
            Window.Calendar calendar = (Window.Calendar) window;
            Spans near = spans.get(calendar);
            Span span = near != null && near.now.contains(micros) ? near.now : Span.of(calendar, micros);
            write(into, at, span.start() / SECOND, span.end() / SECOND, 0);
            into[at + 3] = alerts(limit);
        }
    }

    private static String alerts(Limit limit) {
        StringBuilder text = new StringBuilder();
        for (int percent : limit.alerts()) {
            text.append(percent)
                    .append('=')
                    .append(CalendarCounter.threshold(limit, percent))
                    .append(',');
        }
        return text.toString();
    }

    /** The counter that a state from a script describes. */
    static Counter counter(Limit limit, List<?> state, Moment now) {
        Window window = limit.window();
        Counter counter;
        if (window instanceof Window.Sliding sliding) {
            counter = sliding(sliding, limit, state, now);
        } else if (window instanceof Window.Bucket) {
            counter = new BucketCounter(number(state, 1), number(state, 2), number(state, 3), now.steady() / 1_000);
        } else {
            Window.Calendar calendar = (Window.Calendar) window;
            Span span = Span.of(calendar, number(state, 0) * SECOND);
            counter = new CalendarCounter(calendar, span, number(state, 1), number(state, 2));
        }
        counter.turn(limit, now);
        return counter;
    }

    /** Either the sums of all parts, with the newest, or a list of fields and values. */
    private static Counter sliding(Window.Sliding window, Limit limit, List<?> state, Moment now) {
        SlidingCounter counter = new SlidingCounter(window);
        counter.turn(limit, now);
        if (!(state.get(1) instanceof List<?> fields)) {
            counter.change(number(state, 0), number(state, 1), number(state, 2));
            return counter;
        }
        for (int i = 0; i < fields.size(); i += 2) {
            String field = (String) fields.get(i);
            long value = Long.parseLong((String) fields.get(i + 1));
            if (Character.isDigit(field.charAt(0))) {
                counter.change(Long.parseLong(field), value, 0);
            }
        }
        for (int i = 0; i < fields.size(); i += 2) {
            String field = (String) fields.get(i);
            if (field.length() > 1 && field.charAt(0) == 'r') {
                counter.change(Long.parseLong(field.substring(1)), 0, Long.parseLong((String) fields.get(i + 1)));
            }
        }
        return counter;
    }

    static long number(List<?> numbers, int at) {
        return ((Number) numbers.get(at)).longValue();
    }
}
