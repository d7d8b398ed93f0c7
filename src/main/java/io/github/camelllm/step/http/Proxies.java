package io.github.camelllm.step.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;

/** The proxies that requests go out through: one for {@code http:} addresses and one for {@code https:}, or none. */
final class Proxies extends DefaultRoutePlanner {

    private final Proxy http;
    private final Proxy https;
    private final NoProxy without;

    private record Proxy(HttpHost host, String authorization) {}

    /**
     * @param http such as {@code http://user:password@proxy:3128}; user and password may have {@code %XX}; blank for none
     * @param https the same for addresses with TLS, which are reached through a tunnel ({@code CONNECT})
     * @param without see {@link NoProxy}
     * @throws IllegalArgumentException when one of them is none
     */
    Proxies(String http, String https, String without) {
        super(null);
        this.http = proxy("http-proxy", http);
        this.https = proxy("https-proxy", https);
        this.without = new NoProxy(without);
    }

    private static Proxy proxy(String name, String url) {
        if (url.isBlank()) {
            return null;
        }
        try {
            URI uri = new URI(url.contains("://") ? url.trim() : "http://" + url.trim());
            if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
                throw unusable(name);
            }
            HttpHost host = new HttpHost(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
            String user = uri.getRawUserInfo();
            return new Proxy(host, user == null ? null : basic(user));
        } catch (URISyntaxException e) {
            throw unusable(name); // the message would quote the password
        }
    }

    private static IllegalArgumentException unusable(String name) {
        return new IllegalArgumentException("llm.http-client." + name
                + " is no proxy's address; expected http://host:port, with user:password@ before the host if it asks for"
                + " them");
    }

    private static String basic(String userInfo) {
        String decoded = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    protected HttpHost determineProxy(HttpHost target, HttpContext context) {
        boolean secure = "https".equalsIgnoreCase(target.getSchemeName());
        Proxy proxy = secure ? https : http;
        if (proxy == null) {
            return null;
        }
        int port = target.getPort() > 0 ? target.getPort() : secure ? 443 : 80;
        return without.covers(target.getHostName(), port) ? null : proxy.host();
    }

    /** The {@code Proxy-Authorization} that the proxy is sent; null for none. */
    String authorization(HttpHost host) {
        for (Proxy proxy : new Proxy[] {http, https}) {
            if (proxy != null
                    && proxy.authorization() != null
                    && proxy.host().getPort() == host.getPort()
                    && proxy.host().getHostName().equalsIgnoreCase(host.getHostName())) {
                return proxy.authorization();
            }
        }
        return null;
    }
}
