package io.github.camelllm.step;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows objects in JMX, as {@code io.github.camelllm:type=…,context=…,name=…}. Never fails a start. */
public final class Jmx {

    private static final Logger LOG = LoggerFactory.getLogger(Jmx.class);

    private Jmx() {}

    /**
     * A bean that is shown.
     *
     * @param name under which
     * @param bean the bean itself: another may have come under its name
     */
    public record Shown(ObjectName name, Object bean) {}

    private static final Map<ObjectName, Object> BEANS = new ConcurrentHashMap<>();

    /**
     * Shows a standard MBean, in the place of what is shown under its name.
     *
     * @param type what it is
     * @param context the name of the Camel context it belongs to
     * @param name its own name; null when there is one of its type in the context
     * @return what {@link #hide} takes; null when it could not be shown, which is logged
     */
    public static synchronized Shown show(Object bean, String type, String context, String name) {
        try {
            ObjectName objectName = new ObjectName("io.github.camelllm:type=" + type + ",context="
                    + ObjectName.quote(context) + (name == null ? "" : ",name=" + ObjectName.quote(name)));
            if (BEANS.remove(objectName) != null) {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(objectName);
            }
            ManagementFactory.getPlatformMBeanServer().registerMBean(bean, objectName);
            BEANS.put(objectName, bean);
            return new Shown(objectName, bean);
        } catch (JMException e) {
            LOG.warn("{} {} is not in JMX: {}", type, name == null ? "" : name, e.toString());
            return null;
        }
    }

    /** Takes it away, unless another has come in its place; null is nothing to take away. */
    public static synchronized void hide(Shown shown) {
        if (shown != null && BEANS.remove(shown.name(), shown.bean())) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(shown.name());
            } catch (JMException e) {
                LOG.debug("{} was not in JMX any more", shown.name(), e);
            }
        }
    }
}
