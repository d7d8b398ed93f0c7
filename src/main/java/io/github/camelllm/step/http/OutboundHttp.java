package io.github.camelllm.step.http;

import java.util.Locale;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.util.TimeValue;

/**
 * How the gateway asks others over HTTP: within bounds, through the proxy that is set, trusting the certificates that are
 * set, and without retries, redirects, cookies or compression of the client's own. One a Camel context, by the settings
 * {@code llm.http-client.*}; where they are empty, by {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code NO_PROXY} and {@code
 * SSL_CERT_FILE} of the environment. Thread-safe.
 */
public final class OutboundHttp {

    /** The largest answer of an endpoint beside the way of a call, in bytes. */
    static final int MAX_BODY = 8 << 20;

    private static final String NAME = "llm.outbound-http";
    private static final String NONE = "none";
    private static final TimeValue UNUSED = TimeValue.ofSeconds(50);
    private static final String USER_AGENT = "camel-llm-gateway";

    private final Proxies proxies;
    private final DefaultClientTlsStrategy tls;

    private OutboundHttp(Settings settings) {
        this.proxies = new Proxies(
                settings.of("http-proxy", "http_proxy"),
                settings.of("https-proxy", "https_proxy"),
                settings.of("no-proxy", "no_proxy"));
        this.tls = new DefaultClientTlsStrategy(Trust.context(
                settings.of("ca-file", "ssl_cert_file"),
                settings.of("trust-store", null),
                settings.of("trust-store-password", null),
                settings.of("trust-store-type", null)));
    }

    /**
     * The one of that context.
     *
     * @throws IllegalArgumentException when a setting is wrong
     */
    public static OutboundHttp of(CamelContext context) {
        synchronized (context.getRegistry()) {
            OutboundHttp known = context.getRegistry().lookupByNameAndType(NAME, OutboundHttp.class);
            if (known == null) {
                known = new OutboundHttp(new Settings(context, System.getenv()));
                context.getRegistry().bind(NAME, known);
            }
            return known;
        }
    }

    /** Whether a text is the address of a proxy, or says that there is none. */
    public static boolean isProxy(String text) {
        return isFine(() -> new Proxies(text.equals(NONE) ? "" : text, "", ""));
    }

    /** Whether a text is a list of hosts as {@code NO_PROXY} has it. */
    public static boolean isNoProxy(String text) {
        return isFine(() -> new NoProxy(text));
    }

    private static boolean isFine(Runnable attempt) {
        try {
            attempt.run();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Sets up a client.
     *
     * @param connections the most at once
     * @param watcher is told of each request
     */
    public void configure(HttpClientBuilder builder, int connections, ExchangeWatcher watcher) {
        builder.setUserAgent(USER_AGENT)
                .setConnectionManager(new Connections(tls, connections))
                .setConnectionManagerShared(false)
                .setRoutePlanner(proxies)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .evictExpiredConnections()
                .evictIdleConnections(UNUSED) // else what a provider has closed after a burst stays open here
                .setRequestExecutor(new OneExchange(proxies, watcher))
                .addExecInterceptorFirst("llm-once-more", new OnceMore(watcher));
    }

    /**
     * Enters a configurer in the registry of the context, for an endpoint that is named in Java; its answers are bounded
     * too.
     *
     * @return what to write behind {@code httpClientConfigurer=}
     */
    public static String configurer(CamelContext context, int connections) {
        String name = NAME + "-" + connections;
        OutboundHttp http = of(context);
        context.getRegistry().bind(name, HttpClientConfigurer.class, (HttpClientConfigurer) builder -> {
            http.configure(builder, connections, ExchangeWatcher.NONE);
            builder.addExecInterceptorFirst("llm-bounded", new BoundedBody(MAX_BODY));
        });
        return "#bean:" + name;
    }

    /** Properties of the context, and where they are empty the environment, in lower case as others read it, or in capitals. */
    private record Settings(CamelContext context, Map<String, String> environment) {

        String of(String name, String variable) {
            String value = context.resolvePropertyPlaceholders("{{llm.http-client." + name + ":}}")
                    .trim();
            if (value.isEmpty() && variable != null) {
                value = environment
                        .getOrDefault(variable, environment.getOrDefault(variable.toUpperCase(Locale.ROOT), ""))
                        .trim();
            }
            return value.equals(NONE) ? "" : value;
        }
    }
}
