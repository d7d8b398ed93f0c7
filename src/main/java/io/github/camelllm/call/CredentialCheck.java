package io.github.camelllm.call;

/**
 * Tells from a credential alone whether a call with it can get past the step that asks for one, so that what comes with the
 * call need not be received first. It refuses nothing itself: that is left to the step.
 */
public interface CredentialCheck {

    /**
     * Whether a call may get past the step.
     *
     * @param credential what the client has sent; null for none
     */
    boolean accepts(String credential);
}
