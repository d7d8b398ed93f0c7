package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupListener;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server listens before the routes are up: what is not there yet is told to come back, not that there is no such thing. */
@Timeout(60)
class StartingTest {

    @Test
    void whatIsNotUpYetIsStartingAndNeitherNotFoundNorOfAnotherType() throws Exception {
        Vertx vertx = Vertx.vertx();
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("127.0.0.1");
        configuration.setBindPort(0);
        VertxPlatformHttpServer server = new VertxPlatformHttpServer(configuration);
        List<RawResponse> early = new ArrayList<>();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("vertx", vertx);
            context.addService(server);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("platform-http:/health/ready?httpMethodRestrict=GET").setBody(constant("up"));
                    from("platform-http:/v1/chat/completions?httpMethodRestrict=POST")
                            .setBody(constant("up"));
                }
            });
            AtomicBoolean draining = new AtomicBoolean(true);
            class Early implements StartupListener {
                @Override
                public void onCamelContextStarting(CamelContext started, boolean alreadyStarted) throws Exception {
                    server.start(); // as Camel Main does it: before the routes
                    HttpEdge.install(started, HttpLimits.DEFAULT, 0, draining);
                    early.add(get(server, "/health/ready"));
                    early.add(get(server, "/nothing"));
                    early.add(get(server, "/v1/models"));
                    early.add(RawClient.exchange(
                            server.getServer().actualPort(),
                            "POST",
                            "/v1/chat/completions",
                            "{}".getBytes(),
                            "Content-Type: application/json"));
                }

                @Override
                public void onCamelContextStarted(CamelContext started, boolean alreadyStarted) {
                    draining.set(false);
                }
            }
            context.addStartupListener(new Early());
            context.start();

            assertThat(early).hasSize(4).allSatisfy(response -> {
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("Retry-After")).isEqualTo("1");
                assertThat(response.text()).contains("\"code\":\"starting\"");
            });
            assertThat(get(server, "/health/ready").status()).isEqualTo(200);
            assertThat(get(server, "/nothing").status()).isEqualTo(404);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static RawResponse get(VertxPlatformHttpServer server, String path) throws Exception {
        return RawClient.exchange(server.getServer().actualPort(), "GET", path, null);
    }
}
