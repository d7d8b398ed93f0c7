package io.github.camelllm.call;

import java.util.ArrayList;
import java.util.List;

/** News that comes once or never, and those who wait for it. Thread-safe. */
public final class Notice {

    private final List<Runnable> listeners = new ArrayList<>(1);
    private boolean given;

    /** Gives the news: runs every listener once. Later calls do nothing. */
    public void give() {
        List<Runnable> toRun;
        synchronized (this) {
            given = true;
            toRun = List.copyOf(listeners);
            listeners.clear();
        }
        toRun.forEach(Runnable::run);
    }

    /** Runs the listener when the news comes; at once if it has come. */
    public void listen(Runnable listener) {
        synchronized (this) {
            if (!given) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Whether it has come. */
    public synchronized boolean isGiven() {
        return given;
    }
}
