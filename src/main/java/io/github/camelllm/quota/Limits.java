package io.github.camelllm.quota;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.SpentBefore;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Startup;
import io.github.camelllm.store.LimitStore;
import io.github.camelllm.store.MemoryStore;
import io.github.camelllm.store.Reservation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedStartupListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of {@code config/limits.yaml} and what counts them: one bean for every {@link Quota} and {@link Budget} of the
 * routes.
 *
 * <p>The file is read again when it changes. While it is wrong the limits before stay, and the log says what is wrong.
 *
 * <pre>{@code
 * - name: limits
 *   type: io.github.camelllm.quota.Limits
 *   properties: { file: "{{llm.limits.file}}" }
 * }</pre>
 */
public final class Limits implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);

    private final WaitingLines lines = new WaitingLines();
    private String configDir;
    private String file = "limits.yaml";
    private WatchedFile<Rules> rules;
    private LimitStore store;
    private Pricing pricing;
    private TokenCounter counter;
    private Admission admission;

    /** The directory that a relative {@link #setFile file} is in; the working directory where it is not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The file; one that does not exist holds no limits. {@code limits.yaml} unless set. */
    public void setFile(String file) {
        this.file = file;
    }

    /**
     * How many calls may wait for a limit at once rather than be refused: 0 to 100,000; 100 unless set. Each holds a thread, which
     * costs little from Java 21 on; before, those who wait must not take all of {@code llm.http.workers}.
     */
    public void setMaxWaiting(int maxWaiting) {
        if (maxWaiting < 0 || maxWaiting > 100_000) {
            throw new IllegalArgumentException("maxWaiting is " + maxWaiting + "; 0 to 100000 are allowed");
        }
        lines.most(maxWaiting);
    }

    /**
     * The limits of a context, read if they have not been.
     *
     * @throws IllegalStateException saying what to declare, when no bean of this type is bound
     * @throws IllegalArgumentException listing everything that is wrong in the file
     */
    static Limits of(CamelContext context) {
        Limits limits = context.getRegistry().findSingleByType(Limits.class);
        if (limits == null) {
            throw new IllegalStateException("no bean of type " + Limits.class.getName()
                    + ": declare one (limits) in the beans of a route file");
        }
        limits.open(context);
        return limits;
    }

    private synchronized void open(CamelContext context) {
        if (store != null) {
            return;
        }
        rules = WatchedFile.open(path(), LimitsFile::read, Calls.ticker(context));
        int count = rules().rules().size() + rules().caps().size();
        if (count == 0) {
            LOG.info("Nothing is limited (limits file: {})", path());
        } else {
            LOG.info("{} limits from {}", count, path());
        }
        pricing = Calls.bound(context, Pricing.class, Pricing.UNKNOWN);
        counter = Calls.bound(context, TokenCounter.class, TokenCounter.ROUGH);
        store = Calls.bound(context, LimitStore.class, new MemoryStore(Calls.ticker(context)));
        SpentBefore before = Calls.bound(context, SpentBefore.class, null);
        if (before != null && !store.remembers()) {
            Refill refill =
                    new Refill(before, store, rules(), Calls.ticker(context).now());
            whenStarted(context, refill::begin); // the ledger opens once the context has started
        }
        store.onAlert(new Alerts(context)::reached);
        admission = new Admission(store, lines);
    }

    private static void whenStarted(CamelContext context, Runnable action) {
        if (context.isStarted()) {
            action.run();
            return;
        }
        Startup.listen(context, new ExtendedStartupListener() {
            private final AtomicBoolean done = new AtomicBoolean();

            @Override
            public void onCamelContextStarted(CamelContext started, boolean alreadyStarted) {
                // the ledger opens now, so not yet
            }

            @Override
            public void onCamelContextFullyStarted(CamelContext started, boolean alreadyStarted) {
                once();
            }

            private void once() {
                if (done.compareAndSet(false, true)) {
                    action.run();
                }
            }
        });
    }

    private Path path() {
        Path path = Path.of(file);
        return configDir == null ? path : Path.of(configDir).resolve(path);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registry.gauge("llm.quota.waiting", lines, WaitingLines::size);
    }

    /** The limits as the file has them now. */
    Rules rules() {
        return rules.get();
    }

    Demand demand(Call call, Rules now) {
        return new Demand(call, now, pricing, counter);
    }

    Admission admission() {
        return admission;
    }

    LimitStore store() {
        return store;
    }

    Pricing pricing() {
        return pricing;
    }

    /** How many calls wait for a limit. */
    int waiting() {
        return lines.size();
    }

    /** Lets those ask again who are the first of those who wait. */
    void wake() {
        lines.wake();
    }

    /** Settles, and lets those ask again who wait. */
    void settle(Reservation reservation, long[] used) {
        store.settle(reservation, used);
        lines.wake();
    }
}
