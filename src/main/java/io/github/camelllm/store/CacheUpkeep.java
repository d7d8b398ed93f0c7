package io.github.camelllm.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread behind a {@link RedisCache}: connects, probes while Redis is down, renews leases, and follows the clears. What is
 * known of clears changes in this thread alone.
 */
final class CacheUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CacheUpkeep.class);

    private static final long TICK_MILLIS = 100;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int PROBES_A_CONNECTION = 5;
    private static final int LEASES_A_RENEWAL = 500;

    /** Beyond that share of a Redis which does not evict, nothing is kept: what limits need of it must stay free. */
    private static final double FULL = 0.8;

    private static final Pattern MEMORY =
            Pattern.compile("used_memory:(\\d+)\\b.*?maxmemory:(\\d+)\\b.*?maxmemory_policy:(\\w+)", Pattern.DOTALL);

    private record Lease(String id, BooleanSupplier alive) {}

    private final CacheLink link;
    private final Availability availability;
    private final SharedCache.Listener listener;
    private final String instance;
    private final Duration lease;
    private final Map<String, Lease> leases = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor thread;
    private volatile long known = -1;
    private volatile boolean full;
    private long suspected = -1;
    private long lookedNanos;
    private int failedProbes;

    CacheUpkeep(
            CacheLink link, Availability availability, SharedCache.Listener listener, String instance, Duration lease) {
        this.link = link;
        this.availability = availability;
        this.listener = listener;
        this.instance = instance;
        this.lease = lease;
        thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread daemon = new Thread(work, "llm-cache-shared");
            daemon.setDaemon(true);
            return daemon;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void start() {
        thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How many clears are known of; -1 before Redis has answered for the first time. */
    long known() {
        return known;
    }

    /** Whether Redis has no room for more. */
    boolean full() {
        return full;
    }

    void hold(String token, String id, BooleanSupplier alive) {
        leases.put(token, new Lease(id, alive));
    }

    void letGo(String token) {
        leases.remove(token);
    }

    /** Takes a message over. */
    void heard(String message) {
        run(() -> apply(message));
    }

    void probeSoon() {
        run(this::tick);
    }

    private void run(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("the shared cache is closed already", e);
        }
    }

    private void apply(String message) {
        try {
            String[] parts = message.split(" ", 3);
            long number = Long.parseLong(parts[0]);
            if (number == 0) {
                if (!parts[1].equals(instance)) {
                    listener.replaced(parts[2]);
                }
                return;
            }
            if (known >= 0 && number > known + 1) {
                listener.missedClears();
            } else {
                listener.cleared(parts[2]);
            }
            known = Math.max(known, number);
        } catch (RuntimeException e) {
            LOG.warn("a message of the shared cache cannot be read; everything is dropped from memory", e);
            listener.missedClears();
        }
    }

    private void tick() {
        try {
            if (!availability.up()) {
                probe();
            } else if (!link.isOpen()) {
                availability.down(new Heartbeat.Closed(null));
                probe();
            } else if (System.nanoTime() - lookedNanos >= LOOK_NANOS) {
                look(PATIENCE_NANOS, false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.debug("the shared cache takes its time, and its connection lives", e);
        } catch (Throwable e) { // whatever it is, the next tick must come
            availability.probeFailed(e instanceof ExecutionException ? e.getCause() : e);
        }
    }

    /** Connects if need be; a Redis that answers is up. */
    private void probe() throws InterruptedException, ExecutionException {
        try {
            if (link.open()) {
                look(PATIENCE_NANOS, true);
            }
            look(PROBE_NANOS, true);
        } catch (TimeoutException e) {
            probeFailed();
            throw new ExecutionException(e);
        } catch (ExecutionException | RuntimeException e) {
            probeFailed();
            throw e;
        }
        failedProbes = 0;
        availability.answered();
    }

    private void probeFailed() {
        if (++failedProbes % PROBES_A_CONNECTION == 0) {
            link.drop();
        }
    }

    /**
     * Compares the number of clears, renews leases and sees how full Redis is.
     *
     * @param missed whether messages may have been missed; if not, one that is on its way has time until the next look
     */
    private void look(long patienceNanos, boolean missed)
            throws InterruptedException, ExecutionException, TimeoutException {
        lookedNanos = System.nanoTime();
        renew();
        List<Object> reply = link.run(
                        CacheScripts.ADOPT, new String[] {link.keys().clears()}, CacheLink.bytes(known))
                .get(patienceNanos, TimeUnit.NANOSECONDS);
        long number = ((Number) reply.get(0)).longValue();
        if (known >= 0 && number != known && (missed || suspected == known)) {
            LOG.warn("{} clears of the shared cache were missed; everything is dropped from memory", number - known);
            listener.missedClears();
            known = number;
        } else if (known < 0) {
            known = number;
        }
        suspected = number == known ? -1 : known;
        Matcher memory = MEMORY.matcher(link.ask(to -> to.info("memory")).get(patienceNanos, TimeUnit.NANOSECONDS));
        measure(memory.find() ? memory : null);
    }

    private void measure(Matcher memory) {
        boolean was = full;
        full = memory != null
                && memory.group(3).equals("noeviction")
                && Long.parseLong(memory.group(2)) > 0
                && Long.parseLong(memory.group(1)) > FULL * Long.parseLong(memory.group(2));
        if (full && !was) {
            LOG.warn(
                    "the shared cache {} is full (more than 80% of its maxmemory, and it evicts nothing): answers are kept"
                            + " in memory alone until there is room",
                    link.name());
        }
    }

    private void renew() {
        leases.values().removeIf(held -> !held.alive.getAsBoolean());
        List<Map.Entry<String, Lease>> all = List.copyOf(leases.entrySet());
        for (int from = 0; from < all.size(); from += LEASES_A_RENEWAL) {
            List<String> keys = new ArrayList<>();
            List<byte[]> arguments = new ArrayList<>(List.of(CacheLink.bytes(lease.toMillis())));
            for (Map.Entry<String, Lease> held : all.subList(from, Math.min(all.size(), from + LEASES_A_RENEWAL))) {
                keys.add(link.keys().lease(held.getValue().id));
                arguments.add(CacheLink.bytes(held.getKey()));
            }
            var unused = link.run(CacheScripts.RENEW, keys.toArray(String[]::new), arguments.toArray(byte[][]::new));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        availability.closed();
    }
}
