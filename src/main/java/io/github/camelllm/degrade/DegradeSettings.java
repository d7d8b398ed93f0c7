package io.github.camelllm.degrade;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How calls are answered when no model answers.
 *
 * @param order the stand-ins, first choice first
 * @param answersFile where the static answers are; null for none
 */
record DegradeSettings(List<StandIn> order, Path answersFile) {

    /** What may stand in for a model's answer. */
    enum StandIn {
        /** An answer of the cache that has outlived its time. */
        STALE,
        /** A written answer to a known question. */
        STATIC;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static List<StandIn> order(String text) {
        return List.of(text.split(",")).stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(DegradeSettings::standIn)
                .distinct()
                .toList();
    }

    private static StandIn standIn(String name) {
        for (StandIn standIn : StandIn.values()) {
            if (standIn.label().equals(name)) {
                return standIn;
            }
        }
        throw new IllegalArgumentException("degrade.order names '" + name + "'; stale and static are allowed");
    }
}
