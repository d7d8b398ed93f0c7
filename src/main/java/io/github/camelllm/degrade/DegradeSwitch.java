package io.github.camelllm.degrade;

import io.github.camelllm.step.Jmx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the gateway into degraded mode by hand: {@code io.github.camelllm:type=Degrade,context=…} in JMX. */
public final class DegradeSwitch implements DegradeSwitchMBean {

    private static final Logger LOG = LoggerFactory.getLogger(DegradeSwitch.class);

    private volatile boolean degraded;
    private Jmx.Shown name;
    private int routes;

    @Override
    public boolean isDegraded() {
        return degraded;
    }

    @Override
    public void setDegraded(boolean degraded) {
        if (this.degraded != degraded) {
            LOG.warn("degraded mode is switched {}", degraded ? "on: no model is asked" : "off");
        }
        this.degraded = degraded;
    }

    /** For each route that the step stands in; the first shows it in JMX. */
    synchronized void register(String context) {
        if (routes++ == 0) {
            name = Jmx.show(this, "Degrade", context, null);
        }
    }

    synchronized void unregister() {
        if (--routes == 0) {
            Jmx.hide(name);
        }
    }
}
