package io.github.camelllm.guard;

import java.util.Locale;

/** What becomes of a text that looks like an attack, the mildest first. */
enum Action {
    /** Texts are not judged. */
    OFF("off"),
    /** The call goes on, and routes, record and metrics tell. */
    FLAG("flagged"),
    /** What looks like an attack is taken out of the text. */
    SANITISE("sanitised"),
    /** The call is refused. */
    BLOCK("blocked");

    private final String done;

    Action(String done) {
        this.done = done;
    }

    /** What has been done, as records, routes and metrics name it. */
    String done() {
        return done;
    }

    /** As settings write it. */
    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException saying what is allowed */
    static Action of(String setting, String text) {
        for (Action action : values()) {
            if (action.setting().equals(text.strip())) {
                return action;
            }
        }
        throw new IllegalArgumentException(
                "guard." + setting + " is '" + text.strip() + "'; block, sanitise, flag and off are allowed");
    }
}
