package io.github.camelllm.quota;

/**
 * The step {@code quota}: no more requests, tokens and dollars a second or minute than {@code limits.yaml} allows. See {@link
 * LimitStep} for where it may stand.
 *
 * <pre>{@code
 * - policy: { ref: llmQuota }
 * }</pre>
 */
public final class Quota extends LimitStep {

    /** Needs a bean of type {@link Limits}. */
    public Quota() {
        super(true);
    }
}
