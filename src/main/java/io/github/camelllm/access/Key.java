package io.github.camelllm.access;

import io.github.camelllm.call.Identity;
import java.time.Instant;
import java.util.Optional;

/** A virtual key as the gateway knows it: by its hash, and by whom it stands for. Immutable. */
public final class Key {

    private final byte[] sha256;
    private final Identity identity;
    private final boolean speaksForOthers;
    private final Instant expires;
    private final boolean enabled;

    Key(byte[] sha256, Identity identity, boolean speaksForOthers, Instant expires, boolean enabled) {
        this.sha256 = sha256;
        this.identity = identity;
        this.speaksForOthers = speaksForOthers;
        this.expires = expires;
        this.enabled = enabled;
    }

    /** The name that logs and records know it by. */
    public String id() {
        return identity.keyId();
    }

    /** The caller it stands for. */
    public Identity identity() {
        return identity;
    }

    /** Whether it may name another user and team ({@code X-LLM-User}, {@code X-LLM-Team}). */
    public boolean speaksForOthers() {
        return speaksForOthers;
    }

    /** The first moment at which it is no longer accepted; empty when it never expires. */
    public Optional<Instant> expires() {
        return Optional.ofNullable(expires);
    }

    /** Whether it is switched on. */
    public boolean enabled() {
        return enabled;
    }

    /** Why it is not accepted at that moment, for operators; null when it is. */
    String refusedAt(Instant now) {
        if (!enabled) {
            return "key '" + id() + "' is disabled";
        }
        return expires == null || now.isBefore(expires) ? null : "key '" + id() + "' expired at " + expires;
    }

    /** Its hash; not to be changed. */
    byte[] sha256() {
        return sha256;
    }

    /** Never the hash. */
    @Override
    public String toString() {
        return "Key[" + id() + "]";
    }
}
