package io.github.camelllm.store;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.store.StoreSettings.WhenDown;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts in Redis, and does without it while it does not answer.
 *
 * <p>A call waits for its answer as long as the connection lives, which its {@link Heartbeat} says. After the first failure nobody
 * waits for Redis again until a probe in the background has had an answer from it; only where the connection was closed, for the
 * first probe, which is on its way. What is used meanwhile is added to Redis's counters before anybody reserves there again. Of a
 * reservation whose answer did not come nobody knows whether it was made: it is cancelled.
 */
final class SharedStore implements LimitStore {

    private static final Logger LOG = LoggerFactory.getLogger(SharedStore.class);

    /** How long a call waits though Redis is well; far more than it takes to serve those who came before. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long a call waits for another connection when its own was closed, as long as nobody knows whether there is one. */
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    /** What a caller is told who wants more than this gateway's share, though not more than the limit. */
    private static final Duration UNTIL_BACK = Duration.ofSeconds(5);

    private final StoreSettings settings;
    private final RedisStore redis;
    private final MemoryStore local;
    private final Outbox outbox;
    private final Availability availability;
    private final Upkeep upkeep;
    private final Batches batches;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final List<AlertListener> listeners = new CopyOnWriteArrayList<>();

    /** What a reservation is kept by: Redis, the counters here (then {@code shares} is theirs), or nobody. */
    private record Held(String holder, Reservation reservation, Reservation shares, boolean inRedis) {}

    /** Not connected until {@link #start}. */
    SharedStore(StoreSettings settings, Ticker ticker, RedisStore redis) {
        this.settings = settings;
        this.redis = redis;
        this.local = new MemoryStore(ticker);
        this.batches = new Batches(redis::reserve);
        this.availability = new Availability(redis.link().name(), settings);
        this.outbox = new Outbox(redis::settle, this::tell, this::refused, Outbox.MOST);
        this.upkeep =
                new Upkeep(redis, outbox, availability, this::holders, local::tidy, this::refused, settings.lease());
        redis.link().onLoss(this::lost);
    }

    /** Connects in the background, and waits for the first attempt a second at most. */
    void start() {
        upkeep.start(Duration.ofSeconds(1));
    }

    @Override
    public Decision reserve(String id, List<Draw> draws) {
        Draws.check(draws);
        if (held.containsKey(id)) {
            throw new IllegalArgumentException("a reservation '" + id + "' is held already");
        }
        // a second time for those whose connection was closed on them, when there is another at once
        for (int times = 0; times < 2 && availability.up(RECONNECT); times++) {
            String holder = availability.holder();
            Batches.Wish wish = batches.reserve(holder, id, draws);
            Decision decision = answered(wish.decision(), holder);
            if (decision instanceof Decision.Granted granted) {
                held.put(id, new Held(holder, granted.reservation(), null, true));
            }
            if (decision != null) {
                return decision;
            }
            if (wish.isSent()) {
                outbox.add(Settlement.cancel(holder, id, draws, redis.now()), availability.up());
            }
            if (holder.equals(availability.holder())) {
                break; // Redis is well, and has failed on this call
            }
        }
        return without(id, draws);
    }

    /** A call, a settlement or a renewal has failed: with an error of Redis, or because the connection has. */
    private void failed(Throwable failure, String holder) {
        Throwable cause = RedisStore.cause(failure);
        if (RedisStore.isOfThisAlone(cause)) {
            LOG.error("Redis cannot count a call's limits: {}", cause.toString());
        } else if (holder.equals(availability.holder())) {
            boolean told = cause instanceof RedisCommandExecutionException || cause instanceof TimeoutException;
            lost(told ? cause : new Heartbeat.Closed(cause));
        }
    }

    /** Redis has answered with an error; of connections that fail {@link #lost} hears. */
    private void refused(Throwable failure) {
        if (RedisStore.cause(failure) instanceof RedisCommandExecutionException) {
            failed(failure, availability.holder());
        }
    }

    private void lost(Throwable cause) {
        if (availability.down(cause)) {
            upkeep.probeSoon();
        }
    }

