package io.github.camelllm.guard;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the guard finds. */
final class GuardMeters {

    private final Map<Origin, Map<Action, LongAdder>> found = new EnumMap<>(Origin.class);
    private final LongAdder brokenTokens = new LongAdder();
    private final LongAdder detectorFailures = new LongAdder();

    GuardMeters() {
        for (Origin origin : Origin.values()) {
            Map<Action, LongAdder> counts = new EnumMap<>(Action.class);
            for (Action action : Action.values()) {
                counts.put(action, new LongAdder());
            }
            found.put(origin, counts);
        }
    }

    void found(Finding finding) {
        found.get(finding.origin()).get(finding.action()).increment();
    }

    void brokenTokens() {
        brokenTokens.increment();
    }

    void detectorFailed() {
        detectorFailures.increment();
    }

    void bindTo(MeterRegistry registry) {
        found.forEach((origin, counts) -> counts.forEach((action, count) -> {
            if (action != Action.OFF) {
                FunctionCounter.builder("llm.guard.findings", count, LongAdder::doubleValue)
                        .tag("origin", origin.label())
                        .tag("action", action.done())
                        .description("Texts that looked like an attack, by whose they were and what was done")
                        .register(registry);
            }
        }));
        FunctionCounter.builder("llm.guard.special.tokens", brokenTokens, LongAdder::doubleValue)
                .description("Calls in which tokens of chat templates were broken up")
                .register(registry);
        FunctionCounter.builder("llm.guard.detector.failures", detectorFailures, LongAdder::doubleValue)
                .description("Calls for which the guard's detector gave no answer")
                .register(registry);
    }
}
