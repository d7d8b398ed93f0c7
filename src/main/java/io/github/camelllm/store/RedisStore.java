package io.github.camelllm.store;

import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Counts in Redis: one script for each thing that is asked, by Redis's own clock. Knows nothing of what to do when Redis does not
 * answer; each method gives a future and never throws.
 */
final class RedisStore implements AutoCloseable {

    private static final int REFUSED = 0;
    private static final int GRANTED = 1;
    private static final int FAILED = 3;

    private final RedisLink link;
    private final long leaseMicros;
    private final LongSupplier localMicros;
    private final LongSupplier testClock;
    private final RedisWire wire = new RedisWire();
    private volatile long ahead;

    /**
     * A store that is not connected yet.
     *
     * @param localMicros this machine's wall clock, in microseconds since 1970
     * @param testClock what stands in for Redis's clock in tests; null for Redis's own
     */
    RedisStore(RedisLink link, long leaseMicros, LongSupplier localMicros, LongSupplier testClock) {
        this.link = link;
        this.leaseMicros = leaseMicros;
        this.localMicros = localMicros;
        this.testClock = testClock;
    }

    /** An alert share that a settlement has reached. */
    record Told(Limit limit, int percent, long used) {}

    RedisLink link() {
        return link;
    }

    /**
     * Connects if it is not connected, and gives Redis the scripts.
     *
     * @return whether it has made a connection
     */
    boolean connect(long patienceNanos) throws InterruptedException, ExecutionException, TimeoutException {
        if (!link.open()) {
            return false;
        }
        for (Script script : Script.ALL) {
            link.commands().scriptLoad(script.text()).get(patienceNanos, TimeUnit.NANOSECONDS);
        }
        Eviction.check(link.name(), link.commands());
        return true;
    }

