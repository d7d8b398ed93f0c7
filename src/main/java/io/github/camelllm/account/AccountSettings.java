package io.github.camelllm.account;

import java.time.Duration;

/**
 * The settings of {@link Account}.
 *
 * @param endpoint the Camel endpoint that gets each finished call
 * @param queueSize how many finished calls may wait for that endpoint; more are dropped
 * @param drainTimeout how long a stop waits for an endpoint that takes nothing
 */
record AccountSettings(String endpoint, int queueSize, Duration drainTimeout) {

    AccountSettings {
        if (endpoint == null || endpoint.isBlank()) {
            throw new IllegalArgumentException(
                    "account.endpoint is '" + endpoint + "'; a Camel endpoint is expected, as in direct:llm-completed");
        }
        Limits.check("account.queueSize", queueSize, 1_000_000);
        Limits.check("account.drainTimeout", drainTimeout);
    }
}
