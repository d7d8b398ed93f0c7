package io.github.camelllm.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is done about a stream that breaks off after its first content has gone to the client. */
public enum Recovery {
    /** The next model is asked to go on from the text so far, if it is declared able to. */
    CONTINUE,
    /** The next model answers afresh; what repeats the text so far is withheld. */
    RESTART,
    /** The answer is held back until it is whole, so that any failure comes before the client has seen a thing. */
    HOLD,
    /** The stream ends with the error. */
    ERROR;

    /**
     * Reads a setting.
     *
     * @param text names separated by commas, first choice first; blank for none
     * @return empty for none
     * @throws IllegalArgumentException naming what is allowed
     */
    public static List<Recovery> parse(String text) {
        List<Recovery> modes = new ArrayList<>();
        for (String name : text.split(",")) {
            if (!name.isBlank()) {
                modes.add(of(name.strip()));
            }
        }
        if (modes.contains(HOLD) && modes.size() > 1) {
            throw new IllegalArgumentException(
                    "recovery is '" + text + "'; hold stands alone, because nothing can break off then");
        }
        return List.copyOf(modes);
    }

    private static Recovery of(String name) {
        for (Recovery mode : values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "recovery names '" + name + "'; continue, restart, hold and error are allowed");
    }
}
