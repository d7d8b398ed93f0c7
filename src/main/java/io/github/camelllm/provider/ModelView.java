package io.github.camelllm.provider;

import io.github.camelllm.call.ModelHealth;
import java.util.Locale;

/** Shows a model's health in JMX. */
public final class ModelView implements ModelViewMBean {

    private final ModelHealth health;

    ModelView(ModelHealth health) {
        this.health = health;
    }

    @Override
    public String getHealth() {
        return health.state().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String getCircuitBreaker() {
        return health.breaker().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long getRestSeconds() {
        return health.rest().seconds();
    }

    @Override
    public double getFailurePercent() {
        return health.failureShare() * 100;
    }

    @Override
    public double getLatencyMillis() {
        long nanos = health.latencyNanos();
        return nanos < 0 ? -1 : nanos / 1e6;
    }
}
