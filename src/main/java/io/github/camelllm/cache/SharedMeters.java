package io.github.camelllm.cache;

import io.github.camelllm.store.SharedCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** Metrics of what gateways share: {@code llm_cache_shared_up}, {@code llm_cache_shared_lookups_total} and {@code …_writes_total}. */
final class SharedMeters {

    private SharedMeters() {}

    /** All are 0 where nothing is shared. */
    static void bind(MeterRegistry registry, Cache cache) {
        Gauge.builder(
                        "llm.cache.shared.up",
                        cache,
                        now -> now.sharedCache() != null && now.sharedCache().up() ? 1 : 0)
                .description("Whether answers are shared with other gateways at present")
                .register(registry);
        lookups(registry, cache, "hit", SharedCache.Counts::hits);
        lookups(registry, cache, "miss", SharedCache.Counts::misses);
        lookups(registry, cache, "error", SharedCache.Counts::errors);
        lookups(registry, cache, "skipped", SharedCache.Counts::skipped);
        writes(registry, cache, "kept", SharedCache.Counts::kept);
        writes(registry, cache, "refused", SharedCache.Counts::refused);
        writes(registry, cache, "dropped", SharedCache.Counts::dropped);
        writes(registry, cache, "failed", SharedCache.Counts::failed);
    }

    private static void lookups(
            MeterRegistry registry, Cache cache, String result, ToLongFunction<SharedCache.Counts> count) {
        counter(registry, "llm.cache.shared.lookups", "Lookups of answers that gateways share", cache, result, count);
    }

    private static void writes(
            MeterRegistry registry, Cache cache, String result, ToLongFunction<SharedCache.Counts> count) {
        counter(registry, "llm.cache.shared.writes", "Answers to be shared by gateways", cache, result, count);
    }

    private static void counter(
            MeterRegistry registry,
            String name,
            String description,
            Cache cache,
            String result,
            ToLongFunction<SharedCache.Counts> count) {
        FunctionCounter.builder(
                        name,
                        cache,
                        now -> now.sharedCache() == null
                                ? 0
                                : count.applyAsLong(now.sharedCache().counts()))
                .tag("result", result)
                .description(description)
                .register(registry);
    }
}
