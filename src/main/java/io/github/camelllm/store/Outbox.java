package io.github.camelllm.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settlements on their way to Redis. Those that do not arrive are kept, up to a number, and sent again; a settlement that is sent
 * twice counts once. Thread-safe.
 */
final class Outbox {

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** How many settlements are kept, those under way included. */
    static final int MOST = 100_000;

    private static final int BATCH = 256;
    private static final long SELDOM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Function<Settlement, CompletableFuture<List<RedisStore.Told>>> redis;
    private final Consumer<RedisStore.Told> alerts;
    private final Consumer<Throwable> onFailure;
    private final int most;
    private final Meanwhile meanwhile;
    private final Queue<Settlement> kept = new ConcurrentLinkedQueue<>();
    private final Queue<Settlement> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final LongAdder lost = new LongAdder();
    private volatile long quietUntil = System.nanoTime();

    /**
     * An empty one.
     *
     * @param redis settles, and never throws
     * @param alerts told of what settlements reach
     * @param onFailure told when one does not arrive
     */
    Outbox(
            Function<Settlement, CompletableFuture<List<RedisStore.Told>>> redis,
            Consumer<RedisStore.Told> alerts,
            Consumer<Throwable> onFailure,
            int most) {
        this.redis = redis;
        this.alerts = alerts;
        this.onFailure = onFailure;
        this.most = most;
        this.meanwhile = new Meanwhile(most);
    }

    /** Takes over what a reservation has used that Redis knows nothing of; it is sent with the next {@link #flush}. */
    void use(Reservation reservation, long[] used) {
        if (!meanwhile.add(reservation.draws(), used, reservation.atMicros())) {
            lose(reservation.id(), "more than " + most + " limits wait already");
        }
    }

    /** Takes a settlement over, and sends it unless it is to be kept for later. */
    void add(Settlement settlement, boolean now) {
        if (size.incrementAndGet() > most) {
            size.decrementAndGet();
            lose(settlement.id(), "more than " + most + " wait already");
        } else if (now) {
            send(settlement);
        } else {
            kept.add(settlement);
        }
    }

    private CompletableFuture<Boolean> send(Settlement settlement) {
        underWay.incrementAndGet();
        return redis.apply(settlement).handle((told, failure) -> {
            if (failure == null) {
                arrived.add(settlement);
                size.decrementAndGet();
                told.forEach(alerts);
            } else if (RedisStore.isOfThisAlone(failure)) {
                size.decrementAndGet();
                lose(settlement.id(), failure.toString());
            } else {
                kept.add(settlement);
                onFailure.accept(failure);
            }
            underWay.decrementAndGet();
            return failure == null;
        });
    }

    private void lose(String id, String why) {
        lost.add(1);
        long now = System.nanoTime();
        if (now - quietUntil >= 0) {
            quietUntil = now + SELDOM_NANOS;
            LOG.error(
                    "the settlement of {} is lost, {} in all: {}. What was used is missing in the counters",
                    id,
                    lost.sum(),
                    why);
        }
    }

    /**
     * Sends what is kept, and waits for it. What comes in meanwhile stays for the next time: under load there would be no end.
     *
     * @param holder who settles what Redis holds no reservation of
     * @return whether all of it has arrived
     */
    boolean flush(String holder, long deadlineNanos) throws InterruptedException {
        for (Settlement settlement : meanwhile.take(holder)) {
            size.incrementAndGet();
            kept.add(settlement);
        }
        for (int left = kept.size(); left > 0; left -= BATCH) {
            List<CompletableFuture<Boolean>> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(BATCH, left); i++) {
                Settlement next = kept.poll();
                if (next != null) {
                    batch.add(send(next));
                }
            }
            for (CompletableFuture<Boolean> each : batch) {
                try {
                    if (!each.get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                        return false;
                    }
                } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Those that have arrived and were not taken here before, by holder: their ids, 2,000 at most. */
    Map<String, List<String>> arrived() {
        Map<String, List<String>> ids = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            Settlement settlement = arrived.poll();
            if (settlement == null) {
                break;
            }
            ids.computeIfAbsent(settlement.holder(), holder -> new ArrayList<>())
                    .add(settlement.id());
        }
        return ids;
    }

    /** How many have not arrived. */
    int size() {
        return size.get() + meanwhile.size();
    }

    /** How many have been sent and neither arrived nor failed. */
    int underWay() {
        return underWay.get();
    }

    /** How many did not fit, or cannot be settled. */
    long lost() {
        return lost.sum();
    }
}
