package io.github.camelllm.call;

import java.math.BigDecimal;
import java.util.List;

/**
 * What a model is declared to be able to do, and what it is worth: the parameters of its route.
 *
 * @param contextWindow the most tokens of prompt and completion together; 0 when it is not known
 * @param tools whether it may be offered tools
 * @param vision whether it may be shown images
 * @param jsonSchema whether it keeps to a JSON schema
 * @param prefill whether it goes on from the beginning of an answer that is given to it as the last message
 * @param weight its share of first choices where the order is by weight; 0 or more
 * @param price dollars for a million tokens of prompt, to order by; null when it is not known
 * @param recovery what is done about a stream that breaks off, first choice first; empty for what the route says
 */
public record Abilities(
        long contextWindow,
        boolean tools,
        boolean vision,
        boolean jsonSchema,
        boolean prefill,
        int weight,
        BigDecimal price,
        List<Recovery> recovery) {

    /** Everything but a prefill, of unknown size and price. */
    public static final Abilities ALL = new Abilities(0, true, true, true, false, 1, null, List.of());

    public Abilities {
        checkContextWindow(contextWindow);
        recovery = List.copyOf(recovery);
        checkWeight(weight);
        if (price != null && price.signum() < 0) {
            throw new IllegalArgumentException("price is " + price + "; 0 or more dollars are allowed");
        }
    }

    /** Throws if it is no number of tokens. */
    public static void checkContextWindow(long contextWindow) {
        if (contextWindow < 0) {
            throw new IllegalArgumentException("contextWindow is " + contextWindow + "; 0 or more tokens are allowed");
        }
    }

    /** Throws if it is no weight. */
    public static void checkWeight(int weight) {
        if (weight < 0) {
            throw new IllegalArgumentException("weight is " + weight + "; 0 or more is allowed");
        }
    }

    /**
     * Reads a price.
     *
     * @param text dollars such as {@code 0.15}; blank when it is not known
     * @return null when it is not known
     */
    public static BigDecimal price(String text) {
        try {
            BigDecimal dollars = text.isBlank() ? null : new BigDecimal(text.strip());
            if (dollars == null || dollars.signum() >= 0) {
                return dollars;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "price is '" + text + "'; a number of dollars such as 0.15 is allowed, or nothing");
    }
}
