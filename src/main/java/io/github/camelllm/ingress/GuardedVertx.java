package io.github.camelllm.ingress;

import io.github.camelllm.call.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;

/**
 * A Vert.x whose HTTP servers keep {@link HttpLimits}: their connections are counted and timed, and requests that are not
 * well-formed are answered and end their connection.
 *
 * <p>Camel makes its HTTP server with options of its own and has no place for others; this is where they come in. HTTP/2 is
 * off: its streams would need bounds of their own.
 */
public final class GuardedVertx extends VertxWrapper implements MeterBinder {

    private final HttpLimits limits;
    private final Ticker ticker;
    private final HttpMeters meters;

    private GuardedVertx(VertxInternal delegate, HttpLimits limits, Ticker ticker) {
        super(delegate);
        this.limits = limits;
        this.ticker = ticker;
        this.meters = new HttpMeters(ticker);
    }

    HttpMeters meters() {
        return meters;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(registry);
    }

    /**
     * @param vertx what does the work; closed with the one returned
     * @param limits for each server by itself
     */
    public static Vertx of(Vertx vertx, HttpLimits limits) {
        return of(vertx, limits, Ticker.SYSTEM);
    }

    static Vertx of(Vertx vertx, HttpLimits limits, Ticker ticker) {
        return new GuardedVertx((VertxInternal) vertx, limits, ticker);
    }

    @Override
    public HttpServer createHttpServer() {
        return createHttpServer(new HttpServerOptions());
    }

    @Override
    public HttpServer createHttpServer(HttpServerOptions options) {
        HttpServerOptions http1 =
                new HttpServerOptions(options).setHttp2ClearTextEnabled(false).setUseAlpn(false);
        return super.createHttpServer(http1)
                .connectionHandler(new HttpConnections(limits, http1, ticker, meters)::open);
    }
}
