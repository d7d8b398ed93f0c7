package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A question that is being asked, and those who wait for its answer as well. Ends once. Thread-safe. */
final class Flight {

    /** How often those who wait look at the clock. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** A stream that its reader has not moved for so long is not waited for: its client may be slow. */
    static final Duration STALL = Duration.ofSeconds(10);

    /** How it ended for one who waited. */
    enum End {
        /** There is an answer for all. */
        LANDED,
        /** There is an answer, which is not to be shared. */
        UNSHARED,
        /** There is none. */
        FAILED,
        /** It was not waited for any longer. */
        LATE
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private End end;
    private Kept kept;
    private volatile long movedNanos = -1;
    private volatile Call asker;

    /** Notes whose call is asking. */
    void askedBy(Call call) {
        asker = call;
    }

    /** Whether it is a call's own: to wait for it would be to wait for itself. */
    boolean isOf(Call call) {
        return asker == call;
    }

    /** Notes that an event of its stream has been taken. */
    void moved(long nanos) {
        movedNanos = nanos;
    }

    /** Ends with an answer; null for one that is not to be shared. */
    void land(Kept answer) {
        end(answer == null ? End.UNSHARED : End.LANDED, answer);
    }

    /** Ends without. */
    void fail() {
        end(End.FAILED, null);
    }

    private void end(End how, Kept answer) {
        lock.lock();
        try {
            if (end == null) {
                end = how;
                kept = answer;
                over.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The answer that it has landed with. */
    Kept kept() {
        lock.lock();
        try {
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the end.
     *
     * @param call who waits: its own deadline and client count, nobody else's
     * @param most how long at most
     * @throws Problem {@code upstream_timeout} when its own time is up, and what its cancellation says when it is cancelled
     */
    End await(Call call, Duration most) {
        long until = call.ticker().nanos() + most.toNanos();
        long begun = call.ticker().nanos();
        Runnable wake = this::wake;
        call.cancellation().onCancel(wake);
        lock.lock();
        try {
            while (end == null) {
                long now = call.ticker().nanos();
                if (call.cancellation().cancelled()) {
                    throw call.cancellation().problem();
                }
                checkTime(call);
                boolean stalls = movedNanos >= 0 && now - Math.max(begun, movedNanos) >= STALL.toNanos();
                if (until - now <= 0 || stalls) {
                    return End.LATE;
                }
                over.await(Math.min(LOOK.toNanos(), until - now), TimeUnit.NANOSECONDS);
            }
            return end;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return End.LATE;
        } finally {
            lock.unlock();
            call.cancellation().forget(wake);
        }
    }

    /** Whether its stream has not been moved for too long. */
    boolean stalls(long nanos) {
        return movedNanos >= 0 && nanos - movedNanos >= STALL.toNanos();
    }

    /** @throws Problem {@code upstream_timeout} when the time of a call that waits is up */
    static void checkTime(Call call) {
        if (call.timeLeft().isZero()) {
            throw Problem.of(ErrorCode.UPSTREAM_TIMEOUT, "No model has answered in time.")
                    .withDetail("waited for the answer to the same question, asked before");
        }
    }

    private void wake() {
        lock.lock();
        try {
            over.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
