package io.github.camelllm.privacy.detect;

import java.util.List;
import java.util.Set;

/** Finds what is personal or secret in a text. Safe to share between threads. */
public final class Detectors {

    private final DetectorSettings settings;

    private Detectors(DetectorSettings settings) {
        this.settings = settings;
    }

    /** All built-in types with their default thresholds. */
    public static Detectors builtIn() {
        return of(DetectorSettings.DEFAULTS);
    }

    /** What the settings ask for. */
    public static Detectors of(DetectorSettings settings) {
        return new Detectors(settings);
    }

    /**
     * What stands in a text.
     *
     * @param text any text; never null
     * @return the findings that reach the threshold of their type, sorted by start, none overlapping another
     */
    public List<Finding> find(String text) {
        return List.of();
    }

    /** Every type that is looked for. */
    public Set<String> types() {
        return Set.copyOf(settings.thresholds().keySet());
    }
}
