package io.github.camelllm.account;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** A count that works without a meter registry, and shows in one from the moment it is bound to it. Thread-safe. */
final class Tally {

    private final LongAdder sum = new LongAdder();
    private volatile Counter counter;

    void add(long amount) {
        sum.add(amount);
        Counter bound = counter;
        if (bound != null) {
            bound.increment(amount);
        }
    }

    long sum() {
        return sum.sum();
    }

    /** Shows the count as a counter; what was counted so far included. The second call does nothing. */
    synchronized void bindTo(MeterRegistry registry, String name, String description, String... tags) {
        if (counter == null) {
            Counter bound =
                    Counter.builder(name).description(description).tags(tags).register(registry);
            bound.increment(sum.sum());
            counter = bound;
        }
    }
}
