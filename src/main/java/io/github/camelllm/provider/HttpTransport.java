package io.github.camelllm.provider;

import java.io.IOException;
import java.time.Duration;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * How the HTTP client of one model behaves: no retries, redirects, cookies or compression of its own, one timeout until
 * the first byte and another between reads after it, and every request can be stopped.
 *
 * <p>The client's built-in retries would send a prompt twice behind the back of quota and audit (it repeats a 429 or 503
 * after a second, whatever the method), so they are off.
 */
public final class HttpTransport implements HttpClientConfigurer {

    private static final TimeValue UNUSED = TimeValue.ofSeconds(50);
    private static final String USER_AGENT = "camel-llm-gateway";

    private Duration idleTimeout = Duration.ofSeconds(60);

    /** The longest silence within an answer that has begun; positive. */
    public void setIdleTimeout(Duration idleTimeout) {
        if (idleTimeout.isNegative() || idleTimeout.isZero()) {
            throw new IllegalArgumentException("idleTimeout is " + idleTimeout.toMillis() + " ms; it must be positive");
        }
        this.idleTimeout = idleTimeout;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setUserAgent(USER_AGENT)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .evictIdleConnections(UNUSED) // else what a provider has closed after a burst stays open here
                .setRequestExecutor(new IdleAfterHeaders(Timeout.of(idleTimeout)))
                .addExecInterceptorFirst("llm-cancel", new NoteRequest());
    }

    private static final class NoteRequest implements ExecChainHandler {
        @Override
        public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
                throws IOException, HttpException {
            InFlight inFlight = InFlight.current();
            if (inFlight != null && scope.originalRequest instanceof Cancellable cancellable) {
                inFlight.started(cancellable);
            }
            return chain.proceed(request, scope);
        }
    }

    /** Until the headers are here the response timeout rules; from then on the idle timeout does. */
    private static final class IdleAfterHeaders extends HttpRequestExecutor {
        private final Timeout idle;

        IdleAfterHeaders(Timeout idle) {
            this.idle = idle;
        }

        @Override
        public ClassicHttpResponse execute(
                ClassicHttpRequest request,
                HttpClientConnection connection,
                HttpResponseInformationCallback informationCallback,
                HttpContext context)
                throws IOException, HttpException {
            InFlight inFlight = InFlight.current();
            if (inFlight != null) {
                inFlight.connected(connection);
            }
            ClassicHttpResponse response = super.execute(request, connection, informationCallback, context);
            connection.setSocketTimeout(idle);
            return response;
        }
    }
}
