package io.github.camelllm.call;

/**
 * Counts the tokens of a prompt before it is sent. A bean of this type serves every step that asks; where there is none,
 * {@link TokenEstimate} does.
 */
public interface TokenCounter {

    /** Guesses by the number of characters, the same for every model. */
    TokenCounter ROUGH = new TokenCounter() {
        @Override
        public long estimate(Call call, String model) {
            return call.inputEstimate();
        }

        @Override
        public long exact(Call call, String model) {
            return call.inputEstimate();
        }
    };

    /**
     * A quick count of a call's prompt, images and tools included, rather too high than too low.
     *
     * @param model the name that routes know the model by; null while none is chosen
     */
    long estimate(Call call, String model);

    /** As exact a count as can be had without asking the provider; slow, for calls near a limit. */
    long exact(Call call, String model);

    /** Learns from a call that is over, by what its provider has reported; never throws. */
    default void learn(Call call) {
        // nothing to learn for a guess that is the same for all
    }
}
