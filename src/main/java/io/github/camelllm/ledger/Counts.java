package io.github.camelllm.ledger;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** What a ledger counts of itself. Thread-safe. */
final class Counts {

    final LongAdder written = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder refused = new LongAdder();
    volatile boolean up;

    void bindTo(MeterRegistry registry, IntSupplier waiting) {
        counter(registry, "llm.ledger.written", written, "Calls that were written to the ledger");
        counter(
                registry,
                "llm.ledger.failed",
                failed,
                "Attempts to open or write the ledger that failed, and are made again");
        counter(
                registry,
                "llm.ledger.dropped",
                dropped,
                "Calls that there was no room to keep: read from the call log later");
        counter(registry, "llm.ledger.refused", refused, "Calls that the database will never take");
        Gauge.builder("llm.ledger.waiting", waiting, IntSupplier::getAsInt)
                .description("Calls that wait to be written to the ledger")
                .strongReference(true)
                .register(registry);
        Gauge.builder("llm.ledger.up", this, counts -> counts.up ? 1 : 0)
                .description("Whether the ledger could be written when that was last tried")
                .strongReference(true)
                .register(registry);
    }

    private static void counter(MeterRegistry registry, String name, LongAdder count, String description) {
        FunctionCounter.builder(name, count, LongAdder::sum)
                .description(description)
                .register(registry);
    }
}
