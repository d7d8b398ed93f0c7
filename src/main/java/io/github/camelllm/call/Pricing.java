package io.github.camelllm.call;

import java.math.BigDecimal;

/**
 * What models cost. A bean of this type tells every step that asks; where there is none, no price is known.
 *
 * <p>An unknown price is null and never zero: a sum that has one in it is not known either.
 */
public interface Pricing {

    /** Knows no price. */
    Pricing UNKNOWN = new Pricing() {
        @Override
        public BigDecimal cost(String model, Usage usage) {
            return null;
        }

        @Override
        public BigDecimal most(String model, long inputTokens, long outputTokens) {
            return null;
        }

        @Override
        public long mostOutputTokens(String model) {
            return 0;
        }
    };

    /**
     * Dollars for what has been used.
     *
     * @param model the name that routes know it by
     * @return null when the model has no price
     */
    BigDecimal cost(String model, Usage usage);

    /**
     * The most that such a call may cost, in dollars: no token read from a cache but all of them written there, every token
     * of the answer at its dearest.
     *
     * @return null when the model has no price
     */
    BigDecimal most(String model, long inputTokens, long outputTokens);

    /** The most tokens that the model can answer with; 0 when it is not known. */
    long mostOutputTokens(String model);

    /**
     * The same as {@link #cost(String, Usage)}, together with what of the call's request is charged for otherwise than by
     * tokens, such as images where a model has a price for each.
     *
     * @return null when the model has no price
     */
    default BigDecimal cost(Call call, String model, Usage usage) {
        return cost(model, usage);
    }

    /**
     * The same as {@link #most(String, long, long)}, not more than this call's request asks for: what it does not mark for
     * the provider's cache is not written there.
     *
     * @return null when the model has no price
     */
    default BigDecimal most(Call call, String model, long inputTokens, long outputTokens) {
        return most(model, inputTokens, outputTokens);
    }
}
