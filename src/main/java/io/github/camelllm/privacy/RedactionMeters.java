package io.github.camelllm.privacy;

import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.privacy.detect.Detectors;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The metrics of the step: {@code llm_redactions_total} by type, direction and action, and {@code
 * llm_analyzer_failures_total} by how. They count from the start on, also before there is a registry to show them. Types that
 * are not built in count as {@code other} beyond the first so many. Thread-safe.
 */
final class RedactionMeters {

    private static final int MOST_OTHERS = 50;

    private final Set<String> builtIn = Detectors.builtInTypes();
    private final Set<String> others = ConcurrentHashMap.newKeySet();
    private final Map<Found, LongAdder> found = new ConcurrentHashMap<>();
    private final LongAdder failed = new LongAdder();
    private final LongAdder late = new LongAdder();
    private MeterRegistry registry;

    private record Found(String type, Direction direction, Action action) {}

    synchronized void bindTo(MeterRegistry newRegistry) {
        registry = newRegistry;
        failures("failed", failed);
        failures("late", late);
        found.forEach(this::show);
    }

    private void failures(String how, LongAdder count) {
        FunctionCounter.builder("llm.analyzer.failures", count, LongAdder::sum)
                .description("Questions that the analyzer of personal data has not answered")
                .tag("how", how)
                .register(registry);
    }

    private void show(Found what, LongAdder count) {
        FunctionCounter.builder("llm.redactions", count, LongAdder::sum)
                .description("What was found in requests and answers, and what was done with it")
                .tags(Tags.of("type", what.type(), "direction", what.direction().label())
                        .and("action", what.action().label()))
                .register(registry);
    }

    void found(String type, Direction direction, Action action) {
        Found what = new Found(bounded(type), direction, action);
        LongAdder count = found.get(what);
        (count == null ? first(what) : count).increment();
    }

    private synchronized LongAdder first(Found what) {
        return found.computeIfAbsent(what, key -> {
            LongAdder count = new LongAdder();
            if (registry != null) {
                show(key, count);
            }
            return count;
        });
    }

    void failed(boolean isLate) {
        (isLate ? late : failed).increment();
    }

    private String bounded(String type) {
        return builtIn.contains(type) || others.contains(type) || others.size() < MOST_OTHERS && others.add(type)
                ? type
                : "other";
    }
}
