package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.access.NewKey;
import io.github.camelllm.ingress.ActiveCalls;
import io.github.camelllm.ingress.GuardedVertx;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Camel Main without the launcher, with the routes of the jar: what the launcher did alone, the jar does. */
class GatewayPluginTest {

    private static final String ROUTES = "classpath:camel-llm/gateway.camel.yaml,classpath:camel-llm/models.camel.yaml,"
            + "classpath:camel-llm/completed.camel.yaml,classpath:camel-llm/http.camel.yaml";
    private static final String HELLO = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Main main = new Main();

    @AfterEach
    void stop() {
        main.stop();
    }

    private void start(String routes, String... settings) {
        main.configure().withRoutesIncludePattern(routes);
        main.configure().httpServer().withEnabled(true).withHost("127.0.0.1").withPort(0);
        main.addOverrideProperty("llm.shutdown.timeout", "20s");
        for (int i = 0; i < settings.length; i += 2) {
            main.addOverrideProperty(settings[i], settings[i + 1]);
        }
        main.start();
    }

    private VertxPlatformHttpServer server() {
        return main.getCamelContext().hasService(VertxPlatformHttpServer.class);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server().getPort() + path));
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String type, String body) throws Exception {
        return send(request(path)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void unknownPathsMediaTypesAndOriginsAreAnsweredAsByTheLauncher() throws Exception {
        start(ROUTES, "llm.http.cors.origins", "https://app.example.com");
        assertThat(post("/v1/chat/completions", "application/json", HELLO).statusCode())
                .isEqualTo(200);
        HttpResponse<String> unknown = post("/nothing", "application/json", HELLO);
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"code\":\"not_found\"", "/v1/chat/completions");
        HttpResponse<String> text = post("/v1/chat/completions", "text/plain", HELLO);
        assertThat(text.statusCode()).isEqualTo(415);
        assertThat(text.body()).contains("unsupported_media_type");
        HttpResponse<String> page = send(request("/v1/models")
                .header("Origin", "https://app.example.com")
                .build());
        assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://app.example.com");
        assertThat(server().getVertx()).isInstanceOf(GuardedVertx.class);
    }

    @Test
    void aWrongSettingStopsTheStartWithALineForEach() {
        assertThatThrownBy(() -> start(ROUTES, "llm.http.workers", "many", "llm.http.header-timeout", "soon"))
                .hasStackTraceContaining(
                        "llm.http.workers=many is not allowed; it must be a whole number from 1 to 10000")
                .hasStackTraceContaining(
                        "llm.http.header-timeout=soon is not allowed; it must be a duration from 100ms to 1h");
    }

    @Test
    void paidModelsAreNotOpenToTheNetworkWithoutKeys() throws Exception {
        assertThatThrownBy(() -> start(ROUTES, "camel.server.host", "0.0.0.0", "llm.openai.key", "sk-test"))
                .hasStackTraceContaining("the HTTP server listens on 0.0.0.0, beyond loopback, while anybody may call")
                .hasStackTraceContaining("llm.access.open=true");
        main.stop();

        main = new Main();
        start(ROUTES, "camel.server.host", "0.0.0.0", "llm.openai.key", "sk-test", "llm.access.open", "true");
        main.stop();

        Path keys = directory.resolve("keys.yaml");
        Files.writeString(keys, "keys:\n" + NewKey.generate().yaml("a"));
        main = new Main();
        start(
                ROUTES,
                "camel.server.host",
                "0.0.0.0",
                "llm.openai.key",
                "sk-test",
                "llm.access.keys-file",
                keys.toString());
        assertThat(post("/v1/chat/completions", "application/json", HELLO).statusCode())
                .isEqualTo(401);
    }

    @Test
    void theSimulatorAloneMayBeOpen() throws Exception {
        start(
                ROUTES,
                "camel.server.host",
                "0.0.0.0",
                "llm.openai.key",
                "",
                "llm.anthropic.key",
                "",
                "llm.gemini.key",
                "");
        assertThat(post("/v1/chat/completions", "application/json", HELLO).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aStopLetsTheCallsUnderWayEndAndRefusesNewOnes() throws Exception {
        start(ROUTES, "llm.simulator.first-token-delay", "2s");
        ActiveCalls calls = main.getCamelContext().getRegistry().findSingleByType(ActiveCalls.class);
        CompletableFuture<HttpResponse<String>> underWay = http.sendAsync(
                request("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(HELLO))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        while (calls.count() == 0) {
            Thread.onSpinWait();
        }
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(main::stop);
        AtomicBoolean draining =
                main.getCamelContext().getRegistry().lookupByNameAndType(Beans.DRAINING, AtomicBoolean.class);
        while (!draining.get()) {
            Thread.onSpinWait();
        }
        HttpResponse<String> refused = post("/v1/chat/completions", "application/json", HELLO);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("shutting_down");
        assertThat(underWay.get(15, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        stopping.get(15, TimeUnit.SECONDS);
    }

    @Test
    void anApplicationWithoutTheRoutesIsLeftAsItIs() throws Exception {
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/v1/own").setBody(constant("own"));
            }
        });
        start("false", "llm.http.workers", "nobody reads this", "camel.server.host", "0.0.0.0");
        assertThat(server().getVertx()).isNotInstanceOf(GuardedVertx.class);
        assertThat(post("/v1/own", "text/plain", "x").body()).isEqualTo("own");
        assertThat(post("/nothing", "text/plain", "x").body()).doesNotContain("not_found");
        assertThat(main.getCamelContext().getRegistry().findByTypeWithName(AtomicBoolean.class))
                .isEqualTo(Map.of());
    }

    @Test
    void aRouteOfTheHostsOwnTakesWhatItLikes() throws Exception {
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/v1/own").setBody(simple("own: ${body}"));
            }
        });
        start(ROUTES);
        assertThat(post("/v1/own", "text/plain", "x").body()).isEqualTo("own: x");
        assertThat(post("/v1/embeddings", "text/plain", "x").statusCode()).isEqualTo(415);
    }

    @Test
    void aVertxOfTheHostsOwnIsKept() throws Exception {
        Vertx own = Vertx.vertx();
        try {
            main.bind("own", own);
            start(ROUTES);
            assertThat(server().getVertx()).isSameAs(own);
            assertThat(post("/nothing", "text/plain", "x").body()).contains("not_found");
        } finally {
            main.stop();
            own.close();
        }
    }
}
