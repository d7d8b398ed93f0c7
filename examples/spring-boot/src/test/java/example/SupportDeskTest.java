package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as it is, with a provider of the test's own. */
class SupportDeskTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Upstream upstream;
    private static ConfigurableApplicationContext application;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        upstream = new Upstream();
        application = new SpringApplication(SupportDesk.class)
                .run(
                        "--server.port=0",
                        "--llm.openai.base-url=" + upstream.url(),
                        "--llm.openai.key=sk-of-the-test");
        port = ((WebServerApplicationContext) application).getWebServer().getPort();
    }

    @AfterAll
    static void stop() {
        application.close();
        upstream.close();
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
        assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream"), answer.body());
        String text = answer.body().lines()
                .filter(line -> line.contains("\"content\":\""))
                .map(line -> line.replaceFirst(".*\"content\":\"([^\"]*)\".*", "$1"))
                .collect(Collectors.joining());
        assertEquals("You said: Hello again", text);
        assertTrue(answer.body().endsWith("data: [DONE]\n\n"), answer.body());
    }

    /** The first event is here before the provider has said the second. */
    @Test
    void streamedLive() throws Exception {
        upstream.gate = new java.util.concurrent.CountDownLatch(1);
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Live\"}]}"))
                    .build();
            HttpResponse<java.io.InputStream> response = HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream());
            java.io.BufferedReader reader = new java.io.BufferedReader(new java.io.InputStreamReader(response.body()));
            assertTrue(reader.readLine().startsWith("data: "), "the first event");
            upstream.gate.countDown();
            assertTrue(reader.lines().anyMatch("data: [DONE]"::equals));
        } finally {
            upstream.gate.countDown();
            upstream.gate = null;
        }
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
    void metricsSayWhatToAdd() throws Exception {
        HttpResponse<String> metrics = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(404, metrics.statusCode());
        assertTrue(metrics.body().contains("io.micrometer:micrometer-registry-prometheus"), metrics.body());
    }

    @Test
    void itDoesNotStartWhereStrangersCouldSpendItsMoney() {
        Exception refused = assertThrows(
                Exception.class,
                () -> new SpringApplication(SupportDesk.class)
                        .run(
                                "--server.port=0",
                                "--server.address=0.0.0.0",
                                "--llm.openai.base-url=" + upstream.url(),
                                "--llm.openai.key=sk-of-the-test"));
        StringBuilder reasons = new StringBuilder();
        for (Throwable reason = refused; reason != null; reason = reason.getCause()) {
            reasons.append(reason.getMessage()).append('\n');
        }
        assertTrue(reasons.toString().contains("llm.access.open=true"), reasons.toString());
    }
}
