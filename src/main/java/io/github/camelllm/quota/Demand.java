package io.github.camelllm.quota;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.store.Limit;
import java.math.BigDecimal;

/**
 * What a call may use at most of the model it is to go to: its prompt, by an estimate, and the longest answer. Counted when it
 * is asked for and not before: limits of requests need none of it. Used by one thread at a time.
 */
final class Demand {

    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final int MOST_CHOICES = 1000; // validate lets fewer through

    private final Call call;
    private final Rules rules;
    private final Pricing pricing;
    private final TokenCounter counter;
    private boolean exact;
    private long input = -1;
    private long output = -1;
    private long nanodollars = UNKNOWN;

    Demand(Call call, Rules rules, Pricing pricing, TokenCounter counter) {
        this.call = call;
        this.rules = rules;
        this.pricing = pricing;
        this.counter = counter;
    }

    /** Tokens of the prompt. */
    long inputTokens() {
        if (input < 0) {
            input = exact ? counter.exact(call, call.getModel()) : counter.estimate(call, call.getModel());
        }
        return input;
    }

    /** The most tokens of the answer, all choices together. */
    long outputTokens() {
        if (output < 0) {
            output = call.getOperation() == Operation.CHAT ? Math.min(bound(), Limit.MOST / choices()) * choices() : 0;
        }
        return output;
    }

    /** Tokens of both. */
    long tokens() {
        return Math.min(Limit.MOST, inputTokens() + outputTokens());
    }

    /** The most it may cost, in billionths of a dollar; -1 when the model has no price, or none is chosen. */
    long nanodollars() {
        if (nanodollars == UNKNOWN) {
            BigDecimal most =
                    call.getModel() == null ? null : pricing.most(call, call.getModel(), inputTokens(), outputTokens());
            nanodollars = most == null ? -1 : Measure.nanos(most);
        }
        return nanodollars;
    }

    /** Whether the model that is chosen has a price. */
    boolean isPriced() {
        return pricing.most(call, call.getModel(), 1, 1) != null;
    }

    /**
     * Counts the prompt exactly, which takes its time.
     *
     * @return whether that has made the demand smaller
     */
    boolean sharpen() {
        if (exact || input < 0) {
            return false;
        }
        long estimate = input;
        exact = true;
        input = -1;
        nanodollars = UNKNOWN;
        if (inputTokens() >= estimate) {
            input = estimate;
            return false;
        }
        return true;
    }

    /**
     * Whether what is too much by the estimate may be little enough by the exact count, which is more than half of it: a text
     * that is far too long is not worth counting.
     */
    static boolean mayFit(long amount, long room) {
        return amount / 2 <= room;
    }

    /**
     * The bound of one answer: what the request says. Where it says nothing it gets a bound, since an answer without one could
     * use more than any reservation.
     */
    private long bound() {
        ObjectNode request = call.getRequest().tree();
        long said = Math.max(
                request.path("max_completion_tokens").asLong(0),
                request.path("max_tokens").asLong(0));
        if (said > 0) {
            return said;
        }
        long most = call.getModel() == null ? 0 : pricing.mostOutputTokens(call.getModel());
        long tokens = most > 0 ? Math.min(most, rules.outputTokens()) : rules.outputTokens();
        request.put("max_tokens", tokens); // the model's route knows its provider's name for it
        call.tell("answer bounded to " + tokens + " tokens");
        return tokens;
    }

    private long choices() {
        JsonNode n = call.getRequest().tree().path("n");
        return n.canConvertToInt() && n.intValue() > 1 ? Math.min(MOST_CHOICES, n.intValue()) : 1;
    }
}
