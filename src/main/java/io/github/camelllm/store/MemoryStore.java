package io.github.camelllm.store;

import io.github.camelllm.call.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts in this process. One lock keeps all counters, held for a few hundred nanoseconds and never while anybody is waited
 * for or told something. Nothing has a lease here: whoever dies takes the counters along.
 */
public final class MemoryStore implements LimitStore {

    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final CounterTable counters = new CounterTable();
    private final Map<String, Held> held = new HashMap<>();
    private final List<AlertListener> listeners = new CopyOnWriteArrayList<>();

    private record Held(List<Draw> draws, long[] places) {}

    /** An alert that is due. */
    private record Alert(Limit limit, int percent, long used) {}

    /** A store without any use so far. */
    public MemoryStore(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public Decision reserve(String id, List<Draw> draws) {
        Draws.check(draws);
        int size = draws.size();
        Counter[] drawn = new Counter[size];
        long[] places = new long[size];
        lock.lock();
        try {
            if (held.containsKey(id)) {
                throw new IllegalArgumentException("a reservation '" + id + "' is held already");
            }
            Moment now = Moment.of(ticker);
            counters.sweep(now);
            boolean fits = true;
            for (int i = 0; i < size; i++) {
                Draw draw = draws.get(i);
                drawn[i] = counters.get(draw.limit());
                places[i] = drawn[i].turn(draw.limit(), now);
                fits &= draw.amount() <= drawn[i].free(draw.limit());
            }
            if (!fits) {
                return Draws.refusal(draws, drawn, now);
            }
            List<Level> levels = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                drawn[i].take(places[i], draws.get(i).amount());
                levels.add(drawn[i].level(draws.get(i).limit(), now));
            }
            Reservation reservation = new Reservation(id, draws, now.wall(), true);
            held.put(id, new Held(reservation.draws(), places));
            return new Decision.Granted(reservation, levels);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void settle(Reservation reservation, long[] used) {
        long[] amounts = Draws.checked(reservation, used);
        List<Alert> alerts = null;
        lock.lock();
        try {
            Held mine = held.remove(reservation.id());
            if (mine == null) {
                return;
            }
            Moment now = Moment.of(ticker);
            for (int i = 0; i < amounts.length; i++) {
                Draw draw = mine.draws.get(i);
                Counter counter = counters.get(draw.limit());
                if (counter instanceof CalendarCounter calendar) {
                    alerts = settle(calendar, draw, mine.places[i], amounts[i], alerts);
                } else {
                    counter.turn(draw.limit(), now);
                    counter.settle(mine.places[i], draw.amount(), amounts[i]);
                }
            }
        } finally {
            lock.unlock();
        }
        if (alerts != null) {
            alerts.forEach(alert -> Draws.tell(listeners, alert.limit, alert.percent, alert.used));
        }
    }

    private static List<Alert> settle(CalendarCounter counter, Draw draw, long start, long used, List<Alert> alerts) {
        Limit limit = draw.limit();
        counter.settle(start, draw.amount(), used);
        if (limit.alerts().isEmpty()) {
            return alerts;
        }
        int told = counter.told(start);
        int reached = counter.toTell(limit, start);
        List<Alert> due = alerts;
        for (int percent : limit.alerts()) {
            if (told < percent && percent <= reached) {
                due = due == null ? new ArrayList<>() : due;
                due.add(new Alert(limit, percent, counter.used(start)));
            }
        }
        return due;
    }

    @Override
    public List<Level> levels(List<Limit> limits) {
        List<Level> levels = new ArrayList<>(limits.size());
        lock.lock();
        try {
            Moment now = Moment.of(ticker);
            for (Limit limit : limits) {
                Counter counter = counters.find(limit);
                Counter shown = counter == null ? Counter.of(limit.window()) : counter;
                shown.turn(limit, now);
                levels.add(shown.level(limit, now));
            }
        } finally {
            lock.unlock();
        }
        return levels;
    }

    @Override
    public void onAlert(AlertListener listener) {
        listeners.add(listener);
    }

    /** Drops counters that are idle, as each reservation does, for when nobody reserves. */
    void tidy() {
        lock.lock();
        try {
            counters.sweep(Moment.of(ticker));
        } finally {
            lock.unlock();
        }
    }

    /** How many counters are kept. */
    int size() {
        lock.lock();
        try {
            return counters.size();
        } finally {
            lock.unlock();
        }
    }

    /** Does nothing: there is nothing to let go of. */
    @Override
    public void close() {
        // no thread, no connection
    }
}
