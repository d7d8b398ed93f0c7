package io.github.camelllm.observe;

import java.time.Duration;

/**
 * When the gateway calls itself degraded.
 *
 * @param degradedP95 the 95th percentile of a model's latency beyond which it is
 * @param minRequests how many answers the window must have for its percentile to count
 */
record HealthSettings(Duration degradedP95, int minRequests) {

    HealthSettings {
        if (degradedP95 == null || degradedP95.isNegative() || degradedP95.isZero()) {
            throw new IllegalArgumentException("health.degradedP95 is " + degradedP95 + "; allowed is more than 0s");
        }
        if (minRequests < 1) {
            throw new IllegalArgumentException("health.minRequests is " + minRequests + "; allowed is 1 or more");
        }
    }
}
