package io.github.camelllm.observe;

import io.github.camelllm.call.Model;
import java.util.Locale;

/** Whether a model can be called, as the metric {@code llm_model_state} and {@code /health} say it. */
enum ModelState {
    /** Its circuit breaker is closed, if it has one, and its calls go well. */
    HEALTHY(0),
    /** Its circuit breaker is half open, its provider wants to be left alone, or many of its calls fail or take long. */
    DEGRADED(1),
    /** Its circuit breaker refuses calls. */
    UNHEALTHY(2),
    /** It lacks a setting, most often its key. */
    NO_KEY(3);

    private final int value;

    ModelState(int value) {
        this.value = value;
    }

    static ModelState of(Model model) {
        if (!model.live()) {
            return NO_KEY;
        }
        return switch (model.health().state()) {
            case HEALTHY -> HEALTHY;
            case DEGRADED -> DEGRADED;
            case UNHEALTHY -> UNHEALTHY;
        };
    }

    /** The metric's value. */
    int value() {
        return value;
    }

    /** The name in lower case. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
