package io.github.camelllm.main;

import io.github.camelllm.access.Authenticate;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.config.Part;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether HTTP may come in at all: there is a server for it, and whoever reaches it may not spend what models cost. */
final class HttpDoor {

    private static final String SCHEME = "platform-http:";
    private static final String ENGINE = "META-INF/services/org/apache/camel/platform-http-engine";

    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);

    private HttpDoor() {}

    /** @throws IllegalStateException saying what to add, when there are HTTP paths and no server to serve them */
    static void requireServer(CamelContext context) {
        boolean paths = context
                .getCamelContextExtension()
                .getContextPlugin(org.apache.camel.model.Model.class)
                .getRouteDefinitions()
                .stream()
                .anyMatch(route -> route.getInput() != null
                        && String.valueOf(route.getInput().getEndpointUri()).startsWith(SCHEME));
        boolean engine =
                !context.getRegistry().findByType(PlatformHttpEngine.class).isEmpty()
                        || context.getClassResolver().loadResourceAsURL(ENGINE) != null;
        if (paths && !engine) {
            throw new IllegalStateException(
                    "platform-http has no HTTP server: add the jar "
                            + Part.HTTP_SERVER.artifacts().get(0)
                            + " on Camel Main, camel-platform-http-starter on Spring Boot, camel-quarkus-platform-http on Quarkus");
        }
    }

    /**
     * Checks that nobody calls models from beyond this machine without a key.
     *
     * @throws IllegalStateException when somebody could
     */
    static void check(CamelContext context, HostSettings settings) {
        if (settings.open() || context.getRoutes().stream().noneMatch(HttpDoor::isHttp)) {
            return;
        }
        Models models = context.getRegistry().findSingleByType(Models.class);
        List<String> paid = models == null
                ? List.of()
                : models.all().stream()
                        .filter(model -> model.live() && !model.simulated())
                        .map(Model::name)
                        .toList();
        Set<Authenticate> steps = context.getRegistry().findByType(Authenticate.class);
        String address = address(context);
        if (paid.isEmpty() || isLoopback(address) || steps.stream().anyMatch(Authenticate::hasKeys)) {
            return;
        }
        throw new IllegalStateException("the HTTP server listens on " + address
                + ", beyond loopback, while anybody may call "
                + paid.stream().limit(3).collect(Collectors.joining(", ")) + (paid.size() > 3 ? " and others" : "")
                + ": put keys into the file of " + SettingsTable.KEYS_FILE
                + ", let the server listen on 127.0.0.1, or set "
                + SettingsTable.OPEN + "=true");
    }

    /** Spring ends a request after 30 s as if it were whole, unless it is told otherwise. */
    static void warnOfSpringsTimeout(CamelContext context) {
        boolean spring = isSpring(context);
        String timeout = context.resolvePropertyPlaceholders("{{spring.mvc.async.request-timeout:}}");
        if (spring && timeout.isBlank() && context.getRoutes().stream().anyMatch(HttpDoor::isHttp)) {
            LOG.warn("Spring ends each request after 30 s, as if its answer were whole: set"
                    + " spring.mvc.async.request-timeout=-1, or to what your longest call may take");
        }
    }

    private static boolean isSpring(CamelContext context) {
        return context.getClassResolver().resolveClass("org.springframework.boot.SpringApplication") != null;
    }

    private static boolean isHttp(Route route) {
        return route.getEndpoint().getEndpointUri().startsWith(SCHEME);
    }

    /** Where the host's HTTP server listens: everywhere, if nothing says otherwise. */
    private static String address(CamelContext context) {
        String address = Part.HTTP_SERVER.present() ? VertxHost.address(context) : null;
        if (address != null) {
            return address;
        }
        for (String property : List.of(isSpring(context) ? "server.address" : "quarkus.http.host")) {
            String said = context.resolvePropertyPlaceholders("{{" + property + ":}}");
            if (!said.isBlank()) {
                return said;
            }
        }
        return "0.0.0.0";
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
