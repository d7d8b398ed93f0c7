package io.github.camelllm.call;

import java.util.ArrayList;
import java.util.List;

/**
 * The news that nobody wants the answer any more: the client left, or a shutdown ran out of patience.
 *
 * <p>Whoever holds something that must stop at once (an upstream connection, a stream) registers how. Thread-safe.
 */
public final class Cancellation {

    private final List<Runnable> actions = new ArrayList<>(2);
    private boolean cancelled;

    /** Runs the action when the call is cancelled; at once if it has been. */
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Forgets an action. */
    public synchronized void forget(Runnable action) {
        actions.remove(action);
    }

    /** Cancels the call: runs every action once, the last registered first. Later calls do nothing. */
    public void cancel() {
        List<Runnable> toRun;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            toRun = List.copyOf(actions);
            actions.clear();
        }
        RuntimeException failure = null;
        for (int i = toRun.size() - 1; i >= 0; i--) {
            try {
                toRun.get(i).run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Whether the call has been cancelled. */
    public synchronized boolean cancelled() {
        return cancelled;
    }
}
