package io.github.camelllm.observe;

import java.util.Locale;

/** Whether a model can be called, as the metric {@code llm_model_state} and {@code /health} say it. */
enum ModelState {
    /** Healthy: its circuit breaker is closed, or it has none. */
    CLOSED(0),
    /** Its circuit breaker lets a few calls through to see whether it has recovered. */
    HALF_OPEN(1),
    /** Its circuit breaker refuses calls. */
    OPEN(2),
    /** It lacks a setting, most often its key. */
    NO_KEY(3);

    private final int value;

    ModelState(int value) {
        this.value = value;
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
