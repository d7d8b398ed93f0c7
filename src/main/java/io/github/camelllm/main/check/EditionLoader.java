package io.github.camelllm.main.check;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;

/** Loads beans, templates and routes of an edition into a context that runs. */
public final class EditionLoader {

    private final CamelContext context;
    private final UnitLoader loader;
    private final Map<String, String> automatic = new HashMap<>();

    /** @param inForce what the context has loaded from files as they were then */
    public EditionLoader(CamelContext context, Edition inForce) {
        this.context = context;
        this.loader = new UnitLoader(context);
        for (String key : inForce.routes()) {
            if (Edition.isAutomatic(key)) {
                Unit unit = inForce.unitOf(key);
                for (Route route : context.getRoutes()) {
                    if (stands(route.getSourceLocation(), unit)) {
                        automatic.put(key, route.getRouteId());
                    }
                }
            }
        }
    }

    private static boolean stands(String location, Unit unit) {
        if (location == null || !location.matches("file:.*:\\d+")) {
            return false;
        }
        int colon = location.lastIndexOf(':');
        Diagnostic there = new Diagnostic(unit.file().name(), Integer.parseInt(location.substring(colon + 1)), "", "");
        return location.substring("file:".length(), colon)
                        .endsWith(unit.file().path().getFileName().toString())
                && unit.has(there);
    }

    /** The id under which Camel knows a route. */
    public String idOf(String key) {
        return Edition.isAutomatic(key)
                ? automatic.computeIfAbsent(
                        key,
                        made -> "route-"
                                + made.substring(made.lastIndexOf('/') + 1).replace('#', '-'))
                : key;
    }

    /** Binds a bean, in the place of the one of its name. */
    public void bean(Edition edition, String name) throws Exception {
        loader.bean(edition.unitOfBean(name), edition.bean(name)).configure();
    }

    /** Adds a template. */
    public void template(Edition edition, String id) throws Exception {
        context.addRoutes(loader.withFileWide(edition.unitOfTemplate(id), edition.units()));
    }

    /** Adds routes. */
    public void routes(Edition edition, Collection<String> keys) throws Exception {
        for (String key : keys) {
            Unit unit = edition.unitOf(key);
            if (unit.type().equals("templatedRoute")) {
                RouteBuilder builder = loader.withFileWide(unit, edition.units());
                context.addRoutes(builder);
                context.addTemplatedRoutes(builder);
            } else {
                context.addRoutes(
                        Edition.isAutomatic(key)
                                ? loader.withFileWide(unit, idOf(key), edition.units())
                                : loader.withFileWide(unit, edition.units()));
            }
        }
    }
}
