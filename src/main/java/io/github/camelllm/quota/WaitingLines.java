package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.store.Decision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Calls that wait for a limit, in the order in which they came: only the first of a line asks the store again. Thread-safe.
 *
 * <p>The order is that of one instance: instances that share a store do not know of each other's lines.
 */
final class WaitingLines {

    /** How long the first of a line waits at most before it asks again: another instance may have given something back. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Deque<Condition>> lines = new HashMap<>();
    private volatile boolean empty = true;
    private volatile int most = 100;

    /** Sets how many calls may wait, in all lines. */
    void most(int newMost) {
        this.most = newMost;
    }

    /** Whether as many calls wait as may. */
    boolean isFull() {
        return size() >= most;
    }

    /** Whether calls wait for the limit of that key. */
    boolean isWaitedFor(String key) {
        if (empty) {
            return false;
        }
        lock.lock();
        try {
            return lines.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    /** How many calls wait, in all lines. */
    int size() {
        lock.lock();
        try {
            return lines.values().stream().mapToInt(Deque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Something has come back, or time has moved: the first of each line asks again. */
    void wake() {
        if (empty) {
            return;
        }
        lock.lock();
        try {
            lines.values().forEach(line -> line.peek().signal());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits in line for a limit.
     *
     * @param most how long at most
     * @param ask asks the store; called once at least, unless the client leaves before
     * @param isSettled whether the line has nothing more to wait for after that decision
     * @return the last decision; null when the call was cancelled or its time was up before it could ask
     */
    Decision await(Call call, String key, Duration most, Supplier<Decision> ask, Predicate<Decision> isSettled) {
        long until =
                call.ticker().nanos() + Math.min(most.toNanos(), call.timeLeft().toNanos());
        Condition turn = lock.newCondition();
        Runnable wake = () -> signal(turn);
        call.cancellation().onCancel(wake);
        enter(key, turn);
        try {
            Decision decision = null;
            while (true) {
                Duration pause = LOOK;
                if (isFirst(key, turn)) {
                    decision = ask.get();
                    if (isSettled.test(decision)) {
                        return decision;
                    }
                    pause = decision instanceof Decision.Refused refused
                                    && refused.retryAfter().compareTo(LOOK) < 0
                            ? refused.retryAfter()
                            : LOOK;
                }
                long left = until - call.ticker().nanos();
                if (left <= 0 || call.cancellation().cancelled()) {
                    return decision;
                }
                sleep(turn, Math.min(left, Math.max(1_000_000, pause.toNanos())));
                if (call.cancellation().cancelled()) {
                    return null;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            leave(key, turn);
            call.cancellation().forget(wake);
        }
    }

    private void signal(Condition turn) {
        lock.lock();
        try {
            turn.signal();
        } finally {
            lock.unlock();
        }
    }

    private void enter(String key, Condition turn) {
        lock.lock();
        try {
            lines.computeIfAbsent(key, any -> new ArrayDeque<>()).add(turn);
            empty = false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFirst(String key, Condition turn) {
        lock.lock();
        try {
            return lines.get(key).peek() == turn;
        } finally {
            lock.unlock();
        }
    }

    private void leave(String key, Condition turn) {
        lock.lock();
        try {
            Deque<Condition> line = lines.get(key);
            line.remove(turn);
            if (line.isEmpty()) {
                lines.remove(key);
                empty = lines.isEmpty();
            } else {
                line.peek().signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void sleep(Condition turn, long nanos) throws InterruptedException {
        lock.lock();
        try {
            turn.awaitNanos(nanos);
        } finally {
            lock.unlock();
        }
    }
}
