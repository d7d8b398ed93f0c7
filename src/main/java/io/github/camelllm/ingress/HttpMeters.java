package io.github.camelllm.ingress;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Troubles;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meters of the HTTP server: the requests that it refuses itself, by code, its connections, and the memory that bodies take.
 * Those requests have no call record; that it has no room for one is logged once a minute.
 */
final class HttpMeters implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(HttpMeters.class);

    /** The key under which a request's routing context has them. */
    static final String KEY = HttpMeters.class.getName();

    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Troubles troubles;
    private volatile LongSupplier bodies = () -> 0;
    private volatile MeterRegistry registry;

    HttpMeters(Ticker ticker) {
        this.troubles = new Troubles(LOG, ticker);
    }

    /** The memory of all bodies is what this says, in bytes. */
    void bodies(LongSupplier bytes) {
        bodies = bytes;
    }

    void opened() {
        connections.incrementAndGet();
    }

    void closed() {
        connections.decrementAndGet();
    }

    /** A request, or a connection, is refused. */
    void refused(Problem problem) {
        if (problem.code() == ErrorCode.OVERLOADED) {
            troubles.is(problem.getMessage(), "requests are refused with 503: " + problem.getMessage());
        }
        String code = problem.code().code();
        refused.computeIfAbsent(code, this::counted).increment();
    }

    private LongAdder counted(String code) {
        LongAdder count = new LongAdder();
        MeterRegistry known = registry;
        if (known != null) {
            register(known, code, count);
        }
        return count;
    }

    private static void register(MeterRegistry registry, String code, LongAdder count) {
        FunctionCounter.builder("llm.http.refused", count, LongAdder::sum)
                .description("Requests that the HTTP server refused before a call was made of them")
                .tag("code", code)
                .register(registry);
    }

    @Override
    public void bindTo(MeterRegistry newRegistry) {
        registry = newRegistry;
        refused.forEach((code, count) -> register(newRegistry, code, count));
        Gauge.builder("llm.http.connections", connections, AtomicInteger::get)
                .description("Open connections of the HTTP server")
                .register(newRegistry);
        Gauge.builder("llm.http.bodies", () -> bodies.getAsLong())
                .description("The memory that request bodies are counted with")
                .baseUnit("bytes")
                .register(newRegistry);
    }
}
