package io.github.camelllm.store;

import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Values in Redis. Once its connection has failed nobody asks it again until a probe in the background has been answered. */
final class RedisCache implements SharedCache {

    private static final Logger LOG = LoggerFactory.getLogger(RedisCache.class);

    /** How long a lease outlives a gateway that has died. */
    static final Duration LEASE = Duration.ofSeconds(5);

    private static final String UNSHARED = "-";
    private static final Duration UNSHARED_FOR = Duration.ofSeconds(1);
    private static final long MOST_BYTES_UNDER_WAY = 32L << 20;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SELDOM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String instance = UUID.randomUUID().toString();
    private final AtomicLong tokens = new AtomicLong();
    private final CacheKeys space;
    private final CacheLink link;
    private final CacheSweep sweep;
    private final Availability availability;
    private final Duration timeout;
    private final Duration lease;
    private final AtomicLong underWay = new AtomicLong();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
    private volatile CacheUpkeep upkeep;

    /**
     * @param space what the values are for, which are apart from those of others
     * @param timeout how long a call waits for a store that is silent; for one that serves others, a second
     */
    RedisCache(String url, String space, Duration timeout, Duration lease) {
        this.space = new CacheKeys(space);
        this.timeout = timeout;
        this.lease = lease;
        this.link = new CacheLink(
                url,
                this.space,
                message -> {
                    CacheUpkeep current = upkeep;
                    if (current != null) {
                        current.heard(message);
                    }
                },
                this::lost);
        this.sweep = new CacheSweep(link, instance);
        this.availability = new Availability(
                link.name(),
                new Availability.Words(
                        "shared cache", "each gateway has a cache of its own alone", "", "answers are shared in"));
    }

    @Override
    public synchronized void start(Listener listener) {
        if (upkeep == null) {
            upkeep = new CacheUpkeep(link, availability, listener, instance, lease);
            upkeep.start();
        }
    }

    @Override
    public Optional<Entry> find(String id, String name) {
        if (!up()) {
            skipped.increment();
            return Optional.empty();
        }
        String[] keys = name == null
                ? new String[] {space.clears(), space.entry(id)}
                : new String[] {space.clears(), space.entry(id), space.name(name)};
        List<Object> reply = ask(CacheScripts.FIND, keys, CacheLink.bytes(space.entries()), CacheLink.bytes(id));
        (reply == null ? errors : is(reply, 1) ? hits : misses).increment();
        return reply != null && is(reply, 1) ? Optional.of(entry(reply)) : Optional.empty();
    }

    @Override
    public Turn lead(String id, String token, Duration longest, BooleanSupplier alive) {
        if (!up()) {
            return new Turn.Unknown();
        }
        List<Object> reply = ask(
                CacheScripts.LEAD,
                new String[] {space.clears(), space.entry(id), space.lease(id)},
                CacheLink.bytes(id),
                CacheLink.bytes(token),
                CacheLink.bytes(lease.toMillis()),
                CacheLink.bytes(longest.toMillis()));
        if (reply == null) {
            giveBack(id, token, ""); // it may have been given though nobody has heard of it
            return new Turn.Unknown();
        }
        if (is(reply, 1)) {
            return new Turn.There(entry(reply));
        }
        if (is(reply, 2)) {
            upkeep.hold(token, id, alive);
            return new Turn.Mine();
        }
        String holder = CacheLink.text(reply.get(1));
        return holder.equals(UNSHARED) ? new Turn.Unshared() : new Turn.Others(holder);
    }

    @Override
    public String newToken() {
        return instance + ":" + tokens.incrementAndGet();
    }

