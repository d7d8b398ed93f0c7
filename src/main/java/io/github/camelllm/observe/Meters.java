package io.github.camelllm.observe;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Startup;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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

    /** The meters of each bean that has bound any. */
    private final Map<MeterBinder, List<Meter>> bound = new IdentityHashMap<>();

    /** Those of the bean that the current thread binds. */
    private final ThreadLocal<List<Meter>> binding = new ThreadLocal<>();

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
        if (this.camelContext != camelContext) {
            this.camelContext = camelContext;
            Startup.listen(camelContext, this);
        }
    }

    /** Binds everything once the routes and their beans are there, and what comes with routes that are added later. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) throws Exception {
        if (!isStarted()) {
            context.addService(this, true);
        }
        refresh();
    }

    /** Records the body, a {@link FinishedCall}. */
    @Override
    public void process(Exchange exchange) throws Exception {
        FinishedCall call = exchange.getMessage().getMandatoryBody(FinishedCall.class);
        CallMeters meters = callMeters();
        String model = names.label(call.model());
        meters.record(call, model, model.equals(call.model()) ? call.provider() : model);
        for (FinishedCall.Try attempt : call.attempts()) {
            record(attempt);
            meters.billed(attempt, names.label(attempt.model()), call.who().team());
        }
    }

    /**
     * A model's latency is its own: from the request to the first sign of an answer, so that a slow reader does not make
     * a model look slow. Failures do not count, because a fast one would make it look fast; running out of time does.
     */
    private void record(FinishedCall.Try attempt) {
        boolean timeout = ErrorCode.UPSTREAM_TIMEOUT.code().equals(attempt.errorCode());
        if (attempt.waitedNanos() >= 0 && (attempt.errorCode() == null || timeout)) {
            latencies.record(names.label(attempt.model()), attempt.waitedNanos());
        }
        if (attempt.failure() != null) {
            callMeters().failed(names.label(attempt.model()), attempt.failure());
        }
    }

    /** Binds what has been added since the last time, and drops models that have gone. */
    synchronized MeterRegistry refresh() {
        callMeters();
        Set<MeterBinder> there = Collections.newSetFromMap(new IdentityHashMap<>());
        there.addAll(camelContext.getRegistry().findByType(MeterBinder.class));
        for (Iterator<Map.Entry<MeterBinder, List<Meter>>> each =
                        bound.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<MeterBinder, List<Meter>> entry = each.next();
            if (!there.contains(
                    entry.getKey())) { // a bean that has been exchanged: the next one has meters of these names
                entry.getValue().forEach(registry::remove);
                each.remove();
            }
        }
        for (MeterBinder binder : there) {
            if (!bound.containsKey(binder)) {
                bound.put(binder, bind(binder));
            }
        }
        states.refresh(stateGauge);
        return registry;
    }

    private List<Meter> bind(MeterBinder binder) {
        List<Meter> meters = new ArrayList<>();
        binding.set(meters);
        try {
            binder.bindTo(registry);
        } finally {
            binding.remove();
        }
        return meters;
    }

    private void added(Meter meter) {
        List<Meter> current = binding.get();
        if (current != null) {
            current.add(meter);
        }
    }

    /** How long models took of late. */
    LatencyWindow latencies() {
        callMeters();
        return latencies;
    }

    private CallMeters callMeters() {
        CallMeters ready = callMeters;
        return ready != null ? ready : prepare();
    }

    private synchronized CallMeters prepare() {
        if (callMeters == null) {
            registry = Registries.of(camelContext);
            registry.config().onMeterAdded(this::added);
            names = new ModelNames(camelContext);
            states = new ModelStates(names);
            stateGauge = states.gauge(registry);
            latencies = new LatencyWindow(Calls.ticker(camelContext), settings.window());
            if (settings.jvm()) {
                jvmMeters = JvmMeters.bind(registry);
            }
            callMeters = new CallMeters(registry);
        }
        return callMeters;
    }

    /** For good: Camel stops a bean also with a route that has called it, and starts it again for the next. */
    @Override
    protected synchronized void doStop() {
        if (jvmMeters != null && !camelContext.isStarted()) {
            jvmMeters.close();
        }
    }
}
