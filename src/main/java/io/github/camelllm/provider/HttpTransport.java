package io.github.camelllm.provider;

import io.github.camelllm.step.http.ExchangeWatcher;
import io.github.camelllm.step.http.OutboundHttp;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.util.Timeout;

/**
 * How the HTTP client of one model behaves: as all that the gateway asks with ({@link OutboundHttp}), with one timeout
 * until the first byte and another between reads after it, and every request can be stopped.
 */
public final class HttpTransport implements HttpClientConfigurer, CamelContextAware {

    private Duration idleTimeout = Duration.ofSeconds(60);
    private int maxConnections = 5000;
    private CamelContext context;

    /** The longest silence within an answer that has begun; positive. */
    public void setIdleTimeout(Duration idleTimeout) {
        if (idleTimeout.isNegative() || idleTimeout.isZero()) {
            throw new IllegalArgumentException("idleTimeout is " + idleTimeout.toMillis() + " ms; it must be positive");
        }
        this.idleTimeout = idleTimeout;
    }

    /** The most connections to the provider at once; positive, 5,000 unless set. */
    public void setMaxConnections(int maxConnections) {
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections is " + maxConnections + "; it must be positive");
        }
        this.maxConnections = maxConnections;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** @throws IllegalStateException when it was not given a Camel context */
    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        if (context == null) {
            throw new IllegalStateException(
                    "this HttpTransport has no CamelContext: declare it in YAML beans, or call setCamelContext");
        }
        OutboundHttp.of(context).configure(builder, maxConnections, new Watcher(Timeout.of(idleTimeout)));
    }

    /** Until the headers are here the response timeout rules; from then on the idle timeout does. */
    private record Watcher(Timeout idle) implements ExchangeWatcher {

        @Override
        public void began(Cancellable request) {
            InFlight inFlight = InFlight.current();
            if (inFlight != null) {
                inFlight.started(request);
            }
        }

        @Override
        public void sending(HttpClientConnection connection) {
            InFlight inFlight = InFlight.current();
            if (inFlight != null) {
                inFlight.connected(connection);
            }
        }

        @Override
        public void answered(HttpClientConnection connection) {
            connection.setSocketTimeout(idle);
        }
    }
}
