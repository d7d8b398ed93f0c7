package io.github.camelllm.inspect;

import io.github.camelllm.call.Call;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicReference;

/** Puts findings on the call, and counts each once a call: {@code llm_answers_flagged_total{reason}}. */
final class Flags {

    private final AtomicReference<MeterRegistry> registry = new AtomicReference<>();

    /** Says where to count. */
    void bindTo(MeterRegistry newRegistry) {
        registry.set(newRegistry);
    }

    /** Where the findings of a call go. */
    Findings of(Call call) {
        return finding -> {
            MeterRegistry meters = registry.get();
            if (call.flag(finding) && meters != null) {
                Counter.builder("llm.answers.flagged")
                        .description("Answers in which a check has found something, by what")
                        .tag("reason", finding) // names of config/inspect.yaml and of the checks: few
                        .register(meters)
                        .increment();
            }
        };
    }
}
