package io.github.camelllm.call;

import java.util.Locale;

/** How confidential a call is, by what has been found in it; least first. */
public enum Classification {
    PUBLIC,
    INTERNAL,
    CONFIDENTIAL,
    RESTRICTED;

    /** Its name in lower case, as routes, files and records have it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The more confidential of two. */
    public Classification or(Classification other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
