package io.github.camelllm.step;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedStartupListener;
import org.apache.camel.Route;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.StartupListener;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * For beans that have something to do when their Camel context starts.
 *
 * <p>Camel 4.18 calls {@code onCamelContextStarted} again whenever routes are added to a running context, and gives a bean
 * its context again when the bean is added as a service: a listener takes every call but the first for a repetition.
 */
public final class Startup {

    private Startup() {}

    /**
     * Has a listener told of the context's start. Where the context runs already, it is told as soon as routes are added and
     * before they start, rather than at once: of a bean in YAML no property is set yet when it is given its context.
     *
     * @throws IllegalStateException when the context takes no listener
     */
    public static void listen(CamelContext context, StartupListener listener) {
        try {
            if (context.isStarted()) {
                context.addLifecycleStrategy(new WithRoutes(context, listener));
            } else {
                context.addStartupListener(listener);
            }
        } catch (Exception e) {
            throw new IllegalStateException("the Camel context takes no startup listener", e);
        }
    }

    private static final class WithRoutes extends LifecycleStrategySupport {
        private final CamelContext context;
        private final StartupListener listener;
        private final AtomicBoolean told = new AtomicBoolean();

        WithRoutes(CamelContext context, StartupListener listener) {
            this.context = context;
            this.listener = listener;
        }

        @Override
        public void onRoutesAdd(Collection<Route> routes) {
            if (!told.compareAndSet(false, true)) {
                return;
            }
            try {
                listener.onCamelContextStarting(context, true);
                listener.onCamelContextStarted(context, true);
                if (listener instanceof ExtendedStartupListener extended) {
                    extended.onCamelContextFullyStarted(context, true);
                }
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
        }
    }
}
