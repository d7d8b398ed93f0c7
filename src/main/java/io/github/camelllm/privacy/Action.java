package io.github.camelllm.privacy;

import java.util.Locale;

/** What is done with something that has been found. */
enum Action {
    /** A placeholder stands for it, and is put back in the answer. In requests alone. */
    PSEUDONYM,
    /** Its letters and digits become stars, but for the last few. */
    MASK,
    /** It is taken out. */
    REMOVE,
    /** A keyed hash stands for it, the same for the same value of the same tenant. */
    HASH,
    /** The call fails with {@code sensitive_data}. */
    BLOCK,
    /** It passes, and is recorded. */
    REPORT,
    /** It passes. */
    ALLOW;

    /** Its name as files and records have it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether something else stands in its place afterwards. */
    boolean replaces() {
        return compareTo(BLOCK) < 0;
    }
}
