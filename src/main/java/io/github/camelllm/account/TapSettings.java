package io.github.camelllm.account;

import java.time.Duration;

/**
 * The settings of a {@link TapExecutor}.
 *
 * @param queueSize how many exchanges may wait for the tap; more are dropped
 * @param threads how many are worked on at once
 * @param drainTimeout how long a stop waits for a tap that finishes nothing
 */
record TapSettings(int queueSize, int threads, Duration drainTimeout) {

    TapSettings {
        Limits.check("tap.queueSize", queueSize, 1_000_000);
        Limits.check("tap.threads", threads, 64);
        Limits.check("tap.drainTimeout", drainTimeout);
    }
}
