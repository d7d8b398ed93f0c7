package io.github.camelllm.inspect;

import io.github.camelllm.call.Call;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts findings on the call, and counts each once a call: {@code llm_answers_flagged_total{reason}}. What is found before there is
 * a registry is counted once there is one.
 */
final class Flags {

    private final Map<String, Integer> early = new HashMap<>();
    private MeterRegistry registry;

    /** Says where to count. */
    synchronized void bindTo(MeterRegistry newRegistry) {
        registry = newRegistry;
        early.forEach((finding, times) -> counter(finding).increment(times));
        early.clear();
    }

    /** Where the findings of a call go. */
    Findings of(Call call) {
        return finding -> {
            if (call.flag(finding)) {
                count(finding);
            }
        };
    }

    private synchronized void count(String finding) {
        if (registry == null) {
            early.merge(finding, 1, Integer::sum);
        } else {
            counter(finding).increment();
        }
    }

    private Counter counter(String finding) {
        return Counter.builder("llm.answers.flagged")
                .description("Answers in which a check has found something, by what")
                .tag("reason", finding) // names of config/inspect.yaml and of the checks: few
                .register(registry);
    }
}
