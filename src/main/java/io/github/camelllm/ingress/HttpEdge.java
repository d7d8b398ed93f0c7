package io.github.camelllm.ingress;

import io.github.camelllm.call.CallIds;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rim of the HTTP server, in front of all routes: refuses what no route needs to see, before its body is read, and
 * gives every error that the server itself makes the shape that clients expect.
 */
public final class HttpEdge {

    private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);
    private static final String CALLS = "/v1/";
    private static final int FIRST = Integer.MIN_VALUE;

    private final CamelContext context;
    private final Unserved unserved;
    private final long maxBodyBytes;
    private final int mostCalls;
    private final AtomicBoolean draining;
    private final AtomicInteger calls = new AtomicInteger();
    private final EdgeRoutes routes;
    private final BodyReader bodies;
    private final HttpMeters meters;

    private HttpEdge(CamelContext context, HttpLimits limits, int mostCalls, AtomicBoolean draining) {
        this.context = context;
        this.unserved = new Unserved(new ServedPaths(context), this::isStarting);
        this.maxBodyBytes = limits.maxBodyBytes();
        BodyMemory memory = new BodyMemory(limits.bodiesBytes());
        GuardedVertx guarded = Calls.bound(context, GuardedVertx.class, null);
        this.meters = guarded == null ? new HttpMeters(Calls.ticker(context)) : guarded.meters();
        meters.bodies(memory::taken);
        this.routes = new EdgeRoutes(context);
        this.bodies = new BodyReader(routes, memory, limits.maxBodyBytes());
        if (!memory.couldHold(maxBodyBytes)) {
            LOG.info(
                    "the heap has no room for a body of {} bytes: the largest is {} bytes",
                    maxBodyBytes,
                    limits.bodiesBytes() / BodyMemory.FACTOR);
        }
        this.mostCalls = mostCalls;
        this.draining = draining;
    }

    /**
     * Puts the rim around the HTTP server of a context; does nothing where there is no Vert.x server. A management server
     * beside it (Camel's {@code camel.management}) is left alone.
     *
     * @param context a started context
     * @param limits how much of a request, and of all together, is taken in
     * @param mostCalls how many calls may be under way before more are refused; 0 for any number. Where calls share a
     *     pool of threads with health checks and metrics, those must not wait behind calls.
     * @param draining true from the moment that new calls are to be refused
     */
    public static void install(CamelContext context, HttpLimits limits, int mostCalls, AtomicBoolean draining) {
        HttpEdge edge = new HttpEdge(context, limits, mostCalls, draining);
        boolean installed = false;
        for (VertxPlatformHttpRouter router : context.getRegistry().findByType(VertxPlatformHttpRouter.class)) {
            if (!router.isManagementServer()) {
                router.route().order(FIRST).handler(edge::screen).handler(edge::admit);
                router.route().last().handler(edge.unserved::handle);
                router.route().order(FIRST).failureHandler(edge::failed);
                installed = true;
            }
        }
        if (!installed) {
            LOG.info("no Vert.x HTTP server: its runtime answers unknown paths and oversized bodies in its own way");
        }
    }

    private void screen(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        routing.put(HttpMeters.KEY, meters);
        if (!routing.normalizedPath().startsWith(CALLS)) {
            bodies.handle(routing);
            return;
        }
        if (draining.get()) {
            refuse(
                    routing,
                    isStarting() ? Problem.starting() : Problem.shuttingDown().withRetryAfter(Duration.ofSeconds(1)));
            return;
        }
        if (request.method() == HttpMethod.POST) {
            if (!isJson(request.getHeader("content-type")) && wantsJson(routing.normalizedPath())) {
                refuse(
                        routing,
                        Problem.of(
                                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                                "The Content-Type must be application/json (in UTF-8)."));
                return;
            }
        }
        bodies.handle(routing);
    }

    /** Not a route of the host's own, nor one that says itself what it takes. */
    private boolean wantsJson(String path) {
        EdgeRoutes.Entry route = routes.find(path, HttpMethod.POST);
        return (route == null || route.calls()) && !unserved.judgesMediaTypes(path);
    }

    /** Whether routes are still to come: what there is not yet may be served in a moment. */
    private boolean isStarting() {
        return context.getStatus().isInitializing()
                || context.getStatus().isInitialized()
                || context.getStatus().isStarting();
    }

    /** Counts a call from when all of it is there until its exchange with the client has ended. */
    private void admit(RoutingContext routing) {
        if (mostCalls == 0
                || routing.request().method() != HttpMethod.POST
                || !routing.normalizedPath().startsWith(CALLS)) {
            routing.next();
        } else if (calls.incrementAndGet() > mostCalls) {
            calls.decrementAndGet();
            refuse(
                    routing,
                    Problem.of(
                                    ErrorCode.TOO_MANY_IN_FLIGHT,
                                    "The gateway has as many calls in flight as it has threads; try again.")
                            .withRetryAfter(Duration.ofSeconds(1)));
        } else {
            routing.addEndHandler(ended -> calls.decrementAndGet());
            routing.next();
        }
    }

    private static boolean isJson(String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].strip().equals("application/json")) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").strip();
            if (parameter.startsWith("charset=") && !parameter.matches("charset=(utf-?8|us-ascii)")) {
                return false;
            }
        }
        return true;
    }

    private Problem tooLarge() {
        return Problem.of(
                ErrorCode.REQUEST_TOO_LARGE, "The request body is larger than the " + maxBodyBytes + " bytes allowed.");
    }

    private void failed(RoutingContext routing) {
        boolean cutOff =
                routing.failure() instanceof IOException && !routing.request().isEnded();
        if (cutOff || routing.response().ended() || routing.response().closed()) {
            LOG.debug("a client left", routing.failure());
            return;
        }
        if (routing.response().headWritten()) {
            routing.response().reset();
            return;
        }
        int status = routing.statusCode();
        // No route has seen it, so what failed is what the client sent, if it is not a fault of this server's code.
        boolean halfSent = !routing.request().isEnded() && !isFault(routing.failure());
        if (status == 413) {
            refuse(routing, tooLarge());
        } else if (halfSent || (status >= 400 && status < 500)) {
            LOG.debug("not well-formed", routing.failure());
            refuse(routing, Problem.of(ErrorCode.INVALID_REQUEST, "The HTTP request is not well-formed."));
        } else {
            LOG.error("the HTTP server failed to handle a request", routing.failure());
            refuse(routing, Problem.of(ErrorCode.INTERNAL_ERROR, "The gateway failed to handle this request."));
        }
    }

    private static boolean isFault(Throwable failure) {
        return failure instanceof Error
                || failure instanceof NullPointerException
                || failure instanceof IllegalStateException;
    }

    /**
     * Answers at once. A body that has not been read is not going to be: the connection closes once the client has had time
     * to read the answer, which {@link ConnectionGuard} sees to.
     */
    static void refuse(RoutingContext routing, Problem problem) {
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        HttpMeters meters = routing.get(HttpMeters.KEY);
        if (meters != null) {
            meters.refused(problem);
        }
        response.setStatusCode(problem.status()).putHeader("Content-Type", "application/json");
        problem.retryAfter().ifPresent(after -> response.putHeader("Retry-After", Long.toString(after.toSeconds())));
        String id = CallIds.acceptOrMake(request.getHeader("x-request-id"));
        response.putHeader("X-Request-Id", id);
        if (problem.code() == ErrorCode.OVERLOADED || (!request.isEnded() && BodyReader.declaredLength(request) != 0)) {
            response.putHeader("Connection", "close");
        }
        byte[] body = ClientDialect.of(request.getHeader(EitherDialect.ANTHROPIC), routing.normalizedPath())
                .error(problem, id);
        response.putHeader("Content-Length", Integer.toString(body.length)); // which HEAD is told as well
        response.end(Buffer.buffer(body));
    }
}