    @Override
    public void keep(Entry entry, String name, String token, long generation, boolean replaces) {
        long bytes = entry.head().length + entry.body().length;
        if (!up() || upkeep.full() || underWay.get() + bytes > MOST_BYTES_UNDER_WAY) {
            dropped.increment();
            if (token != null) {
                release(entry.id(), token, true);
            }
            return;
        }
        underWay.addAndGet(bytes);
        if (token != null) {
            upkeep.letGo(token);
        }
        List<String> keys = new ArrayList<>(List.of(space.clears(), space.entry(entry.id()), space.lease(entry.id())));
        if (name != null) {
            keys.add(space.name(name));
        }
        link.run(
                        CacheScripts.KEEP,
                        keys.toArray(String[]::new),
                        CacheLink.bytes(token == null ? "" : token),
                        CacheLink.bytes(generation),
                        CacheLink.bytes(entry.fresh().toMillis()),
                        CacheLink.bytes(Math.max(1, entry.life().toMillis())),
                        entry.head(),
                        entry.body(),
                        CacheLink.bytes(entry.id()),
                        CacheLink.bytes(link.channel()),
                        CacheLink.bytes(replaces ? "0 " + instance + " " + entry.id() : ""))
                .whenComplete((reply, failure) -> {
                    underWay.addAndGet(-bytes);
                    (failure != null ? failed : is(reply, 1) ? kept : refused).increment();
                    if (failure != null) {
                        noted(failure);
                    }
                });
    }

    @Override
    public void release(String id, String token, boolean unshared) {
        upkeep.letGo(token);
        if (up()) {
            giveBack(id, token, unshared ? UNSHARED : "");
        }
    }

    private void giveBack(String id, String token, String instead) {
        link.run(
                        CacheScripts.RELEASE,
                        new String[] {space.lease(id)},
                        CacheLink.bytes(token),
                        CacheLink.bytes(instead),
                        CacheLink.bytes(UNSHARED_FOR.toMillis()))
                .exceptionally(failure -> {
                    LOG.debug("a lease was not given back and ends by itself", failure);
                    return null;
                });
    }

    @Override
    public void remove(String id) {
        link.run(
                        CacheScripts.REMOVE,
                        new String[] {space.entry(id)},
                        CacheLink.bytes(link.channel()),
                        CacheLink.bytes("0 " + instance + " " + id))
                .exceptionally(failure -> {
                    noted(failure);
                    return null;
                });
    }

    @Override
    public long generation() {
        return upkeep.known();
    }

    @Override
    public Optional<Cleared> clear(String what, Predicate<byte[]> which) {
        if (!up()) {
            return Optional.empty();
        }
        try {
            return Optional.of(sweep.run(what, which));
        } catch (ExecutionException e) {
            noted(e.getCause());
        } catch (TimeoutException | RuntimeException e) {
            noted(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /**
     * What a script answers; null when it answers with an error, which is noted, or not in time: that is the timeout for a Redis that is
     * silent, and longer for one that is busy with what was asked before.
     */
    private List<Object> ask(Script script, String[] keys, byte[]... arguments) {
        CompletableFuture<List<Object>> answer = link.run(script, keys, arguments);
        long patience = LONGEST_NANOS;
        try {
            while (patience > 0) {
                try {
                    return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    patience = link.isSilent() ? 0 : patience - timeout.toNanos();
                }
            }
        } catch (ExecutionException e) {
            noted(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    /** An error that Redis answers with is of this command alone; that its connection fails {@link #lost} hears. */
    private void noted(Throwable failure) {
        if (RedisStore.cause(failure) instanceof RedisCommandExecutionException told) {
            long now = System.nanoTime();
            long quiet = quietUntil.get();
            if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + SELDOM_NANOS)) {
                LOG.error("the shared cache {} refuses a command: {}", link.name(), told.getMessage());
            }
        }
    }

    private void lost(Throwable cause) {
        if (availability.down(cause)) {
            upkeep.probeSoon();
        }
    }

    private static boolean is(List<Object> reply, long status) {
        return ((Number) reply.get(0)).longValue() == status;
    }

    private static Entry entry(List<Object> reply) {
        return new Entry(
                CacheLink.text(reply.get(1)),
                (byte[]) reply.get(2),
                (byte[]) reply.get(3),
                Duration.ofMillis(((Number) reply.get(4)).longValue()),
                Duration.ofMillis(((Number) reply.get(5)).longValue()),
                Duration.ofMillis(((Number) reply.get(6)).longValue()));
    }

    @Override
    public boolean up() {
        return availability.up();
    }

    @Override
    public Counts counts() {
        return new Counts(
                hits.sum(),
                misses.sum(),
                errors.sum(),
                skipped.sum(),
                kept.sum(),
                refused.sum(),
                dropped.sum(),
                failed.sum());
    }

    @Override
    public void close() {
        if (upkeep != null) {
            upkeep.close();
        }
        link.close();
    }
}
