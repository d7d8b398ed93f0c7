package io.github.camelllm.guard;

import io.github.camelllm.guard.GuardSettings.Treatment;

/**
 * What {@code config/guard.yaml} says of one tenant's texts of one origin, in place of what holds for all.
 *
 * @param action what becomes of a text that looks like an attack; null where the usual action holds
 * @param threshold the score from which on it does; null where the usual one holds
 */
record TenantTreatment(Action action, Double threshold) {

    /** The treatment for the tenant, made of the one for all. */
    Treatment over(Treatment usual) {
        return new Treatment(
                action == null ? usual.action() : action, threshold == null ? usual.threshold() : threshold);
    }
}
