package io.github.camelllm.call;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;

/**
 * A model that calls may go to: one route of {@code routes/models.camel.yaml}.
 *
 * @param name what clients and chains call it
 * @param provider whose it is
 * @param upstream what its provider calls it
 * @param operation what it does
 * @param missing why it cannot answer (the setting to fill in); null when it can
 * @param simulated whether its answers are made up here
 * @param abilities what it is declared to be able to do
 * @param health how it fares
 */
public record Model(
        String name,
        String provider,
        String upstream,
        Operation operation,
        String missing,
        boolean simulated,
        Abilities abilities,
        ModelHealth health) {

    public Model {
        upstream = upstream == null || upstream.isBlank() ? name : upstream;
    }

    /** A model that its provider calls by the same name. */
    public Model(
            String name,
            String provider,
            Operation operation,
            String missing,
            boolean simulated,
            Abilities abilities,
            ModelHealth health) {
        this(name, provider, name, operation, missing, simulated, abilities, health);
    }

    /** A model able to do anything, of which nothing is known yet. */
    public Model(String name, String provider, Operation operation, String missing, boolean simulated) {
        this(name, provider, operation, missing, simulated, Abilities.ALL, ModelHealth.unwatched());
    }

    /** Whether it has all it needs to be called. */
    public boolean live() {
        return missing == null;
    }

    /** Why the model is not asked while its circuit breaker is open, and when it will be. */
    public Problem leftAlone() {
        return Problem.of(
                        ErrorCode.NO_MODEL_AVAILABLE,
                        "The model '" + name + "' has failed too often lately and is left alone for a while.")
                .withRetryAfter(health.comesBackIn())
                .withUpstream(UpstreamFailure.CIRCUIT_OPEN)
                .withDetail("circuit breaker open");
    }

    /** Why the model is not asked while its provider wants to be left alone, and when it will be. */
    public Problem resting() {
        return health.rest().problem(name);
    }
}
