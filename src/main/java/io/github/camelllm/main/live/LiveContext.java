package io.github.camelllm.main.live;

import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.spi.RouteFactory;

/**
 * A Camel context whose routes can be replaced while exchanges run through them, by a {@link RouteSwap}. Whatever else adds,
 * stops or removes routes does so as in any context.
 */
public final class LiveContext extends DefaultCamelContext {

    private final Epochs epochs = new Epochs();
    private final ThreadLocal<RouteSwap> staging = new ThreadLocal<>();

    /** A context that is built, and started, by whoever makes it. */
    public LiveContext() {
        super(false);
    }

    Epochs epochs() {
        return epochs;
    }

    /** Has what the current thread adds go to a swap rather than into force; null ends that. */
    void stage(RouteSwap swap) {
        if (swap == null) {
            staging.remove();
        } else {
            staging.set(swap);
        }
    }

    @Override
    protected RouteFactory createRouteFactory() {
        return (context, definition, id, description, note, endpoint, resource) -> new LiveRoute(
                context,
                definition,
                id,
                description,
                note,
                endpoint,
                resource,
                epochs(),
                staged() != null && getRoute(id) instanceof LiveRoute);
    }

    @Override
    protected ProcessorFactory createProcessorFactory() {
        return new BeanProcessors();
    }

    private RouteSwap staged() {
        return staging == null ? null : staging.get(); // Camel's constructor asks early
    }

    @Override
    public void startRouteService(RouteService service, boolean addingRoutes) throws Exception {
        RouteSwap swap = staged();
        if (swap == null) {
            super.startRouteService(service, addingRoutes);
        } else {
            swap.take(service);
        }
    }

    /** Starts a route that was staged. */
    void startNow(RouteService service) throws Exception {
        super.startRouteService(service, true);
    }

    /** Camel stops a route before it adds another of its id; one that is staged leaves it as it is. */
    @Override
    public void stopRoute(String id) throws Exception {
        if (staged() == null) {
            super.stopRoute(id);
        }
    }

    @Override
    public boolean removeRoute(String id) throws Exception {
        return staged() == null && super.removeRoute(id);
    }

    /** The route that listens to an endpoint; null when none does. */
    LiveRoute listeningTo(Endpoint endpoint) {
        for (Route route : getRoutes()) {
            if (route instanceof LiveRoute live && live.getEndpoint() == endpoint) {
                return live;
            }
        }
        return null;
    }
}
