package io.github.camelllm.call;

/**
 * A model that calls may go to: one route of {@code routes/models.camel.yaml}.
 *
 * @param name what clients and chains call it
 * @param provider whose it is
 * @param operation what it does
 * @param missing why it cannot answer (the setting to fill in); null when it can
 * @param simulated whether its answers are made up here
 */
public record Model(String name, String provider, Operation operation, String missing, boolean simulated) {

    /** Whether it has all it needs to be called. */
    public boolean live() {
        return missing == null;
    }
}
