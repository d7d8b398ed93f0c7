package io.github.camelllm.step;

/** What follows a step. A step that does not proceed answers the call itself. */
@FunctionalInterface
public interface Chain {

    /**
     * Runs the rest of the chain on the same exchange, and returns once it is done.
     *
     * @throws Exception whatever the rest failed with; the exchange itself carries no failure then
     */
    void proceed() throws Exception;

    /** The step that follows with nothing between, and wraps all that comes after; null when something else follows. */
    default Step follower() {
        return null;
    }
}
