package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of calls, written by the routes and the Log4j configuration that are shipped. */
class CallLogTest {

    private static final String SECRET = "s3cr3t-marker";
    private static final List<String> SETTINGS = List.of("llm.logs", "llm.calls.size", "llm.calls.files");

    private final LoggerContext log4j = (LoggerContext) LogManager.getContext(false);

    @TempDir
    private Path logs;

    @BeforeEach
    void useTheShippedConfiguration() {
        System.setProperty("llm.logs", logs.toString());
        System.setProperty("llm.calls.size", "10 KB");
        System.setProperty("llm.calls.files", "1000");
        log4j.setConfigLocation(Path.of("config/log4j2.xml").toUri());
    }

    @AfterEach
    void useTheUsualConfiguration() {
        SETTINGS.forEach(System::clearProperty);
        log4j.setConfigLocation(null);
    }

    private static Gateway gateway() throws Exception {
        return Gateway.withRoutes(Files.readString(Path.of("routes/completed.camel.yaml")))
                .start();
    }

    @Test
    void hasALineForEachCallWithEverythingThatIsKnownAndNoPlaintext() throws Exception {
        try (Gateway gateway = gateway()) {
            gateway.model(exchange -> {
                Call call = Calls.of(exchange);
                call.getRequest().tree();
                call.identify(new Identity("k1", "acme", "ann", "core", "pro", Set.of()));
                Attempt attempt = call.attempt("gpt-x", "openai");
                gateway.ticker.advance(Duration.ofMillis(120));
                attempt.answered(gateway.ticker.nanos());
                attempt.status(200);
                call.used(Usage.reported(11, 7, 3, 2));
                call.finishReason("stop");
                StreamEvent word = new StreamEvent(("{\"choices\":[{\"delta\":{\"content\":\"" + SECRET + "\"}}]}")
                        .getBytes(StandardCharsets.UTF_8));
                exchange.getMessage().setBody(TokenStream.of(List.of(word)));
            });
            String body = "{\"model\":\"gpt-x\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\""
                    + SECRET + "\"}]}";
            gateway.reader(stream -> {
                stream.next();
                gateway.ticker.advance(Duration.ofMillis(80));
                assertThat(stream.next()).isNull();
            });
            gateway.call(body, "Authorization", "Bearer " + SECRET, "X-LLM-Task", "code", "X-Request-Id", "req-1");
        }

        List<String> lines = lines();
        assertThat(lines).hasSize(1);
        JsonNode line = Json.read(lines.get(0).getBytes(StandardCharsets.UTF_8));
        assertThat(line.path("time").asText()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(line.path("request_id").asText()).isEqualTo("req-1");
        assertThat(line.path("trace_id").asText()).matches("[0-9a-f]{32}");
        assertThat(line.path("operation").asText()).isEqualTo("chat");
        assertThat(line.path("key_id").asText()).isEqualTo("k1");
        assertThat(line.path("tenant").asText()).isEqualTo("acme");
        assertThat(line.path("user").asText()).isEqualTo("ann");
        assertThat(line.path("team").asText()).isEqualTo("core");
        assertThat(line.path("tier").asText()).isEqualTo("pro");
        assertThat(line.path("asked").asText()).isEqualTo("gpt-x");
        assertThat(line.path("task").asText()).isEqualTo("code");
        assertThat(line.path("stream").asBoolean()).isTrue();
        assertThat(line.path("model").asText()).isEqualTo("gpt-x");
        assertThat(line.path("provider").asText()).isEqualTo("openai");
        assertThat(line.path("input_tokens").asLong()).isEqualTo(11);
        assertThat(line.path("output_tokens").asLong()).isEqualTo(7);
        assertThat(line.path("cached_input_tokens").asLong()).isEqualTo(3);
        assertThat(line.path("reasoning_tokens").asLong()).isEqualTo(2);
        assertThat(line.path("tokens_estimated").isBoolean()).isTrue();
        assertThat(line.path("latency_ms").asDouble()).isEqualTo(200);
        assertThat(line.path("time_to_first_token_ms").asDouble()).isEqualTo(120);
        assertThat(line.path("upstream_ms").asDouble()).isEqualTo(120);
        assertThat(line.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(line.path("cache").asText()).isEqualTo("bypass");
        assertThat(line.path("attempts")).hasSize(1);
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("error_code").isNull()).isTrue();
        assertThat(line.path("prompt_sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(lines.get(0)).doesNotContain(SECRET);
    }

    @Test
    void saysOfAFailureOnlyWhatTheGatewayItselfSays() throws Exception {
        try (Gateway gateway = gateway()) {
            gateway.model(exchange -> {
                Call call = Calls.of(exchange);
                call.getRequest().tree();
                Problem problem = Problem.of(ErrorCode.UPSTREAM_ERROR, "The provider failed.")
                        .withDetail("upstream answered 500: cannot handle " + SECRET);
                call.attempt("gpt-x", "openai").failed(problem);
                throw problem;
            });
            gateway.call("{\"model\":\"" + SECRET + " please\",\"messages\":[\"" + SECRET + "\"]}");
        }

        assertThat(lines())
                .singleElement()
                .asString()
                .contains("\"upstream_error\"")
                .doesNotContain(SECRET);
    }

    @Test
    void rotatesWithoutLosingALine() throws Exception {
        int calls = 200;
        try (Gateway gateway = gateway()) {
            gateway.model(exchange -> exchange.getMessage().setBody(new Answer(null, Json.object())));
            for (int i = 0; i < calls; i++) {
                gateway.call(Gateway.PROMPT, "X-Request-Id", "r" + i);
            }
        }

        assertThat(Files.size(logs.resolve("calls.jsonl"))).isLessThan(12 * 1024);
        Await.until(Duration.ofSeconds(20), "the rotated files to be compressed", () -> unfinished()
                .isEmpty());
        List<String> ids = new ArrayList<>();
        for (String line : lines()) {
            ids.add(Json.read(line.getBytes(StandardCharsets.UTF_8))
                    .path("request_id")
                    .asText());
        }
        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, calls).mapToObj(i -> "r" + i).toList());
        assertThat(files("*.gz")).hasSizeGreaterThan(3);
    }

    @Test
    void keepsASetNumberOfRotatedFiles() throws Exception {
        System.setProperty("llm.calls.files", "3");
        log4j.reconfigure();
        try (Gateway gateway = gateway()) {
            gateway.model(exchange -> exchange.getMessage().setBody(new Answer(null, Json.object())));
            for (int i = 0; i < 200; i++) {
                gateway.call();
            }
        }

        Await.until(Duration.ofSeconds(20), "the rotated files to be compressed", () -> unfinished()
                .isEmpty());
        assertThat(files("*.gz")).hasSizeBetween(3, 4);
    }

    @Test
    void resumesWhenTheFileCanBeWrittenAgain() throws Exception {
        Path inTheWay = Files.createDirectory(logs.resolve("calls.jsonl"));
        try (Gateway gateway = gateway()) {
            gateway.model(exchange -> exchange.getMessage().setBody(new Answer(null, Json.object())));
            assertThat(gateway.call().getException()).isNull();
            Await.until(
                    Duration.ofSeconds(20),
                    "the tap to fail",
                    () -> gateway.count("llm.tap.failed", "tap", "callLog") == 1);

            Files.delete(inTheWay);
            assertThat(gateway.call().getException()).isNull();
        }

        assertThat(lines()).isNotEmpty();
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files("*")) {
            try (InputStream in = Files.newInputStream(file)) {
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
                new String(plain.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(lines::add);
            }
        }
        return lines;
    }

    private List<Path> unfinished() throws IOException {
        return files("calls-*.jsonl");
    }

    private List<Path> files(String glob) throws IOException {
        try (Stream<Path> files = Files.list(logs)) {
            var matcher = logs.getFileSystem().getPathMatcher("glob:" + glob);
            return files.filter(file -> matcher.matches(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
