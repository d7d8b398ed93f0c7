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
 * llm_errors_total}, {@code llm_gateway_overhead_seconds}.
 */
final class CallMeters {

    /** The answers a cache can give; see {@link FinishedCall#cache}. */
    private static final Set<String> CACHE = Set.of("hit", "semantic", "stale", "miss", "bypass");

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
    private final Timer overhead;

    CallMeters(MeterRegistry registry) {
        requests = Counter.builder("llm.requests")
                .description("Calls that are over")
                .withRegistry(registry);
        tokens = Counter.builder("llm.tokens")
                .description("Tokens used; cached_input is a part of input, reasoning a part of output")
                .withRegistry(registry);
        errors = Counter.builder("llm.errors").description("Calls that failed").withRegistry(registry);
        duration = Timer.builder("llm.request.duration")
                .description("From the arrival of a call to the end of its answer")
                .serviceLevelObjectives(CALL_BUCKETS)
                .withRegistry(registry);
        firstToken = Timer.builder("llm.time.to.first.token")
                .description("From the arrival of a call to the first token of its stream")
                .serviceLevelObjectives(FIRST_TOKEN_BUCKETS)
                .withRegistry(registry);
        overhead = Timer.builder("llm.gateway.overhead")
                .description("What the gateway itself adds to the time until an answer begins")
                .serviceLevelObjectives(OVERHEAD_BUCKETS)
                .register(registry);
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
        Usage usage = call.usage();
        count(model, "input", usage.inputTokens());
        count(model, "output", usage.outputTokens());
        count(model, "cached_input", usage.cachedInputTokens());
        count(model, "reasoning", usage.reasoningTokens());
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
