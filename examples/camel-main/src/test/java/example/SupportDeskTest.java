package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.Version;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The application as it is, with a provider of the test's own. */
class SupportDeskTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Upstream upstream;
    private static Main main;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        upstream = new Upstream();
        main = application();
        main.start();
        port = main.getCamelContext().hasService(VertxPlatformHttpServer.class).getPort();
    }

    @AfterAll
    static void stop() {
        main.stop();
        upstream.close();
    }

    private static Main application() {
        Main application = new Main();
        application.addOverrideProperty("camel.server.port", "0");
        application.addOverrideProperty("llm.openai.base-url", upstream.url());
        application.addOverrideProperty("llm.openai.key", "sk-of-the-test");
        return application;
    }

    private static HttpResponse<String> post(String path, String type, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> chat(String model, String content, boolean stream) throws Exception {
        return post(
                "/v1/chat/completions",
                "application/json",
                "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]"
                        + (stream ? ",\"stream\":true}" : "}"));
    }

    @Test
    void theBusinessRouteGetsTextForText() throws Exception {
        HttpResponse<String> summary = post("/tickets/summary", "text/plain", "The printer is on fire");
        assertEquals(
                "You said: Summarise this support ticket in one sentence: The printer is on fire", summary.body().strip());
        assertEquals(200, summary.statusCode());
        assertEquals("gpt-4o-mini", summary.headers().firstValue("X-Model").orElse(""));
    }

    @Test
    void plain() throws Exception {
        HttpResponse<String> answer = chat("auto", "Hello", false);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("You said: Hello"), answer.body());
    }

    @Test
    void streamed() throws Exception {
        HttpResponse<String> answer = chat("auto", "Hello again", true);
        assertEquals("text/event-stream; charset=utf-8", answer.headers().firstValue("Content-Type").orElse(""));
        String text = answer.body().lines()
                .filter(line -> line.contains("\"content\":\""))
                .map(line -> line.replaceFirst(".*\"content\":\"([^\"]*)\".*", "$1"))
                .collect(Collectors.joining());
        assertEquals("You said: Hello again", text);
        assertTrue(answer.body().endsWith("data: [DONE]\n\n"), answer.body());
    }

    @Test
    void redacted() throws Exception {
        HttpResponse<String> answer = chat("auto", "Write to ada@example.com", false);
        assertTrue(answer.body().contains("You said: Write to ada@example.com"), answer.body());
        assertFalse(String.join("", upstream.received).contains("ada@example.com"));
        assertTrue(String.join("", upstream.received).contains("<EMAIL_1>"));
    }

    @Test
    void limited() throws Exception {
        assertEquals(200, chat("gpt-4.1", "One", false).statusCode());
        HttpResponse<String> second = chat("gpt-4.1", "Two", false);
        assertEquals(429, second.statusCode(), second.body());
        assertTrue(second.body().contains("gpt-4.1"), second.body());
    }

    @Test
    void failedOver() throws Exception {
        upstream.miniFails = true;
        try {
            HttpResponse<String> answer = chat("auto", "Is anybody there?", false);
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals("gpt-4.1-mini", answer.headers().firstValue("X-LLM-Model").orElse(""));
        } finally {
            upstream.miniFails = false;
        }
    }

    @Test
    void theServerIsAsGuardedAsThatOfTheGateway() throws Exception {
        HttpResponse<String> unknown = post("/v1/nothing", "application/json", "{}");
        assertEquals(404, unknown.statusCode());
        assertTrue(unknown.body().contains("\"code\":\"not_found\""), unknown.body());
        HttpResponse<String> text = post("/v1/chat/completions", "text/plain", "Hello");
        assertEquals(415, text.statusCode());
        assertTrue(text.body().contains("unsupported_media_type"), text.body());
    }

    @Test
    void thereIsOneNettyForTheServerAndRedis() {
        assertEquals(
                1,
                Version.identify().values().stream()
                        .map(Version::artifactVersion)
                        .distinct()
                        .count(),
                Version.identify().toString());
    }

    @Test
    void metricsSayWhatToAdd() throws Exception {
        HttpResponse<String> metrics = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(404, metrics.statusCode());
        assertTrue(metrics.body().contains("io.micrometer:micrometer-registry-prometheus"), metrics.body());
    }

    @Test
    void itDoesNotStartWhereStrangersCouldSpendItsMoney() {
        Main open = application();
        open.addOverrideProperty("camel.server.host", "0.0.0.0");
        Exception refused = assertThrows(Exception.class, open::start);
        StringBuilder reasons = new StringBuilder();
        for (Throwable reason = refused; reason != null; reason = reason.getCause()) {
            reasons.append(reason.getMessage()).append('\n');
        }
        assertTrue(reasons.toString().contains("llm.access.open=true"), reasons.toString());
        open.stop();
    }
}
