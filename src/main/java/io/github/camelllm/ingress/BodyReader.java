package io.github.camelllm.ingress;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.time.Duration;
import java.util.Locale;

/**
 * Takes in the bodies of requests, within bounds for each and for all together, before a route sees them.
 *
 * <p>A body is received only if its path has a route, and only if the credential that comes with it can get past the chain
 * of that route. Where it cannot, the route runs without the body and refuses the call in its own words.
 */
final class BodyReader {

    private static final String HELD = "llm.http.body";

    /** A body that has gone on to its route: what it takes, and the request that holds its bytes. */
    private record Held(BodyMemory.Share share, RoutingContext routing) {}

    private final EdgeRoutes routes;
    private final BodyMemory memory;
    private final long maxBytes;

    BodyReader(EdgeRoutes routes, BodyMemory memory, long maxBytes) {
        this.routes = routes;
        this.memory = memory;
        this.maxBytes = maxBytes;
    }

    /**
     * The share of the request that the current thread works for, for as long as a call needs it; null when it has none. The
     * server's request lets the bytes of the body go, as the call has them by now.
     */
    static BodyMemory.Share holdCurrent() {
        Context context = Vertx.currentContext();
        if (!(context instanceof ContextInternal internal) || !internal.isDuplicate()) {
            return null;
        }
        Held held = context.getLocal(HELD);
        if (held == null) {
            return null;
        }
        ((RoutingContextInternal) held.routing).setBody(Buffer.buffer());
        held.share.hold();
        return held.share;
    }

