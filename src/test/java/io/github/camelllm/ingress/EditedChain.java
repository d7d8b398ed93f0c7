package io.github.camelllm.ingress;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Models;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * A gateway with an HTTP server, the steps of the shipped chain and two models at a fake provider, whose routes a test edits as
 * a user would: by lines of YAML.
 */
public final class EditedChain implements AutoCloseable {

    /** The HTTP route as shipped. */
    public static final String CALL = "- to: { uri: direct:llm-chat }";

    /** The chain below {@code validate}, as far as a test needs it. */
    public static final String REST =
            """
            - policy: { ref: redact }
            - setProperty: { name: llm.chain, constant: "m,n" }
            - policy: { ref: failover }
            - policy: { ref: quota }
            - toD: { uri: "direct:llm-model-${exchangeProperty.llm.model}" }""";

    private static final String BEANS =
            """
            - beans:
                - { name: http, type: io.github.camelllm.ingress.HttpStep }
                - { name: httpMessages, type: io.github.camelllm.ingress.HttpStep, properties: { dialect: anthropic } }
                - { name: account, type: io.github.camelllm.account.Account }
                - { name: authenticate, type: io.github.camelllm.access.Authenticate, properties: { keysFile: "" } }
                - { name: validate, type: io.github.camelllm.access.Validate }
                - { name: redact, type: io.github.camelllm.privacy.Redact, properties: { file: config/privacy.yaml } }
                - { name: failover, type: io.github.camelllm.failover.Failover, properties: { backoff: 1ms } }
                - { name: limits, type: io.github.camelllm.quota.Limits, properties: { file: "LIMITS" } }
                - { name: quota, type: io.github.camelllm.quota.Quota }
                - { name: store, type: io.github.camelllm.store.Store, properties: { url: "STORE" } }
            - templatedRoute:
                routeTemplateRef: openai
                routeId: llm-model-m
                parameters: [ { name: model, value: m }, { name: key, value: sk-m }, { name: baseUrl, value: "UPSTREAM" } ]
            - templatedRoute:
                routeTemplateRef: openai
                routeId: llm-model-n
                parameters: [ { name: model, value: n }, { name: key, value: sk-n }, { name: baseUrl, value: "UPSTREAM" } ]
            """;

    private final Vertx vertx;
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final VertxPlatformHttpServer server;
    private final BlockingQueue<FinishedCall> finished = new LinkedBlockingQueue<>();

    /** What a gateway is started with. */
    public static final class Setup {
        private String http = CALL;
        private String chain = REST;
        private String more = "";
        private String store = "";
        private String limits = "config/limits.yaml";

        /** The lines of the HTTP routes below {@code policy: http}. */
        public Setup http(String lines) {
            http = lines;
            return this;
        }

        /** The lines of the chain below {@code validate}. */
        public Setup chain(String lines) {
            chain = lines;
            return this;
        }

        /** The address of the store; blank for memory. */
        public Setup store(String url) {
            store = url;
            return this;
        }

        /** Further routes and beans. */
        public Setup more(String yaml) {
            more = yaml;
            return this;
        }

        /** The file of limits. */
        public Setup limits(Path file) {
            limits = file.toString();
            return this;
        }

        public EditedChain start(FakeUpstream upstream) throws Exception {
            return new EditedChain(this, upstream);
        }
    }

    private EditedChain(Setup setup, FakeUpstream upstream) throws Exception {
        vertx = GuardedVertx.of(
                Vertx.vertx(new VertxOptions().setWorkerPoolSize(20)), HttpGateway.limits(1_000_000, 100_000_000));
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("127.0.0.1");
        configuration.setBindPort(0);
        server = new VertxPlatformHttpServer(configuration);
        Properties properties = new Properties();
        try (var in = java.nio.file.Files.newInputStream(Path.of("config/application.properties"))) {
            properties.load(in);
        }
        context.getPropertiesComponent().setInitialProperties(properties);
        context.getRegistry().bind("vertx", vertx);
        Models models = new Models();
        models.setAliases("auto");
        context.getRegistry().bind("models", models);
        context.getRegistry().bind("collect", (Processor)
                exchange -> finished.add(exchange.getMessage().getBody(FinishedCall.class)));
        context.getShutdownStrategy().setTimeout(5);
        context.addService(server);
        String routes = BEANS.replace("UPSTREAM", upstream.baseUrl().toString())
                        .replace("LIMITS", setup.limits)
                        .replace("STORE", setup.store)
                + http("/v1/chat/completions", "http", setup.http)
                + http("/v1/messages", "httpMessages", setup.http)
                + route(
                        "direct:llm-chat",
                        "- policy: { ref: account }\n- policy: { ref: authenticate }\n- policy: { ref: validate }\n"
                                + setup.chain)
                + route("direct:llm-completed", "- process: { ref: collect }")
                + setup.more;
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(
                        ResourceHelper.resolveResource(
                                context,
                                Path.of("routes/models.camel.yaml").toUri().toString()),
                        ResourceHelper.fromString(
                                "edited.camel.yaml", "- errorHandler:\n    noErrorHandler: {}\n" + routes));
        context.start();
        HttpEdge.install(context, HttpGateway.limits(1_000_000, 100_000_000), 0, new AtomicBoolean());
    }

    /** An HTTP route of the file, in YAML. */
    public static String http(String path, String step, String lines) {
        return "- route:\n    from:\n      uri: platform-http:" + path
                + "\n      parameters: { httpMethodRestrict: POST }\n      steps:\n"
                + ("- policy: { ref: " + step + " }\n" + lines).indent(8);
    }

    /** A route of the file, in YAML. */
    public static String route(String from, String lines) {
        return "- route:\n    from:\n      uri: \"" + from + "\"\n      steps:\n" + lines.indent(8);
    }

    public CamelContext context() {
        return context;
    }

    public int port() {
        return server.getServer().actualPort();
    }

    /** Sends OpenAI's request of one user message. */
    public RawResponse chat(String text, boolean stream, String... headers) throws IOException {
        return RawClient.post(
                port(),
                "/v1/chat/completions",
                "{\"model\":\"m\",\"stream\":" + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text
                        + "\"}]}",
                headers);
    }

    /** The record of the next call that is over. */
    public FinishedCall awaitFinished() throws InterruptedException {
        FinishedCall next = finished.poll(15, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no call was accounted for");
        }
        return next;
    }

    /** The record of the next call that is over of the request of that id, but for those of its parts. */
    public FinishedCall awaitFinished(String requestId) throws InterruptedException {
        FinishedCall next = awaitFinished();
        while (!next.requestId().equals(requestId)) {
            next = awaitFinished();
        }
        FinishedCall last = next;
        for (FinishedCall more = finished.poll(20, TimeUnit.MILLISECONDS); more != null; more = finished.poll()) {
            last = more.requestId().equals(requestId) ? more : last;
        }
        return last;
    }

    /** The records of calls that are over and have not been asked for. */
    public List<FinishedCall> finished() {
        return List.copyOf(finished);
    }

    @Override
    public void close() {
        context.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
