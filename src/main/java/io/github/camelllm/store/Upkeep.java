package io.github.camelllm.store;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread behind a {@link SharedStore}: connects, probes while Redis is down, renews leases, and sends what is kept.
 *
 * <p>It goes by the machine's clock, since it is Redis's leases that it renews.
 */
final class Upkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private static final long TICK_MILLIS = 100;
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NANOS =
            TimeUnit.SECONDS.toNanos(5); // so that a Redis which dies while nobody calls is noticed
    private static final int PROBES_A_CONNECTION = 5;

    private final RedisStore redis;
    private final Outbox outbox;
    private final Availability availability;
    private final Supplier<Collection<String>> holders;
    private final Runnable tidy;
    private final Consumer<Throwable> onFailure;
    private final long renewNanos;
    private final ScheduledExecutorService thread;
    private final CountDownLatch tried = new CountDownLatch(1);
    private long renewedNanos;
    private int failedProbes;
    private boolean warm;

    /**
     * Does nothing until {@link #start}.
     *
     * @param holders whose leases are to be renewed
     * @param tidy done now and then
     * @param onFailure told when leases could not be renewed
     */
    Upkeep(
            RedisStore redis,
            Outbox outbox,
            Availability availability,
            Supplier<Collection<String>> holders,
            Runnable tidy,
            Consumer<Throwable> onFailure,
            Duration lease) {
        this.redis = redis;
        this.outbox = outbox;
        this.availability = availability;
        this.holders = holders;
        this.tidy = tidy;
        this.onFailure = onFailure;
        this.renewNanos = Math.min(lease.toNanos() / 3, LOOK_NANOS);
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, work -> {
            Thread daemon = new Thread(work, "llm-store");
            daemon.setDaemon(true);
            return daemon;
        });
        one.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.thread = one;
    }

    void start(Duration patience) {
        thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            if (!tried.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.info("the limit store has not answered yet; the gateway starts without waiting for it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Probes at once, for those who have just had no answer. */
    void probeSoon() {
        try {
            thread.execute(this::tick);
        } catch (RejectedExecutionException e) {
            LOG.debug("the store is closed already", e);
        }
    }

    private void tick() {
        try {
            tidy.run();
            if (availability.up() && !redis.link().isOpen()) {
                availability.down(new Heartbeat.Closed(null));
            }
            if (availability.up()) {
                maintain();
            } else {
                probe();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // whatever it is, the next tick must come
            availability.probeFailed(e instanceof ExecutionException ? e.getCause() : e);
        } finally {
            tried.countDown();
        }
    }

    /** Connects if need be; a Redis that takes a write and answers in time is up once it has all that is kept. */
    private void probe() throws InterruptedException, ExecutionException, TimeoutException {
        try {
            if (redis.connect(FIRST_NANOS) && !warm) {
                redis.warmUp(availability.holder(), FIRST_NANOS);
                warm = true;
            }
            redis.renew(holders.get()).get(PROBE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            if (++failedProbes % PROBES_A_CONNECTION == 0) {
                redis.link().drop();
            }
            throw e;
        }
        renewedNanos = System.nanoTime();
        if (outbox.flush(availability.holder(), System.nanoTime() + FLUSH_NANOS)) {
            failedProbes = 0;
            availability.answered();
        }
    }

    private void maintain() throws InterruptedException {
        long now = System.nanoTime();
        outbox.flush(availability.holder(), now + FLUSH_NANOS);
        outbox.arrived().forEach(redis::forget);
        if (now - renewedNanos >= renewNanos) {
            redis.renew(holders.get()).whenComplete((done, failure) -> {
                if (failure != null) {
                    onFailure.accept(failure);
                }
            });
            renewedNanos = now;
        }
    }

    /** Sends what is kept, for some seconds at most. */
    @Override
    public void close() {
        thread.shutdown();
        long deadline = System.nanoTime() + CLOSE_NANOS;
        boolean interrupted = false;
        try {
            thread.awaitTermination(500, TimeUnit.MILLISECONDS);
            thread.shutdownNow();
            if (outbox.size() > 0 && redis.link().isOpen()) {
                outbox.flush(availability.holder(), deadline);
            }
            while (outbox.underWay() > 0 && System.nanoTime() < deadline && !Thread.interrupted()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (outbox.size() > 0) {
            LOG.error("{} settlements did not reach the limit store: what was used is missing there", outbox.size());
        }
        availability.closed();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
