package io.github.camelllm.problem;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/**
 * What the EIPs of a route say by the exceptions that they throw: a {@code throttle} that rejects is 429, a body that cannot be
 * converted 400. By the names of their classes: none of them need be there.
 */
final class CamelFailures {

    private static final Duration SOON = Duration.ofSeconds(1);

    private static final Map<String, Function<Throwable, Problem>> KNOWN = Map.ofEntries(
            Map.entry("org.apache.camel.processor.ThrottlerRejectedExecutionException", e -> Problem.of(
                            ErrorCode.GLOBAL_RATE_LIMITED,
                            "The gateway takes no more of these requests now; try again.")
                    .withRetryAfter(SOON)),
            Map.entry("io.github.resilience4j.bulkhead.BulkheadFullException", e -> full()),
            Map.entry("java.util.concurrent.RejectedExecutionException", e -> full()),
            Map.entry("io.github.resilience4j.circuitbreaker.CallNotPermittedException", e -> Problem.of(
                            ErrorCode.NO_MODEL_AVAILABLE,
                            "What this request needs has failed too often and is not asked now; try again later.")
                    .withRetryAfter(SOON)),
            Map.entry("java.util.concurrent.TimeoutException", e -> late()),
            Map.entry("org.apache.camel.ExchangeTimedOutException", e -> late()),
            Map.entry(
                    "org.apache.camel.support.processor.PredicateValidationException",
                    e -> bad("does not hold to a rule of this gateway")),
            Map.entry("org.apache.camel.ValidationException", e -> bad("does not hold to a rule of this gateway")),
            Map.entry("org.apache.camel.InvalidPayloadException", e -> bad("is not of the kind that is expected")),
            Map.entry(
                    "org.apache.camel.NoTypeConversionAvailableException",
                    e -> bad("is not of the kind that is expected")),
            Map.entry("org.apache.camel.TypeConversionException", e -> bad("cannot be read")),
            Map.entry("com.fasterxml.jackson.core.JsonParseException", e -> bad("is not valid JSON")),
            Map.entry(
                    "com.fasterxml.jackson.core.JsonProcessingException", e -> bad("is not the JSON that is expected")),
            Map.entry(
                    "org.apache.camel.http.base.HttpOperationFailedException",
                    e -> Problem.of(
                            ErrorCode.UPSTREAM_ERROR,
                            "A service that the gateway needs for this request has failed.")));

    private CamelFailures() {}

    /** The problem that an exception in the chain of causes stands for; null when none does. */
    static Problem problemOf(Throwable throwable) {
        for (Throwable t = throwable; t != null; t = t.getCause()) {
            for (Class<?> type = t.getClass(); type != null; type = type.getSuperclass()) {
                Function<Throwable, Problem> known = KNOWN.get(type.getName());
                if (known != null) {
                    return known.apply(t).withDetail(String.valueOf(throwable)).withCause(throwable);
                }
            }
            if (t.getCause() == t) {
                break;
            }
        }
        return null;
    }

    private static Problem full() {
        return Problem.of(ErrorCode.OVERLOADED, "The gateway has as much to do as it can; try again.")
                .withRetryAfter(SOON);
    }

    private static Problem late() {
        return Problem.of(ErrorCode.UPSTREAM_TIMEOUT, "What this request needs did not answer in time.");
    }

    private static Problem bad(String how) {
        return Problem.of(ErrorCode.INVALID_REQUEST, "The body " + how + ".");
    }
}
