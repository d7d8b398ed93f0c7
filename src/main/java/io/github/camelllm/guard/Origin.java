package io.github.camelllm.guard;

import io.github.camelllm.call.text.TextPlace;
import java.util.Locale;

/** From whom a text is, and so how it is judged. */
enum Origin {
    /** What a user says. */
    USER,
    /** What a tool has given. */
    TOOL,
    /** Documents and search results. */
    DOCUMENT,
    /** Descriptions of tools and of the answer's form. */
    DEFINITION,
    /** Instructions of the operator. */
    SYSTEM;

    /** The origin of what stands in a place; null where texts are not judged. */
    static Origin of(TextPlace.Kind kind) {
        return switch (kind) {
            case USER, INPUT, OTHER -> USER;
            case TOOL_RESULT -> TOOL;
            case DOCUMENT -> DOCUMENT;
            case DEFINITION -> DEFINITION;
            case SYSTEM -> SYSTEM;
            case ASSISTANT, TOOL_ARGUMENTS, NAME, IDENTIFIER -> null;
        };
    }

    /** Whether such texts are data, in which instructions have no place. */
    boolean isData() {
        return this == TOOL || this == DOCUMENT || this == DEFINITION;
    }

    /** Whether an action can be taken on such texts: half a definition is worse than none. */
    boolean allows(Action action) {
        return this != DEFINITION || action != Action.SANITISE;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
