package io.github.camelllm.step;

import org.apache.camel.CamelContext;
import org.apache.camel.StartupListener;

/** For beans that have something to do when their Camel context starts. */
public final class Startup {

    private Startup() {}

    /**
     * Has a listener told of the context's start; at once, should it have started.
     *
     * @throws IllegalStateException when the context takes no listener, or the listener fails at once
     */
    public static void listen(CamelContext context, StartupListener listener) {
        try {
            context.addStartupListener(listener);
        } catch (Exception e) {
            throw new IllegalStateException("the Camel context takes no startup listener", e);
        }
    }
}
