package io.github.camelllm.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A fresh virtual key: shown once to whoever asked for it, and kept by the gateway as a hash alone.
 *
 * <p>256 random bits, so that a plain SHA-256 protects them as well as a slow password hash would: there is nothing to
 * guess. A key that a person made up has no such protection.
 *
 * @param key the key, for the client: {@code sk-llm-} and 43 letters, digits, {@code -} and {@code _}
 * @param sha256 its SHA-256 in lower-case hexadecimal, for {@code keys.yaml}
 */
public record NewKey(String key, String sha256) {

    /** What every generated key begins with, so that scanners for leaked secrets can know it. */
    public static final String PREFIX = "sk-llm-";

    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Makes a key. */
    public static NewKey generate() {
        byte[] bits = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bits);
        String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        return new NewKey(key, HexFormat.of().formatHex(digest(key)));
    }

    /**
     * The lines to paste under {@code keys:} in {@code keys.yaml}.
     *
     * @param id the id that the key shall have
     * @throws IllegalArgumentException when it cannot be an id
     */
    public String yaml(String id) {
        String problem = Names.problemOfId(id);
        if (problem != null) {
            throw new IllegalArgumentException("id " + problem);
        }
        return """
                  - id: "%s"
                    sha256: "%s"
                """
                .formatted(id, sha256);
    }

    /** The SHA-256 of a key's UTF-8 bytes. */
    static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "NewKey[" + sha256 + "]";
    }
}
