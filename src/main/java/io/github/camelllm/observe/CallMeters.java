package io.github.camelllm.observe;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * The metrics of finished calls. As Prometheus scrapes them: {@code llm_requests_total}, {@code
 * llm_request_duration_seconds}, {@code llm_time_to_first_token_seconds}, {@code llm_tokens_total}, {@code
 * llm_errors_total}, {@code llm_upstream_failures_total}, {@code llm_truncated_total}, {@code
 * llm_stream_recoveries_total}, {@code llm_degraded_total}, {@code llm_cost_dollars_total}, {@code
 * llm_unpriced_attempts_total}, {@code llm_gateway_overhead_seconds}, {@code llm_cache_hits_total}, {@code
 * llm_cache_saved_dollars_total}.
 */
final class CallMeters {

    /** The answers a cache can give; see {@link FinishedCall#cache}. */
    private static final Set<String> CACHE = Set.of("hit", "semantic", "stale", "miss", "bypass", "refresh", "shadow");

    /** As many teams have a label of their own. */
    private static final int MAX_TEAMS = 100;

    /** From a cache hit to a long completion. */
    private static final Duration[] CALL_BUCKETS =
            millis(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000);

    private static final Duration[] FIRST_TOKEN_BUCKETS =
            millis(5, 10, 25, 50, 100, 250, 500, 750, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000);

    private static final Duration[] OVERHEAD_BUCKETS =
            micros(100, 250, 500, 1_000, 1_500, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000);

    private final MeterProvider<Counter> requests;
    private final MeterProvider<Counter> tokens;
    private final MeterProvider<Counter> errors;
    private final MeterProvider<Timer> duration;
    private final MeterProvider<Timer> firstToken;
    private final MeterProvider<Counter> failures;
    private final MeterProvider<Counter> truncated;
    private final MeterProvider<Counter> recovered;
    private final MeterProvider<Counter> degraded;
    private final MeterProvider<Counter> cost;
    private final MeterProvider<Counter> unpriced;
    private final MeterProvider<Counter> hits;
    private final MeterProvider<Counter> saved;
    private final Names teams = new Names(MAX_TEAMS, ModelNames.OTHER);
    private final Timer overhead;

    CallMeters(MeterRegistry registry) {
        requests = counter(registry, "llm.requests", "Calls that are over");
        tokens = counter(
                registry,
                "llm.tokens",
                "Tokens used; cached_input and cache_write are parts of input, reasoning of output");
        errors = counter(registry, "llm.errors", "Calls that failed");
        duration = Timer.builder("llm.request.duration")
                .description("From the arrival of a call to the end of its answer")
                .serviceLevelObjectives(CALL_BUCKETS)
                .withRegistry(registry);
        firstToken = Timer.builder("llm.time.to.first.token")
                .description("From the arrival of a call to the first token of its stream")
                .serviceLevelObjectives(FIRST_TOKEN_BUCKETS)
                .withRegistry(registry);
        failures = counter(registry, "llm.upstream.failures", "Attempts at a model that failed, by how");
        truncated = counter(registry, "llm.truncated", "Answers that a limit on their length has cut");
        recovered = counter(
                registry, "llm.stream.recoveries", "Streams that broke off and were made whole by another model");
        degraded = counter(registry, "llm.degraded", "Calls that were answered without a model");
        cost = counter(registry, "llm.cost.dollars", "Dollars that models charge, for every attempt that used tokens");
        unpriced = counter(
                registry,
                "llm.unpriced.attempts",
                "Attempts that used tokens at no known price, and are missing in llm_cost_dollars");
        hits = counter(
                registry, "llm.cache.hits", "Calls that the cache has answered, by how and where the answer was found");
        saved = counter(
                registry,
                "llm.cache.saved.dollars",
                "Dollars that models would have charged for what the cache has answered");
        overhead = Timer.builder("llm.gateway.overhead")
                .description("What the gateway itself adds to the time until an answer begins")
                .serviceLevelObjectives(OVERHEAD_BUCKETS)
                .register(registry);
    }

    private static MeterProvider<Counter> counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).withRegistry(registry);
    }

    /**
     * Records a call.
     *
     * @param model what labels call its model
     * @param provider what labels call the provider
     */
    void record(FinishedCall call, String model, String provider) {
        requests.withTags(
                        "model",
                        model,
                        "provider",
                        provider,
                        "status",
                        Integer.toString(call.status()),
                        "cache",
                        CACHE.contains(call.cache()) ? call.cache() : ModelNames.OTHER)
                .increment();
        Tags byModel = Tags.of("model", model);
        duration.withTags(byModel).record(call.latencyNanos(), TimeUnit.NANOSECONDS);
        if (call.firstTokenNanos() >= 0) {
            firstToken.withTags(byModel).record(call.firstTokenNanos(), TimeUnit.NANOSECONDS);
        }
        if (call.firstByteNanos() >= 0) {
            overhead.record(Math.max(0, call.firstByteNanos() - call.upstreamNanos()), TimeUnit.NANOSECONDS);
        }
        if (!call.ok()) {
            errors.withTag("code", call.errorCode()).increment();
        }
        if ("length".equals(call.finishReason())) {
            truncated.withTags(byModel).increment();
        }
        if (call.recovery() != null) {
            recovered.withTag("how", call.recovery()).increment();
        }
        if (call.degraded() != null) {
            degraded.withTag("how", call.degraded()).increment();
        }
        if (call.hit() != null && call.ok()) {
            hits.withTags("tier", call.hit().tier(), "store", call.hit().store())
                    .increment();
            if (call.hit().saved() != null) {
                saved.withTags(byModel).increment(call.hit().saved().doubleValue());
            }
        }
        Usage usage = call.usage();
        count(model, "input", usage.inputTokens());
        count(model, "output", usage.outputTokens());
        count(model, "cached_input", usage.cachedInputTokens());
        count(model, "cache_write", usage.cacheWriteTokens());
        count(model, "reasoning", usage.reasoningTokens());
    }

    /** Records an attempt that failed; {@code model} is what labels call its model. */
    void failed(String model, String failure) {
        failures.withTags("model", model, "failure", failure).increment();
    }

    /**
     * Records what an attempt cost, or that nobody knows.
     *
     * @param model what labels call its model
     * @param team the caller's
     */
    void billed(FinishedCall.Try attempt, String model, String team) {
        if (attempt.usage() == null) {
            return;
        }
        if (attempt.cost() == null) {
            unpriced.withTag("model", model).increment();
        } else if (attempt.cost().signum() > 0) {
            cost.withTags("model", model, "team", teams.of(team))
                    .increment(attempt.cost().doubleValue());
        }
    }

    private void count(String model, String type, long amount) {
        if (amount > 0) {
            tokens.withTags("model", model, "type", type).increment(amount);
        }
    }

    private static Duration[] millis(long... values) {
        return LongStream.of(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    private static Duration[] micros(long... values) {
        return LongStream.of(values)
                .mapToObj(value -> Duration.ofNanos(value * 1000))
                .toArray(Duration[]::new);
    }
}
