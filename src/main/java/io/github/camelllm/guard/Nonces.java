package io.github.camelllm.guard;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Texts that nobody can guess. */
final class Nonces {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 8;

    private Nonces() {}

    /** Sixteen letters and digits. */
    static String next() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
