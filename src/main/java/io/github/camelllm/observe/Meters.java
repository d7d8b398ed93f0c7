package io.github.camelllm.observe;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.StartupListener;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Meters finished calls: takes a {@link FinishedCall} as the body, and changes nothing.
 *
 * <p>Records in the {@link MeterRegistry} of Camel's registry; where there is none, it binds a Prometheus registry as
 * {@code meterRegistry}. Every bean that is a Micrometer {@link MeterBinder} is bound to it too, whether it is a step of
 * the gateway or a user's own.
 */
public final class Meters extends ServiceSupport implements Processor, CamelContextAware, StartupListener {

    private final Set<MeterBinder> bound = Collections.newSetFromMap(new IdentityHashMap<>());

    private CamelContext camelContext;
    private volatile MeterSettings settings = new MeterSettings(true, Duration.ofMinutes(5));

    private ModelNames names;
    private ModelStates states;
    private MultiGauge stateGauge;
    private LatencyWindow latencies;
    private JvmMeters jvmMeters;
    private MeterRegistry registry;
    private volatile CallMeters callMeters;

    /** Whether memory, garbage collection, threads and processor time are metered as well; true unless set. */
    public void setJvm(boolean jvm) {
        settings = new MeterSettings(jvm, settings.window());
    }

    /** Over how long {@code /health} looks at latencies: 10 seconds to 1 hour; 5 minutes unless set. */
    public void setWindow(Duration window) {
        settings = new MeterSettings(settings.jvm(), window);
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        try {
            camelContext.addStartupListener(this);
        } catch (Exception e) {
            throw new IllegalStateException("the Camel context takes no startup listener", e);
        }
    }

    /** Binds everything once the routes and their beans are there. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) throws Exception {
        if (!alreadyStarted) {
            context.addService(this, true);
            refresh();
        }
    }

    /** Records the body, a {@link FinishedCall}. */
    @Override
    public void process(Exchange exchange) throws Exception {
        FinishedCall call = exchange.getMessage().getMandatoryBody(FinishedCall.class);
        CallMeters meters = callMeters();
        String model = names.label(call.model());
        meters.record(call, model, model.equals(call.model()) ? call.provider() : model);
        for (FinishedCall.Try attempt : call.attempts()) {
            recordLatency(call, attempt);
        }
    }

    /**
     * A model's latency is its own: from the request to the first sign of an answer. A slow reader does not make a model
     * look slow, nor does a refusal by the gateway make it look fast. A model that let the time run out gave no sign;
     * the whole call stands for it.
     */
    private void recordLatency(FinishedCall call, FinishedCall.Try attempt) {
        String model = names.label(attempt.model());
        if (attempt.waitedNanos() >= 0) {
            latencies.record(model, attempt.waitedNanos());
        } else if ("upstream_timeout".equals(attempt.errorCode())) {
            latencies.record(model, call.latencyNanos());
        }
    }

    /** Binds what has been added since the last time, and drops models that have gone. */
    synchronized MeterRegistry refresh() {
        callMeters();
        for (MeterBinder binder : camelContext.getRegistry().findByType(MeterBinder.class)) {
            if (bound.add(binder)) {
                binder.bindTo(registry);
            }
        }
        states.refresh(stateGauge);
        return registry;
    }

    /** How long models took of late. */
    LatencyWindow latencies() {
        callMeters();
        return latencies;
    }

    ModelStates states() {
        callMeters();
        return states;
    }

    private CallMeters callMeters() {
        CallMeters ready = callMeters;
        return ready != null ? ready : prepare();
    }

    private synchronized CallMeters prepare() {
        if (callMeters == null) {
            registry = Registries.of(camelContext);
            names = new ModelNames(camelContext);
            states = new ModelStates(camelContext, names);
            stateGauge = states.gauge(registry);
            Ticker ticker = camelContext.getRegistry().findSingleByType(Ticker.class);
            latencies = new LatencyWindow(ticker == null ? Ticker.SYSTEM : ticker, settings.window());
            if (settings.jvm()) {
                jvmMeters = JvmMeters.bind(registry);
            }
            callMeters = new CallMeters(registry);
        }
        return callMeters;
    }

    @Override
    protected synchronized void doStop() {
        if (jvmMeters != null) {
            jvmMeters.close();
        }
    }
}
