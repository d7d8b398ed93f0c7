package io.github.camelllm.ingress;

import io.github.camelllm.ingress.ServedPaths.Served;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The answer to a request that no route took: HEAD as GET without its body, OPTIONS with the methods of the path, 405 with them
 * for any other method, and 404 with the paths that are served.
 */
final class Unserved {

    private static final int LISTED = 40;

    private final ServedPaths paths;
    private final BooleanSupplier starting;

    /** @param starting whether what is not there yet may come in a moment */
    Unserved(ServedPaths paths, BooleanSupplier starting) {
        this.paths = paths;
        this.starting = starting;
    }

    /** Whether a route may take a POST of any media type at this path: there is none for JSON alone. */
    boolean judgesMediaTypes(String path) {
        List<Served> posts = paths.at(path).stream()
                .filter(served -> served.methods().contains("POST"))
                .toList();
        return posts.isEmpty() || posts.stream().anyMatch(served -> served.consumes() != null);
    }

    /** The last handler of the router. */
    void handle(RoutingContext routing) {
        if (starting.getAsBoolean()) {
            HttpEdge.refuse(routing, Problem.starting());
            return;
        }
        String path = routing.normalizedPath();
        String method = routing.request().method().name();
        List<Served> at = paths.at(path);
        List<String> methods = ServedPaths.methods(at);
        if (method.equals("HEAD") && methods.contains("GET")) {
            routing.reroute(HttpMethod.GET, routing.request().uri());
        } else if (method.equals("OPTIONS") && !at.isEmpty()) {
            allow(routing, methods);
        } else if (at.isEmpty()) {
            HttpEdge.refuse(routing, Problem.of(ErrorCode.NOT_FOUND, notFound()));
        } else if (methods.contains(method)) { // a route that wants another media type
            String types = at.stream()
                    .map(Served::consumes)
                    .filter(consumes -> consumes != null)
                    .collect(Collectors.joining(","));
            HttpEdge.refuse(
                    routing,
                    Problem.of(
                            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                            types.isEmpty()
                                    ? "This path answers in no media type that the Accept header names."
                                    : "This path takes the Content-Type " + types + "."));
        } else {
            String allowed = String.join(", ", methods);
            routing.response().putHeader("Allow", allowed);
            HttpEdge.refuse(
                    routing,
                    Problem.of(
                            ErrorCode.METHOD_NOT_ALLOWED,
                            "The method is not allowed on this path; it takes " + allowed + "."));
        }
    }

    private static void allow(RoutingContext routing, List<String> methods) {
        routing.response()
                .setStatusCode(204)
                .putHeader("Allow", String.join(", ", methods))
                .end();
    }

    private String notFound() {
        List<Served> all = paths.all();
        String listed = all.stream().limit(LISTED).map(Served::toString).collect(Collectors.joining(", "));
        String more = all.size() > LISTED ? " and " + (all.size() - LISTED) + " more (GET /)" : "";
        return "There is nothing at this path." + (all.isEmpty() ? "" : " Served are " + listed + more + ".");
    }
}
