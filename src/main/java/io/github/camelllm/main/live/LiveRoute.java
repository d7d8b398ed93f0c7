package io.github.camelllm.main.live;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.RouteAware;
import org.apache.camel.Service;
import org.apache.camel.impl.engine.DefaultRoute;
import org.apache.camel.spi.LifecycleStrategy;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.service.ServiceHelper;

/**
 * A route whose steps, and whose consumer, can be replaced while it runs.
 *
 * <p>The replacement is a {@code LiveRoute} too, made from the new definition: one without a consumer, which the context does not
 * list. The route that the context lists stays the same, with its id, from its first start to its removal.
 */
final class LiveRoute extends DefaultRoute {

    private final boolean replacement;
    private final Epochs epochs;
    private Turnout turnout;
    private LiveRoute inForce = this;
    private volatile Endpoint input;
    private volatile Consumer consumer;
    private volatile boolean handedOver;
    private final Endpoint nothing = new Nothing();

    /**
     * What of a route has been replaced: to be stopped once nothing runs in it any more.
     *
     * @param route what the steps know as their route
     * @param steps the outermost processor
     * @param services all that was started for them
     */
    record Retired(LiveRoute route, Processor steps, List<Service> services) {}

    LiveRoute(
            CamelContext context,
            NamedNode definition,
            String id,
            String description,
            String note,
            Endpoint endpoint,
            Resource resource,
            Epochs epochs,
            boolean replacement) {
        super(context, definition, id, description, note, endpoint, resource);
        this.epochs = epochs;
        this.replacement = replacement;
    }

    @Override
    public void setProcessor(Processor processor) {
        if (replacement) {
            super.setProcessor(processor);
        } else {
            turnout = new Turnout(processor, epochs);
            super.setProcessor(turnout);
        }
    }

    /** A stand-in once it listens no more: what it has listened to may be another route's. */
    @Override
    public Endpoint getEndpoint() {
        return handedOver ? nothing : input != null ? input : super.getEndpoint();
    }

    /** Null once it listens no more. */
    @Override
    public Consumer getConsumer() {
        return handedOver ? null : consumer != null ? consumer : super.getConsumer();
    }

    @Override
    protected void gatherServices(List<Service> services) throws Exception {
        if (!replacement) {
            super.gatherServices(services);
            return;
        }
        Set<Service> all = new LinkedHashSet<>();
        addWithChildren(getProcessor(), all);
        getOnCompletions().forEach(processor -> addWithChildren(processor, all));
        getOnExceptions().forEach(processor -> addWithChildren(processor, all));
        services.addAll(all);
    }

    private static void addWithChildren(Processor processor, Set<Service> all) {
        if (processor instanceof Service service) {
            all.addAll(ServiceHelper.getChildServices(service));
        }
    }

    /** Starts a replacement: from here on its steps can be passed, though nobody does yet. */
    void startSteps() throws Exception {
        initializeServices();
        for (Service service : getServices()) {
            if (service instanceof RouteAware aware) {
                aware.setRoute(this);
            }
            if (service instanceof RouteIdAware aware) {
                aware.setRouteId(getId());
            }
            CamelContextAware.trySetCamelContext(service, getCamelContext());
        }
        ServiceHelper.initService(getServices());
        ServiceHelper.startService(getServices());
        start();
    }

    /** Lets exchanges that come from here on pass the steps of a replacement, and returns what is out of force. */
    Retired replace(LiveRoute fresh) throws Exception {
        LiveRoute before = inForce;
        List<Service> old = new ArrayList<>(getServices());
        old.removeIf(service -> service instanceof Consumer || service == turnout);
        Consumer listening = getConsumer();
        boolean moves = getEndpoint() != fresh.getEndpoint(); // back, too, after it had stopped listening
        shown(strategy -> {
            old.forEach(service -> strategy.onServiceRemove(getCamelContext(), service, before));
            strategy.onRoutesRemove(List.of(before));
        });
        Retired retired = new Retired(before, turnout.to(fresh.getProcessor()), old);
        inForce = fresh;
        getServices().removeIf(service -> !(service instanceof Consumer) && service != turnout);
        getServices().addAll(fresh.getServices());
        if (moves) {
            listenTo(fresh.getEndpoint(), listening);
        }
        shown(strategy -> {
            fresh.getServices().forEach(service -> strategy.onServiceAdd(getCamelContext(), service, fresh));
            strategy.onRoutesAdd(List.of(fresh));
        });
        return retired;
    }

    private void listenTo(Endpoint endpoint, Consumer before) throws Exception {
        ServiceHelper.startService(endpoint);
        Consumer next = endpoint.createConsumer(turnout);
        if (next instanceof RouteAware aware) {
            aware.setRoute(this);
        }
        if (next instanceof RouteIdAware aware) {
            aware.setRouteId(getId());
        }
        ServiceHelper.initService(next);
        ServiceHelper.stopAndShutdownService(before);
        getServices().removeIf(Consumer.class::isInstance);
        getServices().add(0, next);
        input = endpoint;
        consumer = next;
        handedOver = false;
        if (Boolean.TRUE.equals(isAutoStartup())) {
            ServiceHelper.startService(next);
        }
    }

    /** Stops listening, so that another route may listen to the same; what runs in it goes on. */
    void handOver() {
        ServiceHelper.stopService(getConsumer());
        handedOver = true;
    }

    /** What has to be done by the steps of this route before they may be stopped, as it is when it is to be removed. */
    Retired asRetired() {
        List<Service> services = new ArrayList<>(getServices());
        services.removeIf(service -> service instanceof Consumer || service == turnout);
        return new Retired(inForce, turnout.steps(), services);
    }

    /** A replacement that has never come into force. */
    Retired asUnused() {
        return new Retired(this, getProcessor(), List.copyOf(getServices()));
    }

    /** What a route listens to that listens no more. */
    private final class Nothing extends DefaultEndpoint {
        @Override
        protected String createEndpointUri() {
            return "gone:" + getId();
        }

        @Override
        public Producer createProducer() {
            throw new UnsupportedOperationException(getEndpointUri());
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException(getEndpointUri());
        }

        @Override
        public boolean isSingleton() {
            return true;
        }
    }

    @FunctionalInterface
    private interface Told {
        void tell(LifecycleStrategy strategy);
    }

    private void shown(Told told) {
        getCamelContext().getLifecycleStrategies().forEach(told::tell);
    }

    /** All services of some routes, by identity. */
    static Set<Service> servicesOf(Collection<? extends org.apache.camel.Route> routes) {
        Set<Service> all = Collections.newSetFromMap(new IdentityHashMap<>());
        routes.forEach(route -> all.addAll(route.getServices()));
        return all;
    }
}
