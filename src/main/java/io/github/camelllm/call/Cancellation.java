package io.github.camelllm.call;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * The news that nobody wants the answer any more: the client left, or a shutdown ran out of patience.
 *
 * <p>Whoever holds something that must stop at once (an upstream connection, a stream) registers how. Thread-safe.
 */
public final class Cancellation {

    private final List<Runnable> actions = new ArrayList<>(2);
    private ErrorCode reason;
    private boolean shielded;

    /** Runs the action when the call is cancelled; at once if it has been. */
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (reason == null) {
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

    /** From now on a client that leaves does not cancel the call: somebody will want its answer all the same. */
    public synchronized void shield() {
        shielded = true;
    }

    /** Cancels the call because its client left. */
    public void cancel() {
        cancel(ErrorCode.CLIENT_GONE);
    }

    /**
     * Cancels the call: runs every action once, the last registered first. Later calls do nothing.
     *
     * @param why {@code client_gone} or {@code shutting_down}
     */
    public void cancel(ErrorCode why) {
        List<Runnable> toRun;
        synchronized (this) {
            if (reason != null || shielded && why == ErrorCode.CLIENT_GONE) {
                return;
            }
            reason = why;
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
        return reason != null;
    }

    /** Why the call was cancelled, as a problem; that its client left where nobody has said so yet. */
    public synchronized Problem problem() {
        return reason == ErrorCode.SHUTTING_DOWN
                ? Problem.shuttingDown()
                : Problem.of(ErrorCode.CLIENT_GONE, "The client left before its answer was whole.");
    }
}
