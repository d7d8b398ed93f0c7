package io.github.camelllm.store;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis answers, and under what name reservations are made there. The alarm is raised here, once each time that this changes.
 *
 * <p>The name changes with each failure. What was reserved under an old one is renewed as long as any of it is known here; what Redis
 * keeps though nobody knows of it, as after a restart from an old copy, ends with that name's lease.
 */
final class Availability {

    private static final Logger LOG = LoggerFactory.getLogger(Availability.class);

    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_PROBES = 32;

    private final String redis;
    private final Words words;
    private final String instance = UUID.randomUUID().toString();
    private boolean alarmed;
    private boolean closedBefore;
    private int failures;
    private int goodProbes;
    private int wanted = 1;
    private long upSince = System.nanoTime();
    private volatile String holder = instance + ":0";
    private volatile boolean up;
    private volatile CompletableFuture<Void> verdict = CompletableFuture.completedFuture(null);

    /**
     * What is told of it.
     *
     * @param what what Redis is used as
     * @param meanwhile what happens while it does not answer
     * @param again what it does once it answers again
     * @param first what is told when it has answered for the first time, before its name
     */
    record Words(String what, String meanwhile, String again, String first) {}

    /** The store of limits: down, without an alarm. */
    Availability(String redis, StoreSettings settings) {
        this(
                redis,
                new Words("limit store", consequence(settings), ", and counts all limits", "limits are counted in"));
    }

    /** Down, without an alarm. */
    Availability(String redis, Words words) {
        this.redis = redis;
        this.words = words;
    }

    boolean up() {
        return up;
    }

    /**
     * Whether Redis answers. Where its connection has just been closed this waits for the first probe.
     *
     * @param patience for how long at most
     */
    boolean up(Duration patience) {
        if (!up && !verdict.isDone()) {
            try {
                verdict.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                return up;
            }
        }
        return up;
    }

    String holder() {
        return holder;
    }

    /**
     * A call has had an error, or the connection has failed. A silent or closed connection alone raises no alarm yet: the probe that
     * follows says whether Redis is down or something was the matter for a moment.
     *
     * @return whether it was up until now
     */
    boolean down(Throwable cause) {
        if (!up) {
            return false;
        }
        synchronized (this) {
            boolean was = up;
            if (was) {
                boolean closed = cause instanceof Heartbeat.Closed;
                boolean steady = System.nanoTime() - upSince >= STEADY_NANOS;
                wanted = steady || closed && !closedBefore ? 1 : Math.min(2 * wanted, MOST_PROBES);
                closedBefore = closed;
                failures++;
                holder = instance + ":" + failures;
                verdict = closed && wanted == 1 ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
                up = false;
                goodProbes = 0;
                if (!closed && !(cause instanceof TimeoutException)) {
                    alarm(cause);
                }
            }
            return was;
        }
    }

    /** A probe has had no answer, or an error. */
    synchronized void probeFailed(Throwable cause) {
        down(cause);
        goodProbes = 0;
        alarm(cause);
        verdict.complete(null);
    }

    private void alarm(Throwable cause) {
        if (!alarmed) {
            alarmed = true;
            LOG.error(
                    "ALARM: the {} {} does not answer ({}); until it does, {}",
                    words.what(),
                    redis,
                    reason(cause),
                    words.meanwhile());
        }
    }

    /**
     * A probe has been answered. One is enough, and more are wanted of a Redis that has failed soon after it was up, so that one which
     * is slow now and then does not hold up a call each time, nor fill the log.
     */
    synchronized void answered() {
        if (!up && ++goodProbes >= wanted) {
            upSince = System.nanoTime();
            up = true;
            if (alarmed) {
                LOG.warn("the {} {} answers again{}", words.what(), redis, words.again());
            } else if (failures > 0) {
                LOG.warn(
                        "the {} {} did not answer for a moment; meanwhile, {}", words.what(), redis, words.meanwhile());
            } else {
                LOG.info("{} {}", words.first(), redis);
            }
            alarmed = false;
        }
        verdict.complete(null);
    }

    /** Nobody asks Redis any more, and nobody need be told. */
    synchronized void closed() {
        up = false;
        alarmed = true;
        verdict.complete(null);
    }

    private static String consequence(StoreSettings settings) {
        return switch (settings.whenDown()) {
            case LOCAL ->
                "each gateway counts by itself, 1/" + settings.instances()
                        + " of each limit (llm.store.when-down=local, llm.store.instances)";
            case ALLOW -> "calls pass uncounted by limits (llm.store.when-down=allow)";
            case DENY -> "calls that have limits are refused (llm.store.when-down=deny)";
        };
    }

    /** Class and message of the innermost cause: none of them holds the URL with its password. */
    private static String reason(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "no answer in time";
        }
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
