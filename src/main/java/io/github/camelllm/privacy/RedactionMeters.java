package io.github.camelllm.privacy;

import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.privacy.detect.Detectors;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The metrics of the step: {@code llm_redactions_total} by type, direction and action, and {@code
 * llm_analyzer_failures_total} by how. Types that only an analyzer knows count as {@code other} beyond the first so many.
 */
final class RedactionMeters {

    private static final int MOST_OTHERS = 50;

    private record Key(String type, Direction direction, Action action) {}

    private final Set<String> builtIn = Detectors.builtInTypes();
    private final Set<String> others = ConcurrentHashMap.newKeySet();
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
    private volatile MeterProvider<Counter> redactions;
    private volatile MeterProvider<Counter> failures;

    void bindTo(MeterRegistry registry) {
        counters.clear();
        redactions = Counter.builder("llm.redactions")
                .description("What was found in requests and answers, and what was done with it")
                .withRegistry(registry);
        failures = Counter.builder("llm.analyzer.failures")
                .description("Questions that the analyzer of personal data has not answered")
                .withRegistry(registry);
    }

    void found(String type, Direction direction, Action action) {
        MeterProvider<Counter> provider = redactions;
        if (provider != null) {
            counters.computeIfAbsent(
                            new Key(bounded(type), direction, action),
                            key -> provider.withTags(
                                    "type", key.type(), "direction", direction.label(), "action", action.label()))
                    .increment();
        }
    }

    void failed(boolean late) {
        MeterProvider<Counter> provider = failures;
        if (provider != null) {
            provider.withTag("how", late ? "late" : "failed").increment();
        }
    }

    private String bounded(String type) {
        return builtIn.contains(type) || others.contains(type) || others.size() < MOST_OTHERS && others.add(type)
                ? type
                : "other";
    }
}
