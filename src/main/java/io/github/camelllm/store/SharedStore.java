package io.github.camelllm.store;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.store.StoreSettings.WhenDown;
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
 * <p>After the first failure nobody waits for Redis again until a probe in the background has had an answer from it. What is used
 * meanwhile is added to its counters before anybody reserves there again. Of a reservation whose answer did not come in time nobody
 * knows whether it was made: it is cancelled.
 */
final class SharedStore implements LimitStore {

    private static final Logger LOG = LoggerFactory.getLogger(SharedStore.class);

    /** Of the time that a call may be held up, what is not spent on waiting. */
    private static final Duration MARGIN = Duration.ofMillis(5);

    /** What a caller is told who wants more than this gateway's share, though not more than the limit. */
    private static final Duration UNTIL_BACK = Duration.ofSeconds(5);

    private final StoreSettings settings;
    private final RedisStore redis;
    private final MemoryStore local;
    private final Outbox outbox;
    private final Availability availability;
    private final Upkeep upkeep;
    private final long waitNanos;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final List<AlertListener> listeners = new CopyOnWriteArrayList<>();

    /** What a reservation is kept by: Redis, the counters here (then {@code shares} is theirs), or nobody. */
    private record Held(String holder, Reservation reservation, Reservation shares, boolean inRedis) {}

    /** Not connected until {@link #start}. */
    SharedStore(StoreSettings settings, Ticker ticker, RedisStore redis) {
        this(settings, ticker, redis, settings.timeout().minus(MARGIN));
    }

    /** For tests that are not about time. */
    SharedStore(StoreSettings settings, Ticker ticker, RedisStore redis, Duration patience) {
        this.settings = settings;
        this.redis = redis;
        this.local = new MemoryStore(ticker);
        this.waitNanos = patience.toNanos();
        this.availability = new Availability(redis.link().name(), settings);
        this.outbox = new Outbox(redis::settle, this::tell, this::failed, Outbox.MOST);
        this.upkeep = new Upkeep(redis, outbox, availability, this::holders, local::tidy, settings.lease());
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
        if (!availability.up()) {
            return without(id, draws);
        }
        String holder = availability.holder();
        Decision decision = answered(redis.reserve(holder, id, draws));
        if (decision instanceof Decision.Granted granted) {
            held.put(id, new Held(holder, granted.reservation(), null, true));
        }
        if (decision != null) {
            return decision;
        }
        outbox.add(Settlement.cancel(holder, id, draws, redis.now()), availability.up());
        return without(id, draws);
    }

    private void failed(Throwable failure) {
        if (RedisStore.isOfThisAlone(failure)) {
            LOG.error("Redis cannot count a call's limits: {}", failure.toString());
        } else if (availability.down(failure)) {
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
        if (!availability.up()) {
            return List.of();
        }
        List<Level> levels = answered(redis.levels(limits));
        return levels == null ? List.of() : levels;
    }

    /** What Redis answers; null when it does not in time, which is noted. */
    private <T> T answered(CompletableFuture<T> answer) {
        try {
            return answer.get(waitNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (TimeoutException e) {
            failed(e);
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
