package io.github.camelllm.main.live;

import io.github.camelllm.step.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.StatefulService;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops what edits have taken out of force, once every exchange that began before the edit is done and what its steps still have
 * to do is done. Thread-safe.
 */
public final class Retirement implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
    private static final long LOOK_MILLIS = 200;

    /**
     * How long what steps do behind exchanges is waited for, longer than a stream may take that is read after its exchange: queues that
     * all calls share may hold something whenever one looks.
     */
    private static final long PENDING_NANOS = TimeUnit.MINUTES.toNanos(15);

    private final LiveContext context;
    private final ScheduledExecutorService thread;
    private final List<Batch> batches = new ArrayList<>();
    private final Object edits = new Object();

    private static final class Batch {
        private final List<LiveRoute.Retired> retired;
        private final List<String> removed;
        private final Epochs.Epoch epoch;
        private long over;

        Batch(List<LiveRoute.Retired> retired, Collection<String> removed, Epochs.Epoch epoch) {
            this.retired = List.copyOf(retired);
            this.removed = new ArrayList<>(removed);
            this.epoch = epoch;
        }
    }

    /** Begins to look after what edits of a context leave. */
    public Retirement(LiveContext context) {
        this.context = context;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "llm-retirement");
            made.setDaemon(true);
            return made;
        });
    }

    /** Takes over what an edit has left: steps that were replaced, and routes that go. Those that were to go and are back stay. */
    synchronized void retire(
            List<LiveRoute.Retired> retired, Collection<String> removed, Collection<String> stay, Epochs.Epoch epoch) {
        batches.forEach(batch -> batch.removed.removeAll(stay));
        retired.forEach(one -> Step.retire(one.services()));
        for (String id : removed) {
            if (context.getRoute(id) instanceof LiveRoute route) {
                Step.retire(route.asRetired().services());
            }
        }
        if (batches.isEmpty()) {
            look();
        }
        batches.add(new Batch(retired, removed, epoch));
    }

    /** Held by whoever edits: nothing is stopped while routes change. */
    public Object lock() {
        return edits;
    }

    /** How many edits have left something that still runs. */
    public synchronized int waiting() {
        return batches.size();
    }

    private void look() {
        thread.schedule(this::clear, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void clear() {
        try {
            synchronized (edits) { // a route that is being removed cannot come back meanwhile
                for (Batch batch : done()) {
                    batch.retired.forEach(retired -> stop(context, retired));
                    batch.removed.forEach(this::remove);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("what an edit has left could not be stopped", e);
        } finally {
            synchronized (this) {
                if (!batches.isEmpty() && !thread.isShutdown()) {
                    look();
                }
            }
        }
    }

    private synchronized List<Batch> done() {
        List<Batch> done = new ArrayList<>();
        for (Iterator<Batch> each = batches.iterator(); each.hasNext(); ) {
            Batch batch = each.next();
            if (!context.epochs().isOver(batch.epoch)) {
                continue;
            }
            if (batch.over == 0) {
                batch.over = System.nanoTime();
            }
            if (System.nanoTime() - batch.over > PENDING_NANOS || !isPending(batch)) {
                done.add(batch);
                each.remove();
            }
        }
        return done;
    }

    private boolean isPending(Batch batch) {
        List<Service> services = new ArrayList<>();
        batch.retired.forEach(retired -> services.addAll(retired.services()));
        for (String id : batch.removed) {
            if (context.getInflightRepository().size(id) > 0) {
                return true;
            }
            if (context.getRoute(id) instanceof LiveRoute route) {
                services.addAll(route.getServices());
            }
        }
        return services.stream()
                .anyMatch(service -> service instanceof ShutdownAware aware && aware.getPendingExchangesSize() > 0);
    }

    private void remove(String id) {
        try {
            context.stopRoute(id, 1, TimeUnit.SECONDS);
            context.removeRoute(id);
        } catch (Exception e) {
            LOG.warn("route {}, which is no longer there, could not be stopped", id, e);
        }
    }

    /** Stops steps, but for what stands in others as well, and takes away the endpoints that they alone have used. */
    static void stop(LiveContext context, LiveRoute.Retired retired) {
        List<StatefulService> beans = context.getRegistry().findByType(StatefulService.class).stream()
                .filter(StatefulService::isStarted)
                .toList();
        Set<Service> used = LiveRoute.servicesOf(context.getRoutes());
        List<Service> own = new ArrayList<>(retired.services());
        own.removeIf(used::contains);
        ServiceHelper.stopAndShutdownServices(own);
        ServiceHelper.stopAndShutdownService(retired.steps());
        if (context.getRoutes().stream().noneMatch(route -> route == retired.route())) {
            ServiceHelper.stopAndShutdownService(retired.route());
        }
        // Camel stops a bean with any 'bean' or 'to' that calls it; the next route may call it too
        beans.stream().filter(bean -> !bean.isStarted()).forEach(ServiceHelper::startService);
        Set<Endpoint> inUse = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Route route : context.getRoutes()) {
            inUse.add(route.getEndpoint());
        }
        used.forEach(service -> addEndpoint(service, inUse));
        Set<Endpoint> candidates = Collections.newSetFromMap(new IdentityHashMap<>());
        own.forEach(service -> addEndpoint(service, candidates));
        candidates.removeAll(inUse);
        for (Endpoint endpoint : candidates) {
            try {
                context.removeEndpoint(endpoint);
            } catch (Exception e) {
                LOG.debug("endpoint {} could not be removed", endpoint, e);
            }
        }
    }

    private static void addEndpoint(Service service, Set<Endpoint> endpoints) {
        if (service instanceof EndpointAware aware && aware.getEndpoint() != null) {
            endpoints.add(aware.getEndpoint());
        }
    }

    /** Looks no more; what still runs is stopped. */
    @Override
    public void close() {
        thread.shutdown();
        List<Batch> left;
        synchronized (this) {
            left = List.copyOf(batches);
            batches.clear();
        }
        left.forEach(batch -> batch.retired.forEach(retired -> stop(context, retired)));
    }
}
