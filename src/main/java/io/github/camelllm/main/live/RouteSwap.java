package io.github.camelllm.main.live;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replacement of routes of a context: first {@link #stage} builds and starts all that is new beside what there is, then either
 * {@link #commit} puts it in force, or {@link #rollback} leaves everything as it was. Used by one thread, once.
 */
public final class RouteSwap {

    private static final Logger LOG = LoggerFactory.getLogger(RouteSwap.class);

    private final LiveContext context;
    private final Retirement retirement;
    private final Model model;
    private final List<RouteDefinition> definitions;
    private final List<RouteTemplateDefinition> templates;
    private final Map<String, LiveRoute> replacements = new LinkedHashMap<>();
    private final Map<String, RouteService> additions = new LinkedHashMap<>();

    /** Has Camel load what is new. */
    @FunctionalInterface
    public interface Loading {
        /** Adds routes, templates and templated routes to the context. */
        void load() throws Exception;
    }

    /** @param retirement takes what is out of force */
    public RouteSwap(LiveContext context, Retirement retirement) {
        this.context = context;
        this.retirement = retirement;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        synchronized (model) {
            this.definitions = List.copyOf(model.getRouteDefinitions());
            this.templates = List.copyOf(model.getRouteTemplateDefinitions());
        }
    }

    /**
     * Loads what is new.
     *
     * @param routes the ids of all routes that are replaced or removed
     * @param changedTemplates the ids of the templates that are replaced or removed
     * @throws Exception what Camel has against it; {@link #rollback} is to follow
     */
    public void stage(Collection<String> routes, Collection<String> changedTemplates, Loading loading)
            throws Exception {
        Set<String> out = new HashSet<>(routes);
        Set<String> outTemplates = new HashSet<>(changedTemplates);
        synchronized (model) { // its own lock
            model.getRouteDefinitions().removeIf(definition -> out.contains(definition.getId()));
            model.getRouteTemplateDefinitions().removeIf(template -> outTemplates.contains(template.getId()));
        }
        context.stage(this);
        try {
            loading.load();
        } finally {
            context.stage(null);
        }
    }

    /** Called by the context for each route that is loaded. */
    void take(RouteService service) throws Exception {
        LiveRoute route = (LiveRoute) service.getRoute();
        if (context.getRoute(route.getId()) instanceof LiveRoute) {
            replacements.put(route.getId(), route); // first: what fails half-way is stopped too
            route.startSteps();
        } else {
            additions.put(route.getId(), service);
            service.setUp(); // while the parameters of its template are known
        }
    }

    /** The ids of the routes that are loaded, new ones and replaced ones. */
    public Set<String> loaded() {
        Set<String> all = new HashSet<>(replacements.keySet());
        all.addAll(additions.keySet());
        return all;
    }

    /**
     * Puts what was staged in force: new routes first, then what replaces others, each at once, and last the routes without a
     * successor go. Exchanges under way end in the steps that they have come to.
     *
     * @param removed the ids of routes that go
     * @throws Exception when a new route does not start; {@link #rollback} is to follow
     */
    public void commit(Collection<String> removed) throws Exception {
        for (RouteService service : additions.values()) {
            start(service, removed);
        }
        List<LiveRoute.Retired> retired = new ArrayList<>();
        for (Map.Entry<String, LiveRoute> entry : replacements.entrySet()) {
            retired.add(((LiveRoute) context.getRoute(entry.getKey())).replace(entry.getValue()));
        }
        for (String id : removed) {
            LiveRoute route = (LiveRoute) context.getRoute(id);
            if (!(route.getEndpoint()
                    instanceof DirectEndpoint)) { // those who are on the way to a direct one still come
                route.handOver();
            }
        }
        retirement.retire(
                retired, removed, replacements.keySet(), context.epochs().next());
        // whoever keeps what he knows of the routes by their number is to look again
        context.getLifecycleStrategies().forEach(strategy -> strategy.onRoutesAdd(List.of()));
    }

    /** Another route may listen to the same endpoint until now: whoever asks a direct one meanwhile waits. */
    private void start(RouteService service, Collection<String> removed) throws Exception {
        Endpoint endpoint = service.getRoute().getEndpoint();
        LiveRoute before = context.listeningTo(endpoint);
        boolean takesOver = before != null && before != service.getRoute() && removed.contains(before.getId());
        List<DirectEndpoint> waiting = takesOver && endpoint instanceof DirectEndpoint ? blocking(endpoint) : List.of();
        waiting.forEach(direct -> direct.setBlock(true));
        try {
            if (takesOver) {
                before.handOver();
            }
            context.startNow(service);
        } finally {
            waiting.forEach(direct -> direct.setBlock(false));
        }
    }

    private List<DirectEndpoint> blocking(Endpoint endpoint) {
        return context.getEndpoints().stream()
                .filter(DirectEndpoint.class::isInstance)
                .map(DirectEndpoint.class::cast)
                .filter(direct -> !direct.isBlock()
                        && direct.getEndpointBaseUri().equals(((DirectEndpoint) endpoint).getEndpointBaseUri()))
                .toList();
    }

    /** Leaves the routes as they were before {@link #stage}. */
    public void rollback() {
        for (RouteService service : additions.values()) {
            try {
                Route started = context.getRoute(service.getId());
                if (started == service.getRoute()) {
                    context.stopRoute(service.getId());
                    context.removeRoute(service.getId());
                } else {
                    service.stop();
                    service.shutdown();
                }
            } catch (Exception e) {
                LOG.debug("a route that was not to be could not be stopped", e);
            }
        }
        replacements.values().forEach(route -> Retirement.stop(context, route.asUnused()));
        synchronized (model) {
            model.getRouteDefinitions().clear();
            model.getRouteDefinitions().addAll(definitions);
            model.getRouteTemplateDefinitions().clear();
            model.getRouteTemplateDefinitions().addAll(templates);
        }
    }
}
