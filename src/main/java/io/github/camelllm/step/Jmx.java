package io.github.camelllm.step;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows objects in JMX, as {@code io.github.camelllm:type=…,context=…,name=…}. Never fails a start. */
public final class Jmx {

    private static final Logger LOG = LoggerFactory.getLogger(Jmx.class);

    private Jmx() {}

    /**
     * Shows a standard MBean.
     *
     * @param type what it is
     * @param context the name of the Camel context it belongs to
     * @param name its own name; null when there is one of its type in the context
     * @return what {@link #hide} takes; null when it could not be shown, which is logged
     */
    public static ObjectName show(Object bean, String type, String context, String name) {
        try {
            ObjectName objectName = new ObjectName("io.github.camelllm:type=" + type + ",context="
                    + ObjectName.quote(context) + (name == null ? "" : ",name=" + ObjectName.quote(name)));
            ManagementFactory.getPlatformMBeanServer().registerMBean(bean, objectName);
            return objectName;
        } catch (JMException e) {
            LOG.warn("{} {} is not in JMX: {}", type, name == null ? "" : name, e.toString());
            return null;
        }
    }

    /** Takes it away; null is nothing to take away. */
    public static void hide(ObjectName name) {
        if (name != null) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            } catch (JMException e) {
                LOG.debug("{} was not in JMX any more", name, e);
            }
        }
    }
}
