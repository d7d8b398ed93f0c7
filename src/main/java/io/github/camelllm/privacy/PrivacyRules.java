package io.github.camelllm.privacy;

import io.github.camelllm.privacy.TypeRule.Direction;
import io.github.camelllm.privacy.detect.Detectors;
import java.util.Map;

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
 */
record PrivacyRules(
        Detectors detectors,
        Map<String, TypeRule> types,
        TypeRule others,
        boolean keyed,
        boolean note,
        int maskKeep,
        Hold hold) {

    PrivacyRules {
        types = Map.copyOf(types);
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
