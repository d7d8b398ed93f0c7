package io.github.camelllm.step.http;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of connections of one HTTP client. Answers whose head has no end are refused by its bounds, a connection that
 * was closed while it was kept is not used again, and an error in one exchange does not close the pool for all others.
 */
final class Connections extends PoolingHttpClientConnectionManager {

    /** The longest line of a head: status line, header, chunk size with its extensions, trailer; in bytes. */
    static final int MAX_LINE = 16 * 1024;

    /** The most headers of an answer, and the most trailers. */
    static final int MAX_HEADERS = 128;

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    /** A check of a connection takes up to a millisecond, so one that has just served is not checked. */
    private static final TimeValue UNCHECKED = TimeValue.ofMilliseconds(100);

    private static final ThreadLocal<Boolean> FRESH = new ThreadLocal<>();

    /** @param most connections at once */
    Connections(TlsSocketStrategy tls, int most) {
        super(
                new DefaultHttpClientConnectionOperator(
                        null,
                        null,
                        RegistryBuilder.<TlsSocketStrategy>create()
                                .register(URIScheme.HTTPS.id, tls)
                                .build()),
                PoolConcurrencyPolicy.STRICT,
                PoolReusePolicy.LIFO,
                TimeValue.NEG_ONE_MILLISECOND,
                ManagedHttpClientConnectionFactory.builder()
                        .http1Config(bounds())
                        .responseParserFactory(BoundedHeads.INSTANCE)
                        .build());
        setMaxTotal(most);
        setDefaultMaxPerRoute(most);
        ConnectionConfig kept =
                ConnectionConfig.custom().setValidateAfterInactivity(UNCHECKED).build();
        ConnectionConfig fresh = ConnectionConfig.custom()
                .setTimeToLive(0, TimeUnit.MILLISECONDS)
                .build();
        setConnectionConfigResolver(route -> Boolean.TRUE.equals(FRESH.get()) ? fresh : kept);
    }

    /** What an answer's head may be. */
    static Http1Config bounds() {
        return Http1Config.custom()
                .setMaxLineLength(MAX_LINE)
                .setMaxHeaderCount(MAX_HEADERS)
                .build();
    }

    /** Whether this thread's next requests take new connections alone, instead of kept ones. */
    static void onlyFresh(boolean fresh) {
        if (fresh) {
            FRESH.set(true);
        } else {
            FRESH.remove();
        }
    }

    /**
     * The HTTP client closes its pool at once when an error is thrown in an exchange, so that it could never be used again;
     * here that ends the connections that nobody is using. The client's own end closes the pool in order.
     */
    @Override
    public void close(CloseMode mode) {
        if (mode == CloseMode.IMMEDIATE) {
            LOG.error("An exchange with a provider ended in an error; its kept connections are dropped");
            closeIdle(TimeValue.ZERO_MILLISECONDS);
            return;
        }
        super.close(mode);
    }
}
