package io.github.camelllm.ledger;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.SpentBefore;
import io.github.camelllm.config.Part;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Startup;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.StartupListener;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in SQL what each finished call used and cost: takes a {@link FinishedCall} as the body, and changes nothing.
 *
 * <p>Each call is written once, under the gateway's own name for it. Nobody waits for the database: it is opened after the
 * routes are up, calls wait in a queue of a set size, and what the queue has no room for or a crash cuts off is read from
 * the call log. A stop writes what is waiting, as far as the database takes it in time.
 */
public final class Ledger implements Processor, CamelContextAware, StartupListener, MeterBinder, SpentBefore {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final Counts counts = new Counts();

    private CamelContext camelContext;
    private boolean enabled = true;
    private String url = "";
    private String user = "";
    private String password = "";
    private int keep;
    private String logs = "logs";
    private int queueSize = 20_000;
    private Duration drainTimeout = Duration.ofSeconds(5);
    private LedgerSettings settings;
    private final AtomicBoolean opened = new AtomicBoolean();
    private volatile Writer writer;

    /** Whether anything is kept; true unless set. */
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /**
     * Where: {@code jdbc:h2:file:…}, {@code jdbc:h2:mem:…} or {@code jdbc:postgresql:…}, without a password; the H2 file {@code
     * data/ledger} unless set.
     */
    public void setUrl(String url) {
        this.url = url;
    }

    /** The user at the database; H2's {@code sa} unless set. */
    public void setUser(String user) {
        this.user = user;
    }

    /** The user's password. */
    public void setPassword(String password) {
        this.password = password;
    }

    /** How many days a call is kept: 0 to 100,000; 0, which is for ever, unless set. */
    public void setKeep(int keep) {
        this.keep = keep;
    }

    /** The directory of the call log, where what a crash cut off is found; {@code logs} unless set. */
    public void setLogs(String logs) {
        this.logs = logs;
    }

    /** How many calls may wait while the database takes none: 1 to 1,000,000; 20,000 unless set. */
    public void setQueueSize(int queueSize) {
        this.queueSize = queueSize;
    }

    /** How long a stop waits for the database: up to 10 minutes; 5 seconds unless set. */
    public void setDrainTimeout(Duration drainTimeout) {
        this.drainTimeout = drainTimeout;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        Startup.listen(camelContext, this);
    }

    /** Checks the settings: one that cannot be stops the start, and so does a database for which a part is missing. */
    @Override
    public void onCamelContextStarting(CamelContext context, boolean alreadyStarted) {
        LedgerSettings checked = settings();
        if (enabled) {
            checked.parts().forEach(Part::require);
        }
    }

    /** Opens the ledger in the background once the routes are up. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) throws Exception {
        if (enabled && opened.compareAndSet(false, true)) {
            context.addService(new Opened(), true);
        }
    }

    /** Lives as long as the context runs. The bean itself is no service: a route that names it would start and stop it. */
    private final class Opened extends ServiceSupport {
        @Override
        protected void doStart() {
            Writer started = new Writer(settings(), Calls.ticker(camelContext), counts);
            started.start();
            writer = started;
        }

        @Override
        protected void doStop() throws Exception {
            int left = writer.stop();
            if (left > 0) {
                LOG.warn(
                        "{} calls were not written to the ledger before the stop; the next start reads them from the call log",
                        left);
            }
        }
    }

    private LedgerSettings settings() {
        if (settings == null) {
            settings = new LedgerSettings(url, user, password, keep, Path.of(logs), queueSize, drainTimeout);
        }
        return settings;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (enabled) {
            counts.bindTo(registry, this::waiting);
        }
    }

    private int waiting() {
        Writer current = writer;
        return current == null ? 0 : current.waiting();
    }

    /** Keeps the body, a {@link FinishedCall}; never waits. */
    @Override
    public void process(Exchange exchange) throws Exception {
        if (enabled) {
            FinishedCall call = exchange.getMessage().getMandatoryBody(FinishedCall.class);
            Writer current = writer;
            if (current == null) {
                counts.dropped
                        .increment(); // before the routes are up: its line is in the call log, which is yet to be read
            } else {
                current.offer(Entry.of(call));
            }
        }
    }

    /** Of a ledger that is switched off: nothing has been spent. */
    @Override
    public CompletionStage<List<Spent>> spent(Scope scope, Instant from, Instant until) {
        Writer current = writer;
        if (!enabled) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (current == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("the ledger is not started yet"));
        }
        return current.ask(connection -> Entries.spent(connection, scope, from, until));
    }
}