    /** Reserves nothing, and settles it: the first call should not be the one that waits until classes are loaded. */
    void warmUp(String holder, long patienceNanos) throws InterruptedException, ExecutionException, TimeoutException {
        renew(List.of(holder)).get(patienceNanos, TimeUnit.NANOSECONDS);
        List<Draw> draws = List.of(
                new Draw(new Limit("warm-up", 1, new Window.Sliding(Duration.ofSeconds(1)), List.of()), 0),
                new Draw(
                        new Limit("warm-up/day", 1, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), List.of()),
                        0));
        String id = "warm-up " + UUID.randomUUID();
        reserve(holder, id, draws).get(patienceNanos, TimeUnit.NANOSECONDS);
        settle(Settlement.cancel(holder, id, draws, now())).get(patienceNanos, TimeUnit.NANOSECONDS);
        forget(holder, List.of(id)).get(patienceNanos, TimeUnit.NANOSECONDS);
    }

    /** About what Redis's clock says, in microseconds. */
    long now() {
        return testClock != null ? testClock.getAsLong() : localMicros.getAsLong() + ahead;
    }

    private String clock() {
        return testClock == null ? "" : Long.toString(testClock.getAsLong());
    }

    /** Takes all draws or none; null when the reservation was cancelled before it came to Redis. */
    CompletableFuture<Decision> reserve(String holder, String id, List<Draw> draws) {
        Batches.Wish wish = new Batches.Wish(holder, id, draws);
        return reserve(holder, List.of(wish)).thenCompose(done -> wish.decision());
    }

    /** Makes reservations in one script call, each for itself, and completes them; none of them when the call fails. */
    CompletableFuture<Void> reserve(String holder, List<Batches.Wish> wishes) {
        int draws = 0;
        for (Batches.Wish wish : wishes) {
            draws += wish.draws().size();
        }
        String[] keys = new String[3 + draws];
        keys[0] = RedisWire.HOLDERS;
        keys[1] = RedisWire.holds(holder);
        keys[2] = RedisWire.done(holder);
        String[] arguments = new String[3 + 2 * wishes.size() + 7 * draws];
        arguments[0] = clock();
        arguments[1] = holder;
        arguments[2] = Long.toString(leaseMicros);
        long now = now();
        int key = 3;
        int at = 3;
        for (Batches.Wish wish : wishes) {
            arguments[at++] = wish.id();
            arguments[at++] = Integer.toString(wish.draws().size());
            for (Draw draw : wish.draws()) {
                keys[key++] = RedisWire.key(draw.limit());
                arguments[at] = RedisWire.kind(draw.limit());
                arguments[at + 1] = Long.toString(draw.amount());
                arguments[at + 2] = Long.toString(draw.limit().max());
                wire.window(draw.limit(), now, arguments, at + 3);
                at += 7;
            }
        }
        return link.run(Script.RESERVE, keys, arguments).thenAccept(reply -> decide(wishes, reply));
    }

    private static void decide(List<Batches.Wish> wishes, List<Object> reply) {
        Moment now = moment(reply);
        List<?> results = (List<?>) reply.get(2);
        for (int i = 0; i < wishes.size(); i++) {
            Batches.Wish wish = wishes.get(i);
            List<?> result = (List<?>) results.get(i);
            if (RedisWire.number(result, 0) == FAILED) {
                wish.decision().completeExceptionally(new RedisCommandExecutionException((String) result.get(1)));
            } else {
                wish.decision().complete(decision(wish, result, now));
            }
        }
    }

    private static Decision decision(Batches.Wish wish, List<?> result, Moment now) {
        List<Draw> draws = wish.draws();
        int status = (int) RedisWire.number(result, 0);
        if (status == GRANTED) {
            List<?> states = (List<?>) result.get(1);
            List<Level> levels = new ArrayList<>(draws.size());
            for (int i = 0; i < draws.size(); i++) {
                Limit limit = draws.get(i).limit();
                levels.add(
                        RedisWire.counter(limit, (List<?>) states.get(i), now).level(limit, now));
            }
            return new Decision.Granted(new Reservation(wish.id(), draws, now.wall(), true), levels);
        }
        if (status == REFUSED) {
            Counter[] counters = new Counter[draws.size()];
            for (Object each : (List<?>) result.get(1)) {
                List<?> refused = (List<?>) each;
                int index = (int) RedisWire.number(refused, 0);
                counters[index] = RedisWire.counter(draws.get(index).limit(), (List<?>) refused.get(1), now);
            }
            return Draws.refusal(draws, counters, now);
        }
        return null;
    }

    /** Settles, once however often it is sent. */
    CompletableFuture<List<Told>> settle(Settlement settlement) {
        List<Draw> draws = settlement.draws();
        int size = draws.size();
        String[] keys = new String[2 + size];
        keys[0] = RedisWire.holds(settlement.holder());
        keys[1] = RedisWire.done(settlement.holder());
        String[] arguments = new String[2 + 6 * size];
        arguments[0] = clock();
        arguments[1] = settlement.id();
        for (int i = 0; i < size; i++) {
            Limit limit = draws.get(i).limit();
            keys[2 + i] = RedisWire.key(limit);
            int at = 2 + 6 * i;
            arguments[at] = RedisWire.kind(limit);
            arguments[at + 1] = Long.toString(settlement.used()[i]);
            wire.settled(limit, settlement.atMicros(), arguments, at + 2);
        }
        return link.run(Script.SETTLE, keys, arguments).thenApply(reply -> told(draws, reply));
    }

    private List<Told> told(List<Draw> draws, List<Object> reply) {
        List<Told> told = new ArrayList<>();
        if (RedisWire.number(reply, 0) == 1) {
            List<?> all = (List<?>) reply.get(2);
            for (int i = 0; i < all.size(); i++) {
                List<?> one = (List<?>) all.get(i);
                for (int percent : one.isEmpty()
                        ? List.<Integer>of()
                        : draws.get(i).limit().alerts()) {
                    if (RedisWire.number(one, 0) < percent && percent <= RedisWire.number(one, 1)) {
                        told.add(new Told(draws.get(i).limit(), percent, RedisWire.number(one, 2)));
                    }
                }
            }
        }
        return told;
    }

    CompletableFuture<List<Level>> levels(List<Limit> limits) {
        int size = limits.size();
        String[] keys = new String[1 + size];
        keys[0] = RedisWire.HOLDERS;
        String[] arguments = new String[1 + 5 * size];
        arguments[0] = clock();
        long near = now();
        for (int i = 0; i < size; i++) {
            keys[1 + i] = RedisWire.key(limits.get(i));
            arguments[1 + 5 * i] = RedisWire.kind(limits.get(i));
            wire.window(limits.get(i), near, arguments, 2 + 5 * i);
        }
        return link.run(Script.LEVELS, keys, arguments).thenApply(reply -> {
            Moment now = moment(reply);
            List<?> states = (List<?>) reply.get(2);
            List<Level> levels = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                Limit limit = limits.get(i);
                levels.add(
                        RedisWire.counter(limit, (List<?>) states.get(i), now).level(limit, now));
            }
            return levels;
        });
    }

    /** Renews leases; shows as well that Redis answers and may be written to, and how its clock goes. */
    CompletableFuture<Void> renew(Collection<String> holders) {
        List<String> keys = new ArrayList<>(List.of(RedisWire.HOLDERS));
        List<String> arguments = new ArrayList<>(List.of(clock(), Long.toString(leaseMicros)));
        for (String holder : holders) {
            keys.add(RedisWire.holds(holder));
            keys.add(RedisWire.done(holder));
            arguments.add(holder);
        }
        return link.run(Script.RENEW, keys.toArray(String[]::new), arguments.toArray(String[]::new))
                .thenAccept(reply -> ahead = moment(reply).wall() - localMicros.getAsLong());
    }

    /** Lets Redis forget that these reservations of a holder are settled: nobody will settle them again. */
    CompletableFuture<?> forget(String holder, List<String> ids) {
        try {
            return link.commands()
                    .hdel(RedisWire.done(holder), ids.toArray(String[]::new))
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Moment moment(List<Object> reply) {
        long now = RedisWire.number(reply, 1);
        return new Moment(now, now);
    }

    /** What is behind the exceptions of futures. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether Redis has failed on this one thing, as with a key of another type, and would do the next. */
    static boolean isOfThisAlone(Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof RedisCommandExecutionException
                        && String.valueOf(cause.getMessage()).contains("WRONGTYPE")
                || cause instanceof IllegalArgumentException;
    }

    @Override
    public void close() {
        link.close();
    }
}
