package io.github.camelllm.provider;

/** A model as JMX shows it. */
public interface ModelViewMBean {

    /** {@code healthy}, {@code degraded} or {@code unhealthy}. */
    String getHealth();

    /** {@code closed}, {@code half_open} or {@code open}. */
    String getCircuitBreaker();

    /** For how many seconds more its provider wants to be left alone; 0 when it does not. */
    long getRestSeconds();

    /** The share of its recent calls that failed, in percent. */
    double getFailurePercent();

    /** The median wait for its answers of late, in milliseconds; -1 when there are none. */
    double getLatencyMillis();
}
