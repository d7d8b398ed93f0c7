package io.github.camelllm.main;

import io.github.camelllm.ingress.Cors;
import io.github.camelllm.ingress.GuardedVertx;
import io.github.camelllm.ingress.HttpEdge;
import io.netty.util.Version;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of {@link GatewayPlugin} for hosts whose HTTP server is Camel's Vert.x; nobody else loads it. */
final class VertxHost {

    private static final Logger LOG = LoggerFactory.getLogger(VertxHost.class);

    private VertxHost() {}

    /**
     * Gives the HTTP server of Camel Main, which does not listen yet, a Vert.x with the gateway's threads and limits, in the place
     * of the one it has made itself. A host that has bound a Vert.x of its own keeps it.
     */
    static void prepare(CamelContext context, HostSettings settings) {
        warnOfMixedNetty();
        VertxPlatformHttpServer server = context.hasService(VertxPlatformHttpServer.class);
        if (server == null || !context.getRegistry().findByType(Vertx.class).isEmpty()) {
            return;
        }
        Vertx own = server.getVertx();
        server.setVertx(
                Workers.vertx(settings.workers(), settings.http())); // which the server closes, as it would its own
        if (own != null) {
            own.close();
        }
    }

    /** Puts what stands in front of all routes there, once the server listens. */
    static void install(CamelContext context, HostSettings settings, AtomicBoolean draining) {
        Cors.of(
                        settings.values().get(SettingsTable.CORS_ORIGINS),
                        Boolean.parseBoolean(settings.values().get(SettingsTable.CORS_CREDENTIALS)))
                .install(context);
        HttpEdge.install(context, settings.http(), Workers.virtual() ? 0 : settings.workers(), draining);
    }

    /** The address that the server listens on; null where there is no such server. */
    static String address(CamelContext context) {
        VertxPlatformHttpServer server = context.hasService(VertxPlatformHttpServer.class);
        return server == null ? null : server.getHost();
    }

    /** What a build mixes of Netty runs for a while, and then does not. */
    private static void warnOfMixedNetty() {
        Map<String, String> versions = new TreeMap<>();
        Version.identify(GuardedVertx.class.getClassLoader())
                .forEach((artifact, version) ->
                        versions.merge(version.artifactVersion(), artifact, (some, more) -> some + " " + more));
        if (versions.size() > 1) {
            LOG.warn(
                    "Netty is here in {} versions, which do not go together: {}; import io.netty:netty-bom in the"
                            + " dependencyManagement of your build",
                    versions.size(),
                    versions.entrySet().stream()
                            .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                            .collect(Collectors.joining(", ")));
        }
    }
}
