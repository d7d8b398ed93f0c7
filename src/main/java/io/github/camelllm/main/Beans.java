package io.github.camelllm.main;

import io.github.camelllm.ingress.ActiveCalls;
import io.github.camelllm.ingress.QueueBroker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.spi.Registry;

/** The beans that the gateway binds itself, which routes may refer to without declaring them. */
final class Beans {

    /** The Vert.x of the HTTP server. */
    static final String VERTX = "vertx";

    /** Where all rooms record their metrics. */
    static final String METERS = "meterRegistry";

    /** True while new calls are to be refused. */
    static final String DRAINING = "draining";

    /** The calls under way over HTTP. */
    static final String ACTIVE_CALLS = "activeCalls";

    /** What becomes of changes of routes and configuration. */
    static final String EDITS = "llmEdits";

    static final Set<String> NAMES = Set.of(VERTX, METERS, DRAINING, ACTIVE_CALLS, QueueBroker.CONNECTIONS, EDITS);

    private Beans() {}

    /** Binds stand-ins that open nothing, for routes that are checked and not started. */
    static void standIns(Registry registry) {
        registry.bind(METERS, MeterRegistry.class, new SimpleMeterRegistry());
        registry.bind(DRAINING, AtomicBoolean.class, new AtomicBoolean());
        registry.bind(ACTIVE_CALLS, ActiveCalls.class, new ActiveCalls());
        registry.bind(VERTX, Vertx.class, () -> {
            throw new IllegalStateException("there is no Vert.x while routes are checked");
        });
    }
}
