package io.github.camelllm.degrade;

/** The switch of the {@code degrade} step, as JMX shows it. */
public interface DegradeSwitchMBean {

    /** Whether every call is answered without a model. */
    boolean isDegraded();

    /** Switches it. */
    void setDegraded(boolean degraded);
}
