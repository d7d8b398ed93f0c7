package io.github.camelllm.call;

import java.util.Locale;

/** What a call asks a model to do. */
public enum Operation {
    CHAT,
    EMBEDDINGS;

    /** The name in lower case, as routes write it and records carry it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a label.
     *
     * @throws IllegalArgumentException naming the value and what is allowed
     */
    public static Operation of(String label) {
        for (Operation operation : values()) {
            if (operation.label().equals(label)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("operation '" + label + "' is not one of chat, embeddings");
    }
}
