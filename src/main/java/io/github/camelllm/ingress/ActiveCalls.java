package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls that are under way, by whatever trigger, so that a shutdown can wait for them, and stop those that take too long. */
public final class ActiveCalls {

    private static final Logger LOG = LoggerFactory.getLogger(ActiveCalls.class);

    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private volatile boolean awaited;

    void enter(Call call) {
        calls.add(call);
    }

    void leave(Call call) {
        calls.remove(call);
        if (awaited && calls.isEmpty()) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** How many there are. */
    public int count() {
        return calls.size();
    }

    /**
     * Waits until there are none.
     *
     * @param patience the longest wait
     * @return false when some are left after that time
     */
    public boolean awaitIdle(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            awaited = true;
            while (!calls.isEmpty() && left > 0) {
                // Wakes up now and then, so that no signal can be missed for good.
                long step = Math.min(left, TimeUnit.MILLISECONDS.toNanos(100));
                left -= step - Math.max(0, idle.awaitNanos(step));
            }
            return calls.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Cancels all of them; one that cannot be cancelled in order keeps no other from it. */
    public void cancelAll() {
        for (Call call : calls) {
            try {
                call.cancellation().cancel(ErrorCode.SHUTTING_DOWN);
            } catch (RuntimeException e) {
                LOG.warn("{} could not be cancelled in order", call, e);
            }
        }
    }
}
