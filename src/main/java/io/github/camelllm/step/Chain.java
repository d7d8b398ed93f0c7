package io.github.camelllm.step;

import org.apache.camel.Exchange;

/** What follows a step. A step that does not proceed answers the call itself. */
@FunctionalInterface
public interface Chain {

    /**
     * Runs the rest of the chain on the same exchange, and returns once it is done.
     *
     * @throws Exception whatever the rest failed with; the exchange itself carries no failure then
     */
    void proceed() throws Exception;

    /** The same rest, to be run on another exchange. */
    default Chain on(Exchange other) {
        throw new UnsupportedOperationException("this chain is bound to its exchange");
    }

    /** The step that follows with nothing between, and wraps all that comes after; null when something else follows. */
    default Step follower() {
        return null;
    }
}
