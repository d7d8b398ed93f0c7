package io.github.camelllm.account;

import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Pricing;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * What a call cost: each attempt by the model that it was made at, and all of them together. An attempt that failed and
 * has used nothing that is known of costs nothing; one that has used something unpriced makes the whole unknown.
 *
 * @param attempts dollars for each attempt, in order; null for one of which nothing is known
 * @param total dollars for all of them; null when it is not known
 */
record Costs(List<BigDecimal> attempts, BigDecimal total) {

    /** The header that tells a client what its call has cost, in dollars without an exponent. */
    static final String HEADER = "X-LLM-Cost-USD";

    /** The costs of a call that is over. */
    static Costs of(Call call, List<Attempt> attempts, Pricing pricing) {
        List<BigDecimal> costs = new ArrayList<>(attempts.size());
        BigDecimal total = BigDecimal.ZERO;
        for (Attempt attempt : attempts) {
            BigDecimal cost = attempt.usage() == null ? null : pricing.cost(call, attempt.model(), attempt.usage());
            costs.add(cost);
            if (cost != null) {
                total = total == null ? null : total.add(cost);
            } else if (attempt.usage() != null || attempt.problem() == null) {
                total = null;
            }
        }
        return new Costs(costs, total);
    }

    /** The costs of a call that nobody can price. */
    static Costs unknown(int attempts) {
        List<BigDecimal> costs = new ArrayList<>(attempts);
        for (int i = 0; i < attempts; i++) {
            costs.add(null);
        }
        return new Costs(costs, null);
    }

    /** An amount as the header has it. */
    static String plain(BigDecimal dollars) {
        return dollars.signum() == 0 ? "0" : dollars.stripTrailingZeros().toPlainString();
    }
}
