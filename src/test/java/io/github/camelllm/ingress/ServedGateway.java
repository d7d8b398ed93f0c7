package io.github.camelllm.ingress;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A real HTTP server with paths of the gateway's kind, and some that a user has added. */
final class ServedGateway implements AutoCloseable {

    static final int MAX_BODY = 4096;

    private static final String ROUTES =
            """
            - errorHandler:
                noErrorHandler: {}
            - beans:
                - { name: http, type: io.github.camelllm.ingress.HttpStep }
                - { name: either, type: io.github.camelllm.ingress.HttpStep, properties: { dialect: either } }
                - { name: index, type: io.github.camelllm.ingress.IndexPage }
            - route:
                description: "this <page>"
                from:
                  uri: platform-http:/
                  parameters: { httpMethodRestrict: GET }
                  steps:
                    - process: { ref: index }
            - route:
                from:
                  uri: platform-http:/v1/chat/completions
                  parameters: { httpMethodRestrict: POST }
                  steps:
                    - policy: { ref: http }
                    - process: { ref: chain }
            - route:
                from:
                  uri: platform-http:/v1/models/{id}
                  parameters: { httpMethodRestrict: GET, matchOnUriPrefix: true }
                  steps:
                    - policy: { ref: either }
                    - process: { ref: answer }
            - route:
                from:
                  uri: platform-http:/v1/things
                  parameters: { httpMethodRestrict: GET }
                  steps:
                    - policy: { ref: http }
                    - process: { ref: answer }
            - route:
                from:
                  uri: platform-http:/v1/things
                  parameters: { httpMethodRestrict: "DELETE,PUT" }
                  steps:
                    - policy: { ref: http }
                    - process: { ref: answer }
            - route:
                from:
                  uri: platform-http:/v1/audio
                  parameters: { httpMethodRestrict: POST, consumes: "audio/wav" }
                  steps:
                    - setBody: { constant: heard }
            - route:
                from:
                  uri: platform-http:/any
                  steps:
                    - setBody: { simple: "${header.CamelHttpMethod}" }
            """;

    private final Vertx vertx = Vertx.vertx();
    final DefaultCamelContext context = new DefaultCamelContext();
    private final VertxPlatformHttpServer server;

    private ServedGateway(Cors cors, Processor chain) throws Exception {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("127.0.0.1");
        configuration.setBindPort(0);
        configuration.setMaxBodySize((long) MAX_BODY);
        server = new VertxPlatformHttpServer(configuration);
        context.getRegistry().bind("vertx", vertx);
        context.getRegistry().bind("chain", chain);
        context.getRegistry()
                .bind("answer", (Processor) exchange -> exchange.getMessage().setBody(answer()));
        context.getShutdownStrategy().setTimeout(5);
        context.addService(server);
        load(ROUTES);
        context.start();
        cors.install(context);
        HttpLimits usual = HttpLimits.DEFAULT;
        HttpLimits limits = new HttpLimits(
                MAX_BODY,
                usual.bodiesBytes(),
                usual.headerTimeout(),
                usual.bodyTimeout(),
                usual.bodyBytesPerSecond(),
                usual.keepAliveTimeout(),
                usual.maxConnections(),
                usual.maxConnectionsPerAddress());
        HttpEdge.install(context, limits, 0, new AtomicBoolean());
    }

    static ServedGateway start() throws Exception {
        return start(Cors.of("", false));
    }

    static ServedGateway start(Cors cors) throws Exception {
        return start(cors, exchange -> {
            throw Problem.of(ErrorCode.INVALID_API_KEY, "No key.");
        });
    }

    static ServedGateway start(Cors cors, Processor chain) throws Exception {
        return new ServedGateway(cors, chain);
    }

    static Answer answer() {
        return new Answer(null, Json.object().put("a", "long enough to be seen"));
    }

    /** Loads more routes, as a user's file. */
    void load(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("r" + yaml.hashCode() + ".camel.yaml", yaml));
    }

    int port() {
        return server.getServer().actualPort();
    }

    RawResponse get(String target, String... headers) throws IOException {
        return RawClient.exchange(port(), "GET", target, null, headers);
    }

    /** The answer's head, and proof that no body followed it: the connection answers the next request. */
    RawResponse head(String target, String... headers) throws IOException {
        try (RawClient client = RawClient.connect(port())) {
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            client.send("HEAD " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n");
            RawResponse head = client.interimOrFinalHead();
            client.send("GET /v1/things HTTP/1.1\r\nHost: x\r\n\r\n");
            if (head.status() == 200) {
                org.assertj.core.api.Assertions.assertThat(
                                client.interimOrFinalHead().status())
                        .isEqualTo(200);
            }
            return head;
        }
    }

    @Override
    public void close() {
        context.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
