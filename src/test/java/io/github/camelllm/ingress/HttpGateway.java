package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.step.Calls;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A real HTTP server with the HTTP trigger and, in the place of the chain, whatever a test puts there. */
final class HttpGateway implements AutoCloseable {

    static final int MAX_BODY = 4096;

    /** Those of a gateway, with bodies of {@value #MAX_BODY} bytes. */
    static final HttpLimits LIMITS = limits(MAX_BODY, 100_000_000);

    static HttpLimits limits(long maxBody, long bodiesBytes) {
        HttpLimits usual = HttpLimits.DEFAULT;
        return new HttpLimits(
                maxBody,
                bodiesBytes,
                usual.headerTimeout(),
                usual.bodyTimeout(),
                usual.bodyBytesPerSecond(),
                usual.keepAliveTimeout(),
                usual.maxConnections(),
                usual.maxConnectionsPerAddress());
    }

    private static final String ROUTES =
            """
            - errorHandler:
                noErrorHandler: {}
            - beans:
                - name: http
                  type: io.github.camelllm.ingress.HttpStep
                  properties: { clientStallTimeout: STALL }
                - name: httpMessages
                  type: io.github.camelllm.ingress.HttpStep
                  properties: { dialect: anthropic, clientStallTimeout: STALL }
            - route:
                from:
                  uri: platform-http:/v1/chat/completions
                  parameters: { httpMethodRestrict: POST }
                  steps:
                    - policy: { ref: http }
                    - process: { ref: chain }
            - route:
                from:
                  uri: platform-http:/v1/messages
                  parameters: { httpMethodRestrict: POST }
                  steps:
                    - policy: { ref: httpMessages }
                    - process: { ref: chain }
            - route:
                from:
                  uri: platform-http:/v1/models
                  parameters: { httpMethodRestrict: GET }
                  steps:
                    - policy: { ref: http }
                    - process: { ref: chain }
            """;

    final AtomicBoolean draining = new AtomicBoolean();
    final ActiveCalls active = new ActiveCalls();
    final BlockingQueue<Call> ended = new LinkedBlockingQueue<>();

    private final Vertx vertx;
    final DefaultCamelContext context = new DefaultCamelContext();
    private final VertxPlatformHttpServer server;

    private HttpGateway(Processor chain, String stallTimeout, int mostCalls, HttpLimits limits, String routes)
            throws Exception {
        vertx = GuardedVertx.of(Vertx.vertx(new VertxOptions().setWorkerPoolSize(20)), limits);
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("127.0.0.1");
        configuration.setBindPort(0);
        configuration.setMaxBodySize(limits.maxBodyBytes());
        server = new VertxPlatformHttpServer(configuration);
        context.getRegistry().bind("vertx", vertx);
        context.getRegistry().bind("activeCalls", active);
        context.getRegistry().bind("chain", (Processor) exchange -> {
            Call call = Calls.of(exchange);
            exchange.getExchangeExtension().addOnCompletion(new org.apache.camel.support.SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    ended.add(call);
                }
            });
            chain.process(exchange);
        });
        context.getShutdownStrategy().setTimeout(5);
        context.addService(server);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(
                        ResourceHelper.fromString("test.camel.yaml", (ROUTES + routes).replace("STALL", stallTimeout)));
        context.start();
        HttpEdge.install(context, limits, mostCalls, draining);
    }

    static HttpGateway start(Processor chain) throws Exception {
        return new HttpGateway(chain, "60s", 0, LIMITS, "");
    }

    static HttpGateway start(int mostCalls, Processor chain) throws Exception {
        return new HttpGateway(chain, "60s", mostCalls, LIMITS, "");
    }

    static HttpGateway start(String stallTimeout, Processor chain) throws Exception {
        return new HttpGateway(chain, stallTimeout, 0, LIMITS, "");
    }

    /** With other limits, and routes (YAML) of the test's own beside the others. */
    static HttpGateway start(HttpLimits limits, String routes, Processor chain) throws Exception {
        return new HttpGateway(chain, "60s", 0, limits, routes);
    }

    int port() {
        return server.getServer().actualPort();
    }

    /** The next call whose exchange is over. */
    Call awaitEnded() throws InterruptedException {
        Call call = ended.poll(15, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no exchange ended");
        }
        return call;
    }

    @Override
    public void close() {
        context.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
