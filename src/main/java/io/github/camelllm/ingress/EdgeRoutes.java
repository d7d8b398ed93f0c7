package io.github.camelllm.ingress;

import io.github.camelllm.call.CredentialCheck;
import io.github.camelllm.step.Step;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.Method;
import org.apache.camel.model.Model;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that take HTTP requests, and for each of them whether its chain asks for a credential before it does anything
 * else. Read anew after routes have come or gone.
 *
 * <p>A chain is followed through the gateway's own steps and {@code direct:} endpoints only. A line of any other kind might
 * give the call an identity of its own, so behind it no credential is asked for early.
 */
final class EdgeRoutes extends LifecycleStrategySupport {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeRoutes.class);
    private static final String OURS = "io.github.camelllm.";

    /** The property by which a trigger names the key it acts for, instead of a credential. */
    private static final String KEY_ID = "llm.keyId";

    private final CamelContext context;
    private volatile Known known;

    EdgeRoutes(CamelContext context) {
        this.context = context;
        context.addLifecycleStrategy(this);
    }

    /**
     * A route that takes HTTP requests.
     *
     * @param path what its paths look like
     * @param methods those it takes
     * @param check of the credential; null when none is asked for, or not before something else
     * @param streaming whether it reads its bodies itself
     * @param calls whether it makes calls of its requests; else it is a route of the host's that has nothing to do with them
     */
    record Entry(Pattern path, Set<String> methods, CredentialCheck check, boolean streaming, boolean calls) {}

    /** What was read while the context had so many routes. Camel tells of a route before it is among them. */
    private record Known(int routes, List<Entry> entries) {}

    /** The route of a request; null when there is none. */
    Entry find(String path, HttpMethod method) {
        String stripped = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        for (Entry entry : entries()) {
            if (entry.methods.contains(method.name())
                    && entry.path.matcher(stripped).matches()) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public void onRoutesAdd(Collection<Route> routes) {
        known = null;
    }

    @Override
    public void onRoutesRemove(Collection<Route> routes) {
        known = null;
    }

    private List<Entry> entries() {
        int routes = context.getRoutesSize();
        Known now = known;
        if (now == null || now.routes != routes) {
            now = new Known(routes, read());
            known = now;
        }
        return now.entries;
    }

    private List<Entry> read() {
        List<Entry> found = new ArrayList<>();
        for (Route route : context.getRoutes()) {
            Endpoint endpoint = route.getConsumer() == null
                    ? route.getEndpoint()
                    : route.getConsumer()
                            .getEndpoint(); // of a route of the REST DSL it is another one than the route's
            if (endpoint instanceof PlatformHttpEndpoint http) {
                RouteDefinition definition = model().getRouteDefinition(route.getRouteId());
                CredentialCheck check = definition == null ? null : check(definition.getOutputs(), 0);
                Set<String> methods = Method.parseList(http.getHttpMethodRestrict()).stream()
                        .map(Enum::name)
                        .collect(Collectors.toSet());
                boolean calls = definition == null || makesCalls(definition);
                found.add(new Entry(pattern(http), methods, check, http.isUseStreaming(), calls));
            }
        }
        return List.copyOf(found);
    }

    private boolean makesCalls(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), PolicyDefinition.class).stream()
                .map(policy -> policy.getPolicy() != null
                        ? policy.getPolicy()
                        : context.getRegistry().lookupByName(text(policy.getRef())))
                .anyMatch(HttpStep.class::isInstance);
    }

    /** Camel's path variables stand for one segment each. */
    private static Pattern pattern(PlatformHttpEndpoint http) {
        StringBuilder regex = new StringBuilder();
        String path = http.getPath();
        String rest = path.startsWith("/") ? path : "/" + path;
        boolean prefix = http.isMatchOnUriPrefix() || rest.endsWith("*");
        if (rest.endsWith("*")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        if (rest.length() > 1 && rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        for (String part : rest.split("(?=\\{)|(?<=})")) {
            regex.append(part.startsWith("{") ? "[^/]+" : Pattern.quote(part));
        }
        return Pattern.compile(regex + (prefix ? ".*" : ""));
    }

    /** The first check of a chain; null when it has none, or when something else comes first. */
    private CredentialCheck check(List<ProcessorDefinition<?>> lines, int depth) {
        for (ProcessorDefinition<?> line : lines) {
            if (line instanceof PolicyDefinition policy) {
                Object step = policy.getPolicy() != null
                        ? policy.getPolicy()
                        : context.getRegistry().lookupByName(text(policy.getRef()));
                if (step instanceof CredentialCheck check) {
                    return check;
                }
                if (!(step instanceof Step) || !step.getClass().getName().startsWith(OURS)) {
                    return null;
                }
                if (!policy.getOutputs().isEmpty()) {
                    return check(policy.getOutputs(), depth);
                }
            } else if (line instanceof ToDefinition to) {
                return depth < 10 ? behind(text(to.getEndpointUri()), depth) : null;
            } else if (!(line instanceof SetPropertyDefinition property) || KEY_ID.equals(text(property.getName()))) {
                return null;
            }
        }
        return null;
    }

    private CredentialCheck behind(String uri, int depth) {
        if (!uri.startsWith("direct:")) {
            return null;
        }
        Endpoint target = context.hasEndpoint(uri);
        if (!(target instanceof DirectEndpoint)) {
            return null;
        }
        for (RouteDefinition route : definitions()) {
            if (route.getInput() != null
                    && target == context.hasEndpoint(text(route.getInput().getEndpointUri()))) {
                return check(route.getOutputs(), depth + 1);
            }
        }
        return null;
    }

    /** As they are at this moment: routes may be added and replaced meanwhile, and Camel's model is its own lock. */
    private List<RouteDefinition> definitions() {
        Model model = model();
        synchronized (model) {
            return new ArrayList<>(model.getRouteDefinitions());
        }
    }

    private Model model() {
        return context.getCamelContextExtension().getContextPlugin(Model.class);
    }

    private String text(String written) {
        try {
            return String.valueOf(CamelContextHelper.parseText(context, written));
        } catch (IllegalArgumentException e) {
            LOG.debug("not a text of this context: {}", written, e);
            return "";
        }
    }
}
