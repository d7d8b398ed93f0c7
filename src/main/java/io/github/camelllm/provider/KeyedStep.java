package io.github.camelllm.provider;

import io.github.camelllm.step.Step;

/** A step of a model's route that knows the key which goes to its provider. */
public abstract class KeyedStep extends Step {

    private final OwnKey key = new OwnKey();

    /** The provider's key; blank for a provider that wants none. */
    public void setKey(String newKey) {
        key.given(newKey);
    }

    /** Where the model is: its provider's own address or another. */
    public void setBaseUrl(String baseUrl) {
        key.baseUrl(baseUrl);
    }

    /** The key that goes to the provider's own address where {@link #setKey} says that none is given. */
    public void setOwnKey(String ownKey) {
        key.own(ownKey);
    }

    /** The address whose key that is. */
    public void setOwnBaseUrl(String ownBaseUrl) {
        key.ownBaseUrl(ownBaseUrl);
    }

    /** The key to send; empty where there is none. */
    protected final String key() {
        return key.key();
    }

    /** Whether the model is elsewhere and no key is given for it. */
    final boolean isKeyOpen() {
        return key.isOpen();
    }
}
