package io.github.camelllm.ingress;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Cross-Origin Resource Sharing, by the WHATWG Fetch standard: which web pages of other origins may read the gateway's answers.
 * Stands in front of all else, so that every answer carries it, errors and streams included, and a preflight request is
 * answered before anybody asks for a key.
 *
 * <p>A page of an origin that is not allowed is served like any client that is no browser, but without the headers that would
 * let it read the answer.
 */
public final class Cors {

    /** What {@link #of} takes, in words. */
    public static final String ALLOWED_ORIGINS =
            "nothing, * for all, or origins separated by commas such as https://app.example.com, https://*.example.com or"
                    + " http://localhost:*";

    private static final String ALL = "*";
    private static final int FIRST = Integer.MIN_VALUE;
    private static final Pattern ORIGIN = Pattern.compile(
            "[a-z][a-z0-9+.-]*://(?:\\*\\.)?(?:[a-z0-9-]+(?:\\.[a-z0-9-]+)*|\\[[0-9a-f:.]+\\])(?::(?:\\d{1,5}|\\*))?");
    private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}");
    private static final String MAX_AGE_SECONDS = "600";
    private static final String EXPOSED = String.join(
            ", ",
            List.of(
                    "X-Request-Id",
                    "X-LLM-Model",
                    "X-LLM-Provider",
                    "X-LLM-Cache",
                    "X-LLM-Cache-Key",
                    "X-LLM-Attempts",
                    "X-LLM-Cost-USD",
                    "X-LLM-Degraded",
                    "X-LLM-Warnings",
                    "Retry-After",
                    "x-ratelimit-limit-requests",
                    "x-ratelimit-limit-tokens",
                    "x-ratelimit-remaining-requests",
                    "x-ratelimit-remaining-tokens",
                    "x-ratelimit-reset-requests",
                    "x-ratelimit-reset-tokens"));

    private final boolean all;
    private final List<Pattern> origins;
    private final boolean credentials;

    private Cors(boolean all, List<Pattern> origins, boolean credentials) {
        this.all = all;
        this.origins = origins;
        this.credentials = credentials;
    }

    /**
     * @param origins as {@value #ALLOWED_ORIGINS}
     * @param credentials whether pages may send what the browser keeps for the gateway (cookies, client certificates); keys in
     *     headers need no such permission
     * @throws IllegalArgumentException when {@code origins} is none of these, or is {@code *} together with credentials, which
     *     would let every page on the web act for its visitor
     */
    public static Cors of(String origins, boolean credentials) {
        if (!areOrigins(origins)) {
            throw new IllegalArgumentException("origins are '" + origins + "'; allowed: " + ALLOWED_ORIGINS);
        }
        boolean all = origins.strip().equals(ALL);
        if (all && credentials) {
            throw new IllegalArgumentException("origins are *, which does not go with credentials; name the origins");
        }
        List<Pattern> patterns = new ArrayList<>();
        for (String origin : origins.split(",")) {
            if (!all && !origin.isBlank()) {
                patterns.add(pattern(origin.strip().toLowerCase(Locale.ROOT)));
            }
        }
        return new Cors(all, List.copyOf(patterns), credentials);
    }

    /** Whether a text says which origins are allowed. */
    public static boolean areOrigins(String text) {
        if (text.isBlank() || text.strip().equals(ALL)) {
            return true;
        }
        for (String origin : text.split(",", -1)) {
            if (!ORIGIN.matcher(origin.strip().toLowerCase(Locale.ROOT)).matches()) {
                return false;
            }
        }
        return true;
    }

    /** One star stands for any subdomain, or any port. */
    private static Pattern pattern(String origin) {
        String regex = Pattern.quote(origin)
                .replace("://*.", "://\\E(?:[a-z0-9-]+\\.)+\\Q")
                .replace(":*", "\\E(?::\\d{1,5})?\\Q");
        return Pattern.compile(regex);
    }

    /** Puts it in front of the HTTP server of a context, before anything else is; does nothing where no origin is allowed. */
    public void install(CamelContext context) {
        if (!all && origins.isEmpty()) {
            return;
        }
        ServedPaths paths = new ServedPaths(context);
        for (VertxPlatformHttpRouter router : context.getRegistry().findByType(VertxPlatformHttpRouter.class)) {
            if (!router.isManagementServer()) {
                router.route().order(FIRST).handler(routing -> handle(routing, paths));
            }
        }
    }

    private void handle(RoutingContext routing, ServedPaths paths) {
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        String origin = request.getHeader("Origin");
        boolean preflight = origin != null
                && request.method() == HttpMethod.OPTIONS
                && request.getHeader("Access-Control-Request-Method") != null;
        if (!all) {
            String vary =
                    preflight ? "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" : "Origin";
            routing.addHeadersEndHandler(ending -> addVary(response, vary));
        }
        if (origin == null || !allows(origin)) {
            routing.next();
            return;
        }
        response.putHeader("Access-Control-Allow-Origin", all ? ALL : origin);
        if (credentials) {
            response.putHeader("Access-Control-Allow-Credentials", "true");
        }
        if (preflight) {
            preflight(routing, ServedPaths.methods(paths.at(routing.normalizedPath())));
        } else {
            response.putHeader("Access-Control-Expose-Headers", EXPOSED);
            routing.next();
        }
    }

    /** Beside what a route may have said itself. */
    private static void addVary(HttpServerResponse response, String vary) {
        String said = response.headers().get("Vary");
        response.putHeader("Vary", said == null ? vary : said + ", " + vary);
    }

    private boolean allows(String origin) {
        return all
                || origins.stream().anyMatch(allowed -> allowed.matcher(origin.toLowerCase(Locale.ROOT))
                        .matches());
    }

    /** A path that is not served is allowed any usual method: its 404 tells the page more than a failed preflight. */
    private static void preflight(RoutingContext routing, List<String> methods) {
        List<String> allowed =
                methods.isEmpty() ? List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") : methods;
        HttpServerResponse response = routing.response();
        response.putHeader("Access-Control-Allow-Methods", String.join(", ", allowed));
        String headers = routing.request().getHeader("Access-Control-Request-Headers");
        if (headers != null && HEADER_NAMES.matcher(headers).matches()) {
            response.putHeader("Access-Control-Allow-Headers", headers); // a star would not stand for Authorization
        }
        response.putHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
        response.setStatusCode(204).end();
    }
}
