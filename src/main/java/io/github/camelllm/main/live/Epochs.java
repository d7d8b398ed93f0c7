package io.github.camelllm.main.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the exchanges in the routes of a context, apart for each time between two edits, so that it is known when the last
 * exchange that began before an edit is done. Thread-safe.
 */
final class Epochs {

    private volatile Epoch current = new Epoch();
    private final Deque<Epoch> past = new ArrayDeque<>();

    /** The time between two edits. */
    static final class Epoch {
        private final LongAdder entered = new LongAdder();
        private final LongAdder left = new LongAdder();

        void leave() {
            left.increment();
        }

        /** Whether all that entered have left: who leaves between the two looks has entered before the second. */
        private boolean isEmpty() {
            long gone = left.sum();
            return entered.sum() == gone;
        }
    }

    /** Counts an exchange that enters a route; whoever calls this calls {@link Epoch#leave} once it is done. */
    Epoch enter() {
        while (true) {
            Epoch epoch = current;
            epoch.entered.increment();
            if (epoch == current) {
                return epoch;
            }
            epoch.leave(); // it has just ended, and nobody may enter it any more
        }
    }

    /** Ends the current epoch and returns it. */
    synchronized Epoch next() {
        Epoch ended = current;
        past.add(ended);
        current = new Epoch();
        return ended;
    }

    /** Whether every exchange that began up to the end of an epoch is done. */
    synchronized boolean isOver(Epoch ended) {
        while (!past.isEmpty() && past.peek().isEmpty()) {
            past.poll();
        }
        return !past.contains(ended);
    }
}
