package io.github.camelllm.cache.semantic;

import io.github.camelllm.call.Call;
import java.util.List;
import java.util.Objects;

/**
 * What {@code config/semantic.yaml} says. Immutable.
 *
 * @param guards decide what a vector cannot
 * @param threshold the lowest cosine of two questions that may share an answer
 * @param owns other thresholds, the first that fits a call goes
 */
record SemanticRules(Guards guards, float threshold, List<Own> owns) {

    static final float THRESHOLD = 0.95f;

    SemanticRules {
        owns = List.copyOf(owns);
    }

    /**
     * A threshold of its own for some questions.
     *
     * @param model what the client asked for; null for any
     * @param task the client's task; null for any
     * @param tenant whose call it is; null for any
     * @param partition how the name of a partition begins, as logs have it; null for any
     * @param threshold the lowest cosine; above 1 nothing is found
     */
    record Own(String model, String task, String tenant, String partition, float threshold) {

        boolean fits(Call call, String name) {
            return fits(model, call.getAsked())
                    && fits(task, call.getTask())
                    && fits(tenant, call.getTenant())
                    && (partition == null || name.startsWith(partition));
        }

        private static boolean fits(String expected, String actual) {
            return expected == null || Objects.equals(expected, actual);
        }
    }

    /** The threshold for a call. */
    float threshold(Call call, String partition) {
        return owns.stream()
                .filter(own -> own.fits(call, partition))
                .findFirst()
                .map(Own::threshold)
                .orElse(threshold);
    }
}
