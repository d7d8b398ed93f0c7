package io.github.camelllm.account;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.FinishedCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Takes finished calls from the threads of the calls and gives them, in order, to a receiver on a thread of its own: a
 * slow receiver fills the queue, and what does not fit is dropped and counted.
 *
 * <p>The prompt's hash is computed on that thread as well. Until then the queue holds on to the prompt, so the prompts
 * that wait are bounded in bytes; beyond that the call's own thread hashes. The tree is read while nobody changes it:
 * the call is over, and the queue publishes it safely.
 *
 * <p>After each batch the thread lingers for {@value #LINGER_MILLIS} ms, so that under load a wake-up is paid for once a
 * batch and not once a call.
 */
final class CompletedQueue {

    private static final int MAX_BATCH = 512;
    private static final long LINGER_MILLIS = 2;
    private static final long MAX_PROMPT_BYTES = 8L << 20;
    private static final int SMALLEST_PROMPT = 1024;

    private record Entry(FinishedCall finished, JsonNode prompt, int promptBytes) {}

    private static final Entry STOP = new Entry(null, null, 0);

    private final BlockingQueue<Entry> queue;
    private final Duration drainTimeout;
    private final Consumer<FinishedCall> receiver;
    private final Tally dropped;
    private final Runnable onDrop;
    private final Progress pending;
    private final AtomicLong promptBytes = new AtomicLong();
    private final Thread worker;
    private volatile boolean open = true;
    private volatile boolean outOfTime;

    /**
     * Starts the thread.
     *
     * @param receiver told of each call; must not throw
     * @param dropped counts what was not handed over
     * @param onDrop called each time the queue was full
     */
    CompletedQueue(AccountSettings settings, Consumer<FinishedCall> receiver, Tally dropped, Runnable onDrop) {
        this.queue = new ArrayBlockingQueue<>(settings.queueSize());
        this.drainTimeout = settings.drainTimeout();
        this.receiver = receiver;
        this.dropped = dropped;
        this.onDrop = onDrop;
        this.pending = new Progress(drainTimeout, System::nanoTime);
        this.worker = new Thread(this::run, "llm-completed");
        worker.setDaemon(true);
        worker.start();
    }

    /**
     * Hands a call over, without ever waiting.
     *
     * @param prompt what its hash is to be made of; null when there is nothing
     * @param requestBytes about the prompt's size
     */
    void offer(FinishedCall finished, JsonNode prompt, int requestBytes) {
        if (!open || queue.remainingCapacity() == 0) {
            drop();
            return;
        }
        Entry entry = entry(finished, prompt, Math.max(SMALLEST_PROMPT, requestBytes));
        pending.begin();
        if (!queue.offer(entry) || (!open && queue.remove(entry))) {
            promptBytes.addAndGet(-entry.promptBytes());
            pending.cancel();
            drop();
        }
    }

    private Entry entry(FinishedCall finished, JsonNode prompt, int bytes) {
        if (prompt == null) {
            return new Entry(finished, null, 0);
        }
        if (promptBytes.addAndGet(bytes) <= MAX_PROMPT_BYTES) {
            return new Entry(finished, prompt, bytes);
        }
        promptBytes.addAndGet(-bytes);
        return new Entry(finished.withPromptHash(PromptHash.of(prompt)), null, 0);
    }

    private void drop() {
        dropped.add(1);
        onDrop.run();
    }

    /** Calls that a stop should wait for: those not yet received, unless the receiver has taken none for too long. */
    int pending() {
        return pending.worthWaitingFor();
    }

    private void run() {
        List<Entry> batch = new ArrayList<>(MAX_BATCH);
        boolean stop = false;
        while (!stop) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                return; // out of time: the stop counts what is left
            }
            queue.drainTo(batch, MAX_BATCH - 1);
            for (Entry entry : batch) {
                stop |= entry == STOP;
                deliver(entry);
            }
            batch.clear();
            if (!stop && queue.isEmpty()) {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS));
            }
        }
    }

    private void deliver(Entry entry) {
        if (entry == STOP) {
            return;
        }
        if (outOfTime) {
            dropped.add(1);
            pending.cancel();
            return;
        }
        try {
            receiver.accept(
                    entry.prompt() == null
                            ? entry.finished()
                            : entry.finished().withPromptHash(PromptHash.of(entry.prompt())));
        } finally {
            promptBytes.addAndGet(-entry.promptBytes());
            pending.end();
        }
    }

    /**
     * Takes no more, waits a bounded time until the receiver has got what is queued, and drops the rest.
     *
     * @return how many were dropped
     */
    int stop() {
        open = false;
        long deadline = System.nanoTime() + drainTimeout.toNanos();
        try {
            if (queue.offer(STOP, drainTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
                worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        outOfTime = true;
        worker.interrupt();
        List<Entry> left = new ArrayList<>();
        queue.drainTo(left);
        left.remove(STOP);
        left.forEach(entry -> pending.cancel());
        dropped.add(left.size());
        return left.size();
    }
}
