package io.github.camelllm.guard;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How the guard is set up.
 *
 * @param rules the file of rules
 * @param model {@code shipped}, {@code off}, or the file of a model
 * @param treatments what becomes of texts of each origin
 * @param earlierTurns whether what the user has said before is judged too, by itself and together
 * @param breaking whose tokens of chat templates are broken up
 */
record GuardSettings(
        Path rules, String model, Map<Origin, Treatment> treatments, boolean earlierTurns, Breaking breaking) {

    static final String SHIPPED = "shipped";
    static final String OFF = "off";

    GuardSettings {
        treatments = Map.copyOf(treatments);
    }

    /** Whose tokens of chat templates are broken up, besides those in data of which the action is to sanitise or block. */
    enum Breaking {
        /** What users say. */
        USERS,
        /** What tools have given, documents hold, and the model has said before, too. */
        ALL,
        OFF;

        /** @throws IllegalArgumentException saying what is allowed */
        static Breaking of(String text) {
            for (Breaking breaking : values()) {
                if (breaking.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
                    return breaking;
                }
            }
            throw new IllegalArgumentException(
                    "guard.specialTokens is '" + text.strip() + "'; users, all and off are allowed");
        }
    }

    /**
     * What becomes of a text.
     *
     * @param action what becomes of one that looks like an attack
     * @param threshold the score from which on it does
     */
    record Treatment(Action action, double threshold) {

        /** @throws IllegalArgumentException saying what is allowed */
        Treatment {
            if (!(threshold > 0 && threshold <= 1)) {
                throw new IllegalArgumentException(
                        "a threshold of guard is " + threshold + "; above 0 and up to 1 is allowed");
            }
        }
    }

    /** What holds unless it is set otherwise. */
    static Map<Origin, Treatment> usual() {
        Map<Origin, Treatment> usual = new EnumMap<>(Origin.class);
        usual.put(Origin.USER, new Treatment(Action.FLAG, Evaluation.THRESHOLD));
        usual.put(Origin.TOOL, new Treatment(Action.FLAG, Evaluation.THRESHOLD));
        usual.put(Origin.DOCUMENT, new Treatment(Action.FLAG, Evaluation.THRESHOLD));
        usual.put(Origin.DEFINITION, new Treatment(Action.FLAG, Evaluation.THRESHOLD));
        usual.put(Origin.SYSTEM, new Treatment(Action.OFF, Evaluation.THRESHOLD));
        return usual;
    }

    /** What becomes of the texts of a tenant's calls. */
    Map<Origin, Treatment> of(String tenant, GuardRules now) {
        Map<Origin, TenantTreatment> own = now.tenants().getOrDefault(tenant, Map.of());
        if (own.isEmpty()) {
            return treatments;
        }
        Map<Origin, Treatment> its = new EnumMap<>(treatments);
        own.forEach((origin, other) -> its.compute(origin, (any, usual) -> other.over(usual)));
        return its;
    }

    /** @throws IllegalArgumentException saying what is allowed */
    static boolean earlierTurns(String text) {
        return switch (text.strip()) {
            case "all" -> true;
            case "last" -> false;
            default ->
                throw new IllegalArgumentException("guard.turns is '" + text.strip() + "'; all and last are allowed");
        };
    }
}