    /** Goes on to the routes once the body is there, or answers with what is wrong with it. */
    void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        long declared = declaredLength(request);
        if (declared == 0) {
            routing.next();
            return;
        }
        EdgeRoutes.Entry route = routes.find(routing.normalizedPath(), request.method());
        if (route == null || route.streaming()) {
            routing.next();
            return;
        }
        String credential = Calls.credential(request.getHeader("authorization"), request.getHeader("x-api-key"));
        if (route.check() != null && !route.check().accepts(credential)) {
            withoutBody(routing);
            return;
        }
        String coding = request.getHeader("content-encoding");
        if (!ContentCoding.known(coding)) {
            routing.response().putHeader("Accept-Encoding", ContentCoding.ACCEPTED);
            HttpEdge.refuse(routing, ContentCoding.unknown());
        } else if (!expectationMet(request)) {
            HttpEdge.refuse(
                    routing,
                    Problem.of(ErrorCode.INVALID_REQUEST, "The only expectation that is met is 100-continue."));
        } else if (declared > maxBytes || (declared > 0 && !memory.couldHold(declared))) {
            HttpEdge.refuse(routing, tooLarge(declared <= maxBytes));
        } else if (declared > 0 && !memory.hasRoom(declared)) {
            HttpEdge.refuse(routing, overloaded());
        } else {
            receive(routing, declared, coding);
        }
    }

    private void receive(RoutingContext routing, long declared, String coding) {
        HttpServerRequest request = routing.request();
        BodyMemory.Share share = memory.share();
        routing.addEndHandler(ended -> share.letGo());
        if (keepsItsForm(routing)) { // the body handler of a user's own route makes attributes and files of it
            if (share.take(BodyMemory.FACTOR * (declared < 0 ? maxBytes : declared))) {
                routing.next();
            } else {
                HttpEdge.refuse(routing, overloaded());
            }
            return;
        }
        Context context = Vertx.currentContext();
        if (context instanceof ContextInternal internal && internal.isDuplicate()) {
            context.putLocal(HELD, new Held(share, routing));
        }
        ReceivedBody body = new ReceivedBody(share, maxBytes, declared);
        request.exceptionHandler(failure -> {
            if (body.give()) {
                share.letGo();
                routing.fail(failure);
            }
        });
        request.handler(chunk -> {
            if (!body.given()) {
                attempt(routing, share, body, () -> body.add(chunk));
            }
        });
        request.endHandler(end -> {
            if (body.give()) {
                whole(routing, share, body, coding);
            }
        });
        if (request.getHeader("expect") != null) {
            routing.response().writeContinue();
        }
    }

    private void whole(RoutingContext routing, BodyMemory.Share share, ReceivedBody body, String coding) {
        if (ContentCoding.none(coding)) {
            attempt(routing, share, body, () -> {
                body.weigh();
                goOn(routing, body);
            });
            return;
        }
        routing.vertx()
                .executeBlocking(
                        () -> {
                            ReceivedBody decoded = new ReceivedBody(share, maxBytes, -1);
                            ContentCoding.decode(coding, body, decoded);
                            decoded.weigh();
                            return decoded;
                        },
                        false)
                .onComplete(result -> {
                    if (result.succeeded()) {
                        attempt(routing, share, body, () -> goOn(routing, result.result()));
                    } else {
                        fail(routing, share, body, result.cause());
                    }
                });
    }

    private static void goOn(RoutingContext routing, ReceivedBody body) {
        seen(routing, BufferImpl.buffer(Unpooled.wrappedBuffer(body.bytes(), 0, body.length())));
        body.drop(); // the request's handlers hold it for as long as the call lasts
        routing.next();
    }

    private void attempt(RoutingContext routing, BodyMemory.Share share, ReceivedBody body, Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            fail(routing, share, body, e);
        }
    }

    private void fail(RoutingContext routing, BodyMemory.Share share, ReceivedBody body, Throwable failure) {
        body.drop();
        share.letGo();
        if (failure instanceof ReceivedBody.TooLarge large) {
            HttpEdge.refuse(routing, tooLarge(large.forMemory));
        } else if (failure instanceof ReceivedBody.NoRoom || failure instanceof OutOfMemoryError) {
            HttpEdge.refuse(routing, overloaded());
        } else {
            HttpEdge.refuse(routing, Problem.from(failure));
        }
    }

    /** What still arrives of the body is dropped; the connection ends with the answer if not all of it is there by then. */
    private static void withoutBody(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        routing.addHeadersEndHandler(head -> {
            if (!request.isEnded()) {
                routing.response().putHeader("Connection", "close");
            }
        });
        request.handler(dropped -> {});
        seen(routing, Buffer.buffer());
        routing.next();
    }

    private static void seen(RoutingContext routing, Buffer body) {
        RoutingContextInternal internal = (RoutingContextInternal) routing;
        internal.visitHandler(RoutingContextInternal.BODY_HANDLER);
        internal.setBody(body);
    }

    private static boolean keepsItsForm(RoutingContext routing) {
        String type = routing.request().getHeader("content-type");
        String lower = type == null ? "" : type.strip().toLowerCase(Locale.ROOT);
        return routing.request().method() == HttpMethod.POST
                && (lower.startsWith("multipart/form-data") || lower.startsWith("application/x-www-form-urlencoded"));
    }

    private static boolean expectationMet(HttpServerRequest request) {
        String expectation = request.getHeader("expect");
        return expectation == null || expectation.equalsIgnoreCase("100-continue");
    }

    /** 0 for none, negative when it is not told. */
    static long declaredLength(HttpServerRequest request) {
        if (request.headers().contains("transfer-encoding")) {
            return -1;
        }
        String length = request.getHeader("content-length");
        if (length == null) {
            return 0;
        }
        return length.length() > 18 ? Long.MAX_VALUE : Long.parseLong(length);
    }

    private Problem tooLarge(boolean forMemory) {
        return Problem.of(
                ErrorCode.REQUEST_TOO_LARGE,
                forMemory
                        ? "The request body takes more memory than the gateway has for bodies."
                        : "The request body is larger than the " + maxBytes + " bytes allowed.");
    }

    private static Problem overloaded() {
        return Problem.of(
                        ErrorCode.OVERLOADED,
                        "The gateway has as many request bodies in memory as it can hold; try again.")
                .withRetryAfter(Duration.ofSeconds(1));
    }
}