    /** Decides without Redis. */
    private Decision without(String id, List<Draw> draws) {
        if (settings.whenDown() == WhenDown.DENY) {
            return new Decision.Unavailable();
        }
        long now = redis.now();
        if (settings.whenDown() == WhenDown.ALLOW) {
            Reservation passed = new Reservation(id, draws, now, false);
            held.put(id, new Held(null, passed, null, false));
            return new Decision.Granted(passed, List.of());
        }
        Decision decision = local.reserve(id, shares(draws));
        if (decision instanceof Decision.Granted granted) {
            Reservation whole = new Reservation(id, draws, now, true);
            held.put(id, new Held(null, whole, granted.reservation(), false));
            return new Decision.Granted(whole, granted.levels());
        }
        if (decision instanceof Decision.Refused refused && refused.retryAfter() == null) {
            Draw draw = draws.get(refused.index());
            boolean fits = draw.amount() <= most(draw.limit());
            return fits ? new Decision.Refused(refused.index(), refused.level(), UNTIL_BACK) : refused;
        }
        return decision;
    }

    private static long most(Limit limit) {
        return limit.window() instanceof Window.Bucket ? BucketCounter.size(limit) : limit.max();
    }

    private List<Draw> shares(List<Draw> draws) {
        List<Draw> shares = new ArrayList<>(draws.size());
        for (Draw draw : draws) {
            shares.add(new Draw(share(draw.limit()), draw.amount()));
        }
        return shares;
    }

    /** This gateway's share of a limit; nobody is alerted by it. */
    private Limit share(Limit limit) {
        Window window = limit.window() instanceof Window.Bucket bucket
                ? new Window.Bucket(bucket.period(), part(bucket.burst()))
                : limit.window();
        return new Limit(limit.key(), part(limit.max()), window, List.of());
    }

    private long part(long most) {
        return most == 0 ? 0 : Math.max(1, most / settings.instances());
    }

    @Override
    public void settle(Reservation reservation, long[] used) {
        Held mine = held.remove(reservation.id());
        if (mine == null) {
            return;
        }
        List<Draw> draws = mine.reservation.draws();
        long[] amounts = Draws.checked(mine.reservation, used);
        if (mine.inRedis) {
            send(new Settlement(mine.holder, reservation.id(), draws, amounts, mine.reservation.atMicros()));
            return;
        }
        if (mine.shares != null) {
            local.settle(mine.shares, amounts);
        }
        outbox.use(mine.reservation, amounts);
    }

    private void send(Settlement settlement) {
        outbox.add(settlement, availability.up());
    }

    private void tell(RedisStore.Told told) {
        Draws.tell(listeners, told.limit(), told.percent(), told.used());
    }

    @Override
    public List<Level> levels(List<Limit> limits) {
        if (!availability.up(RECONNECT)) {
            return List.of();
        }
        List<Level> levels = answered(redis.levels(limits), availability.holder());
        return levels == null ? List.of() : levels;
    }

    /** What Redis answers; null when it does not, which is noted. */
    private <T> T answered(CompletableFuture<T> answer, String holder) {
        try {
            return answer.get(LONGEST_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            failed(e.getCause(), holder);
        } catch (TimeoutException e) {
            failed(e, holder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    /** Whose leases are to be renewed: whoever reserves now, and whoever has not settled all. */
    private Collection<String> holders() {
        Set<String> holders = new HashSet<>();
        holders.add(availability.holder());
        for (Held each : held.values()) {
            if (each.inRedis) {
                holders.add(each.holder);
            }
        }
        return holders;
    }

    @Override
    public void onAlert(AlertListener listener) {
        listeners.add(listener);
    }

    /** Whether Redis counts. */
    boolean up() {
        return availability.up();
    }

    /** How many settlements have not arrived. */
    int waiting() {
        return outbox.size();
    }

    /** How many settlements are lost. */
    long lost() {
        return outbox.lost();
    }

    @Override
    public void close() {
        upkeep.close();
        local.close();
        redis.close();
    }
}
