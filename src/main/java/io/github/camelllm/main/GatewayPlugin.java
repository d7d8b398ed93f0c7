package io.github.camelllm.main;

import io.github.camelllm.call.Answer;
import io.github.camelllm.config.Part;
import io.github.camelllm.ingress.ActiveCalls;
import io.github.camelllm.step.CallConverters;
import io.github.camelllm.step.Step;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedStartupListener;
import org.apache.camel.Ordered;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.model.Model;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.spi.Policy;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * What a Camel context needs around the chain, wherever it runs: settings that are checked, a guarded HTTP server, no open
 * door to paid models, calls that may end at a stop. Camel loads it because the jar is there; in a context whose routes have no
 * step of the gateway it does nothing.
 *
 * <p>It binds only what the host has not bound itself, and installs each thing once, also under {@code bin/gateway}.
 */
public final class GatewayPlugin implements ContextServicePlugin {

    @Override
    public void load(CamelContext context) {
        Around around = new Around(context);
        try {
            context.addLifecycleStrategy(around);
            context.addStartupListener(around);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    /** Whether a route of the context has a step of the gateway. */
    static boolean isUsed(CamelContext context) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        return model != null && model.getRouteDefinitions().stream().anyMatch(route -> hasStep(context, route));
    }

    private static boolean hasStep(CamelContext context, RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), PolicyDefinition.class).stream()
                .anyMatch(policy -> policy.getPolicy() instanceof Step || isStep(context, policy.getRef()));
    }

    private static boolean isStep(CamelContext context, String ref) {
        try {
            return ref != null && context.getRegistry().lookupByNameAndType(ref, Policy.class) instanceof Step;
        } catch (RuntimeCamelException | IllegalArgumentException e) {
            return false; // a placeholder that is a parameter of a route template
        }
    }

    /** What is done between the phases of a context. */
    private static final class Around extends LifecycleStrategySupport implements ExtendedStartupListener, Ordered {

        private final CamelContext context;
        private HostSettings settings;
        private AtomicBoolean draining;
        private ActiveCalls calls;
        private boolean up;

        Around(CamelContext context) {
            this.context = context;
        }

        /** Routes are known and none is up; no server listens. */
        @Override
        public void onContextInitialized(CamelContext initialized) {
            if (!isUsed(context)) {
                return;
            }
            settings = HostSettings.of(context);
            if (context.getTypeConverterRegistry().lookup(String.class, Answer.class) == null) {
                new CallConverters().load(context.getTypeConverterRegistry()); // Quarkus does not look for loaders
            }
            draining = bound(Beans.DRAINING, new AtomicBoolean(true));
            calls = bound(Beans.ACTIVE_CALLS, new ActiveCalls());
            if (Part.HTTP_SERVER.present()) {
                VertxHost.prepare(context, settings);
            }
            HttpDoor.requireServer(context);
        }

        /** After the listener that starts the server, which is the last of Camel's. */
        @Override
        public int getOrder() {
            return Ordered.LOWEST;
        }

        /** The server listens by now, and no route is up. */
        @Override
        public void onCamelContextStarting(CamelContext starting, boolean alreadyStarted) {
            if (settings != null && Part.HTTP_SERVER.present()) {
                VertxHost.install(context, settings, draining);
            }
        }

        /** Which models there are, and whether keys are asked for, is known once the routes are up. */
        @Override
        public void onCamelContextStarted(CamelContext started, boolean alreadyStarted) {
            if (settings != null && !up) {
                HttpDoor.check(context, settings);
                HttpDoor.warnOfSpringsTimeout(context);
            }
        }

        @Override
        public void onCamelContextFullyStarted(CamelContext started, boolean alreadyStarted) {
            if (settings != null && !up) { // Camel says so again whenever routes are added
                up = true;
                draining.set(false);
            }
        }

        /** Before any route stops. */
        @Override
        public void onContextStopping(CamelContext stopping) {
            if (settings != null) {
                up = false;
                draining.set(true);
                Drain.closeTriggers(context);
                Drain.drain(draining, calls, settings.shutdownTimeout());
            }
        }

        @SuppressWarnings("unchecked")
        private <T> T bound(String name, T byDefault) {
            Registry registry = context.getRegistry();
            T there = (T) registry.lookupByNameAndType(name, byDefault.getClass());
            if (there != null) {
                return there;
            }
            registry.bind(name, byDefault);
            return byDefault;
        }
    }
}
