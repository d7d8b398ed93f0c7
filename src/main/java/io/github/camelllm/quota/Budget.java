package io.github.camelllm.quota;

/**
 * The step {@code budget}: no more requests, tokens and dollars an hour, day, week or month, and no more tokens and dollars for
 * one request, than {@code limits.yaml} allows. See {@link LimitStep} for where it may stand.
 *
 * <pre>{@code
 * - policy: { ref: llmBudget }
 * }</pre>
 */
public final class Budget extends LimitStep {

    /** Needs a bean of type {@link Limits}. */
    public Budget() {
        super(false);
    }
}
