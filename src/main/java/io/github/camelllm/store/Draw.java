package io.github.camelllm.store;

/**
 * What a reservation wants of one limit.
 *
 * @param amount 0 or more, at most {@link Limit#MOST}
 */
public record Draw(Limit limit, long amount) {

    public Draw {
        if (amount < 0 || amount > Limit.MOST) {
            throw new IllegalArgumentException("the amount " + amount + " of '" + limit.key() + "' is out of range");
        }
    }
}
