package io.github.camelllm.privacy;

import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.privacy.detect.Detectors;
import io.github.camelllm.privacy.detect.Finding;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code config/privacy.yaml} says. Immutable.
 *
 * @param detectors find what is personal or secret
 * @param types what is done, by type
 * @param others what is done with types that are not listed
 * @param keyed whether placeholders are made of a keyed hash of the value, rather than numbered
 * @param note whether a model is told of placeholders
 * @param maskKeep how many letters and digits a mask leaves
 * @param hold how far answers are held back
 * @param yielding by direction, the types that give way to another at the same place: see {@link #find}
 */
record PrivacyRules(
        Detectors detectors,
        Map<String, TypeRule> types,
        TypeRule others,
        boolean keyed,
        boolean note,
        int maskKeep,
        Hold hold,
        Map<Direction, Set<String>> yielding) {

    PrivacyRules {
        types = Map.copyOf(types);
        yielding = Map.copyOf(yielding);
    }

    PrivacyRules(
            Detectors detectors,
            Map<String, TypeRule> types,
            TypeRule others,
            boolean keyed,
            boolean note,
            int maskKeep,
            Hold hold) {
        this(detectors, types, others, keyed, note, maskKeep, hold, yielding(detectors, types, others));
    }

    private static Map<Direction, Set<String>> yielding(
            Detectors detectors, Map<String, TypeRule> types, TypeRule others) {
        Set<String> known = new HashSet<>(detectors.types());
        known.addAll(types.keySet());
        Map<Direction, Set<String>> yielding = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            yielding.put(
                    direction,
                    known.stream()
                            .filter(type -> passes(
                                    type, types.getOrDefault(type, others).in(direction)))
                            .collect(Collectors.toUnmodifiableSet()));
        }
        return yielding;
    }

    /** A type of the user's own that is allowed is an exception that they made, and does not give way. */
    private static boolean passes(String type, Action action) {
        return action == Action.REPORT
                || action == Action.ALLOW && Detectors.builtInTypes().contains(type);
    }

    /**
     * What stands in a text. Where it may be of two types, one that something is done with comes before one that passes: a
     * phone number that may as well be a company's number does not leave.
     *
     * @param field the name of the field that the text is the value of; null for none
     */
    List<Finding> find(String text, String field, Direction direction) {
        return detectors.find(text, field, yielding.get(direction));
    }

    /** The rule of a type. */
    TypeRule of(String type) {
        return types.getOrDefault(type, others);
    }

    /** Whether anything at all is done in a direction. */
    boolean actsOn(Direction direction) {
        return others.in(direction) != Action.ALLOW
                || types.values().stream().anyMatch(rule -> rule.in(direction) != Action.ALLOW);
    }

    /** Whether answers may become others, or end; else they are looked at alone, and nothing is held back for that. */
    boolean changesAnswers() {
        return changes(others.answer()) || types.values().stream().anyMatch(rule -> changes(rule.answer()));
    }

    private static boolean changes(Action action) {
        return action.replaces() || action == Action.BLOCK;
    }

    /** Whether a key is needed. */
    boolean needsKey() {
        return keyed
                || others.request() == Action.HASH
                || others.answer() == Action.HASH
                || types.values().stream()
                        .anyMatch(rule -> rule.request() == Action.HASH || rule.answer() == Action.HASH);
    }
}
