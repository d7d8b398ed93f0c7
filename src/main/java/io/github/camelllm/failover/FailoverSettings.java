package io.github.camelllm.failover;

import io.github.camelllm.call.Recovery;
import java.time.Duration;
import java.util.List;

/**
 * How hard a call tries.
 *
 * @param deadline the longest a call may take with all its attempts, streams included; positive
 * @param retries how often the same model is asked again; 0 to 10
 * @param backoff the mean of the first wait is half of this, and doubles with each retry; positive
 * @param longestBackoff the bound of that doubling; positive
 * @param longestRetryAfter the longest {@code Retry-After} that is waited for; beyond it the next model is asked
 * @param retryPercent the share of a model's recent calls that may be retries, beyond a few; 0 to 100
 * @param recovery what is done about a stream that breaks off, first choice first; a model's own setting overrules it
 * @param onLength what is done about an answer that the model's own limit has cut
 */
record FailoverSettings(
        Duration deadline,
        int retries,
        Duration backoff,
        Duration longestBackoff,
        Duration longestRetryAfter,
        int retryPercent,
        List<Recovery> recovery,
        OnLength onLength) {

    /** What is done about an answer that ends with {@code finish_reason: length} though the client set no such limit. */
    enum OnLength {
        ACCEPT,
        FAILOVER,
        ERROR
    }

    static final FailoverSettings DEFAULT = new FailoverSettings(
            Duration.ofMinutes(10),
            1,
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            20,
            List.of(Recovery.CONTINUE, Recovery.RESTART),
            OnLength.ACCEPT);

    FailoverSettings {
        positive("deadline", deadline);
        positive("backoff", backoff);
        positive("longestBackoff", longestBackoff);
        within("retries", retries, 10);
        within("retryPercent", retryPercent, 100);
        notNegative("longestRetryAfter", longestRetryAfter);
    }

    static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    "failover." + name + " is " + value.toMillis() + " ms; 0 or more is allowed");
        }
        return value;
    }

    static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "failover." + name + " is " + value.toMillis() + " ms; it must be positive");
        }
        return value;
    }

    static int within(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException("failover." + name + " is " + value + "; 0 to " + most + " is allowed");
        }
        return value;
    }
}
