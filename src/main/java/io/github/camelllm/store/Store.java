package io.github.camelllm.store;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Startup;
import io.github.camelllm.store.StoreSettings.WhenDown;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.StartupListener;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Where limits are counted: in memory, or in a Redis that several gateways share, where caches may share answers too. A bean of routes; steps find it by its type.
 *
 * <p>It starts with the Camel context, or earlier if somebody asks it earlier, and stops after the routes. A Redis that is away does
 * not keep it from starting.
 */
public final class Store extends ServiceSupport implements LimitStore, CamelContextAware, StartupListener, MeterBinder {

    private CamelContext camelContext;
    private String url = "";
    private String whenDown = "local";
    private int instances = 1;
    private Duration lease = Duration.ofSeconds(60);
    private Duration timeout = Duration.ofMillis(300);
    private volatile LimitStore store;
    private final List<AlertListener> listeners = new ArrayList<>();
    private boolean closed;

    /** {@code redis://user:password@host:6379/0}, or {@code rediss://…} for TLS; blank or {@code memory} for in memory. */
    public void setUrl(String url) {
        this.url = url;
    }

    /**
     * What happens while Redis does not answer: {@code local} (unless set) lets each gateway count by itself up to its share of each
     * limit, {@code allow} lets calls pass, {@code deny} refuses them.
     */
    public void setWhenDown(String whenDown) {
        this.whenDown = whenDown;
    }

    /** Among how many gateways limits are shared out then: 1 to 10,000; 1 unless set. */
    public void setInstances(int instances) {
        this.instances = instances;
    }

    /** How long reservations outlive a gateway that has died: 1 second to 1 hour; 60 seconds unless set. */
    public void setLease(Duration lease) {
        this.lease = lease;
    }

    /**
     * How long Redis may send nothing while it owes an answer before calls do without it, which is how long they wait for one that
     * hangs: 100 ms to 5 seconds; 300 ms unless set.
     */
    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        if (this.camelContext != camelContext) {
            this.camelContext = camelContext;
            Startup.listen(camelContext, this);
        }
    }

    @Override
    public void onCamelContextStarting(CamelContext context, boolean alreadyStarted) throws Exception {
        serve(context);
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) throws Exception {
        serve(context);
    }

    private void serve(CamelContext context) throws Exception {
        if (!isStarted()) {
            context.addService(this, true, true);
        }
    }

    @Override
    protected synchronized void doStart() {
        if (closed) {
            closed = false;
            store = null;
        }
        ready();
    }

    private LimitStore ready() {
        LimitStore current = store;
        return current != null ? current : open();
    }

    private synchronized LimitStore open() {
        if (store == null) {
            StoreSettings settings = settings();
            Ticker ticker = camelContext == null ? Ticker.SYSTEM : Calls.ticker(camelContext);
            LimitStore opened = settings.inMemory() ? new MemoryStore(ticker) : Shared.open(settings, ticker);
            listeners.forEach(opened::onAlert);
            store = opened;
        }
        return store;
    }

    /** Apart, so that nothing of Redis's client is loaded where limits are counted in memory. */
    private static final class Shared {
        static LimitStore open(StoreSettings settings, Ticker ticker) {
            RedisStore redis = new RedisStore(
                    new RedisLink(settings.url(), settings.timeout()),
                    settings.lease().toNanos() / 1_000,
                    () -> Moment.micros(ticker.now()),
                    null);
            SharedStore shared = new SharedStore(settings, ticker, redis);
            shared.start();
            return shared;
        }
    }

    /**
     * Room for values that gateways share, in the same Redis by connections of its own; empty where limits are counted in memory.
     * Whoever asks for it starts and closes it.
     *
     * @param space what the values are for, such as {@code cache}
     * @param timeout how long a call waits for a store that is silent; for one that serves others, a second
     */
    public Optional<SharedCache> sharedCache(String space, Duration timeout) {
        StoreSettings settings = settings();
        return settings.inMemory()
                ? Optional.empty()
                : Optional.of(SharedCache.in("store.url (llm.store)", settings.url(), space, timeout));
    }

    private StoreSettings settings() {
        return new StoreSettings(url, WhenDown.of(whenDown), instances, lease, timeout);
    }

    @Override
    public Decision reserve(String id, List<Draw> draws) {
        return ready().reserve(id, draws);
    }

    @Override
    public void settle(Reservation reservation, long[] used) {
        ready().settle(reservation, used);
    }

    @Override
    public List<Level> levels(List<Limit> limits) {
        return ready().levels(limits);
    }

    @Override
    public synchronized void onAlert(AlertListener listener) {
        listeners.add(listener);
        if (store != null) {
            store.onAlert(listener);
        }
    }

    @Override
    public boolean remembers() {
        return !(ready() instanceof MemoryStore);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("llm.store.up", this, Store::up)
                .description("Whether the store of limits counts: 1, or 0 while it does not answer")
                .register(registry);
        Gauge.builder("llm.store.settlements.waiting", this, Store::waiting)
                .description("Settlements that have not reached the store of limits yet")
                .register(registry);
        FunctionCounter.builder("llm.store.settlements.lost", this, Store::lost)
                .description("Settlements that will never reach the store of limits")
                .register(registry);
    }

    private double up() {
        return store instanceof SharedStore shared && !shared.up() ? 0 : 1;
    }

    private double waiting() {
        return store instanceof SharedStore shared ? shared.waiting() : 0;
    }

    private double lost() {
        return store instanceof SharedStore shared ? shared.lost() : 0;
    }

    @Override
    protected synchronized void doStop() {
        LimitStore current = store;
        if (current != null && !closed) {
            current.close();
        }
        closed = true; // kept, for those who settle late
    }

    @Override
    public void close() {
        stop();
    }
}
