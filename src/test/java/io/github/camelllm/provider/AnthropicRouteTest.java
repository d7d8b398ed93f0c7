package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.AnthropicScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped template {@code anthropic} as a whole, against an upstream on a real socket. */
@Timeout(60)
class AnthropicRouteTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi you'}]}";
    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi you'}]}";
    private static final String TOOLS =
            ",'tools':[{'type':'function','function':{'name':'weather','parameters':{'type':'object',"
                    + "'properties':{'city':{'type':'string'}}}}}]}";

    private FakeUpstream upstream;
    private ModelRoutes routes;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (routes != null) {
            routes.close();
        }
        upstream.close();
    }

    private void start(String... namesAndValues) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("baseUrl", "http://127.0.0.1:" + upstream.port());
        parameters.put("key", "sk-ant-upstream");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        routes = ModelRoutes.start("anthropic", parameters);
    }

    @Test
    void sendsTheHeadersThatAreMeantAndNoOthers() throws Exception {
        start("upstreamModel", "claude-x");
        Map<String, Object> spoofed = new HashMap<>();
        spoofed.put("Authorization", "Bearer client");
        spoofed.put("x-api-key", "client");
        spoofed.put("anthropic-beta", "client");
        spoofed.put("Cookie", "a=b");
        spoofed.put("CamelHttpPath", "/evil");

        routes.ask("m", Tries.chat(PLAIN), body -> {}, spoofed);

        Received request = upstream.lastRequest();
        assertThat(request.target()).isEqualTo("/v1/messages");
        assertThat(request.headerNames())
                .containsExactlyInAnyOrder(
                        "accept",
                        "anthropic-version",
                        "x-api-key",
                        "content-type",
                        "traceparent",
                        "content-length",
                        "host",
                        "connection",
                        "user-agent");
        assertThat(request.header("x-api-key")).isEqualTo("sk-ant-upstream");
        assertThat(request.header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(request.text())
                .isEqualTo("{\"model\":\"claude-x\",\"max_tokens\":8192,\"messages\":[{\"role\":\"user\",\"content\":"
                        + "[{\"type\":\"text\",\"text\":\"Hi you\"}]}]}");
    }

    @Test
    void answersInOpenAisWords() throws Exception {
        start();
        Call call = Tries.chat(PLAIN);

        Exchange done = routes.ask(call);

        assertThat(done.getMessage().getHeaders()).containsOnlyKeys("model"); // which the route itself has set
        JsonNode answer = Json.read(done.getMessage().getBody(Answer.class).bytes());
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("echo: Hi you");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(call.getUsage())
                .isEqualTo(Usage.reported(answer.at("/usage/prompt_tokens").asLong(), 3, 2, 0));
    }

    @Test
    void streams() throws Exception {
        start();
        Call call = Tries.chat(STREAM);

        List<JsonNode> chunks = stream(call);

        assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(joined(chunks, "/choices/0/delta/content")).isEqualTo("echo: Hi you");
        assertThat(upstream.lastRequest().header("Accept")).isEqualTo("text/event-stream");
        assertThat(call.getFinishReason()).isEqualTo("stop");
        assertThat(call.getUsage().estimated()).isFalse();
        assertThat(call.getUsage().outputTokens()).isEqualTo(3);
    }

    @Test
    void streamsTheArgumentsOfTools() throws Exception {
        start();
        Call call = Tries.chat(STREAM.replace("]}", "]" + TOOLS));

        List<JsonNode> chunks = stream(call);

        assertThat(joined(chunks, "/choices/0/delta/tool_calls/0/function/arguments"))
                .isEqualTo("{\"city\":\"sample\"}");
        assertThat(joined(chunks, "/choices/0/delta/tool_calls/0/function/name"))
                .isEqualTo("weather");
        assertThat(call.getFinishReason()).isEqualTo("tool_calls");
    }

    @Test
    void showsItsThinking() throws Exception {
        start("reasoning", "budget");

        Exchange done = routes.ask(Tries.chat(PLAIN.replace("'model'", "'reasoning_effort':'low','model'")));

        JsonNode message = done.getMessage().getBody(Answer.class).tree().at("/choices/0/message");
        assertThat(message.path("reasoning_content").asText()).isEqualTo("let me see");
        assertThat(message.at("/thinking_blocks/0/signature").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_REQUEST, STATUS_400",
        "401, UPSTREAM_ERROR, STATUS_401",
        "402, UPSTREAM_ERROR, STATUS_402",
        "403, UPSTREAM_ERROR, STATUS_403",
        "404, UPSTREAM_ERROR, STATUS_404",
        "413, REQUEST_TOO_LARGE, STATUS_413",
        "429, GLOBAL_RATE_LIMITED, STATUS_429",
        "500, UPSTREAM_ERROR, STATUS_500",
        "504, UPSTREAM_TIMEOUT, STATUS_504",
        "529, UPSTREAM_ERROR, STATUS_529"
    })
    void tellsErrors(int status, ErrorCode code, UpstreamFailure failure) throws Exception {
        start("upstreamModel", "fake-status-" + status);

        for (String request : List.of(PLAIN, STREAM)) {
            Problem problem = problem(Tries.chat(request));
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.upstream()).contains(failure);
            assertThat(problem.detail()).contains("upstream answered " + status + ": upstream says " + status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fake-empty, BAD_ANSWER",
        "fake-bad-json, BAD_ANSWER",
        "fake-hang-up, RESET",
        "fake-html-502, STATUS_502"
    })
    void tellsAnswersThatAreNone(String model, UpstreamFailure failure) throws Exception {
        start("upstreamModel", model);

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(failure);
    }

    @ParameterizedTest
    @CsvSource({
        "fake-cut-5, BROKEN_OFF",
        "fake-cut-1, BROKEN_OFF",
        "fake-rst-5, BROKEN_OFF",
        "fake-error-1, STATUS_529",
        "fake-error-5, IN_BAND_ERROR",
        "fake-hang-up, RESET"
    })
    void tellsStreamsThatFail(String model, UpstreamFailure failure) throws Exception {
        start("upstreamModel", model);

        assertThat(problem(Tries.chat(STREAM)).upstream()).contains(failure);
    }

    @ParameterizedTest
    @CsvSource({"fake-garbage-4", "fake-no-done", "fake-no-usage", "fake-no-finish", "fake-pace-1"})
    void takesWhatIsWholeAllTheSame(String model) throws Exception {
        start("upstreamModel", model);
        Call call = Tries.chat(STREAM);

        assertThat(joined(stream(call), "/choices/0/delta/content")).isEqualTo("echo: Hi you");
        assertThat(call.getUsage().estimated())
                .isEqualTo(model.equals("fake-no-usage") || model.equals("fake-no-finish"));
    }

    @Test
    void tellsAStallOnceTheIdleTimeoutIsOver() throws Exception {
        start("upstreamModel", "fake-stall-5", "idleTimeout", "200");

        assertThat(problem(Tries.chat(STREAM)).upstream()).contains(UpstreamFailure.STALLED);
    }

    @Test
    void countsWhatWasStreamedBeforeACut() throws Exception {
        start("upstreamModel", "fake-cut-5");
        Call call = Tries.chat(STREAM);

        problem(call);

        assertThat(call.getUsage().estimated()).isTrue();
        assertThat(call.getUsage().cachedInputTokens()).isEqualTo(2);
        assertThat(call.getUsage().outputTokens()).isPositive();
    }

    @Test
    void refusesWhatCannotBeSaidBeforeAnythingIsSent() throws Exception {
        start("unsupported", "refuse");

        Problem problem = problem(Tries.chat(PLAIN.replace("'model'", "'seed':1,'model'")));

        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem).hasMessage("seed has no counterpart at the provider of 'm'.");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void needsItsKey() throws Exception {
        start("key", "");

        assertThat(problem(Tries.chat(PLAIN)).detail()).contains("ANTHROPIC_API_KEY is not set");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void aStreamThatDoesNotEndInOrderCostsItsConnection() throws Exception {
        start();
        Sse sse = AnthropicScript.of("a").withoutStop().sse();
        upstream.next(Reply.sse(sse.gateBefore(sse.data().size(), new Gate())));
        Call call = Tries.chat(STREAM);

        assertThat(routes.ask(call).getException()).isNull();

        upstream.lastRequest().awaitClientClosed(PATIENCE);
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void aConnectionServesAgain() throws Exception {
        start();
        for (String request : List.of(STREAM, PLAIN, STREAM, PLAIN)) {
            assertThat(routes.ask(Tries.chat(request)).getException()).isNull();
        }

        assertThat(upstream.connectionsAccepted()).isEqualTo(1);
    }

    private List<JsonNode> stream(Call call) throws IOException {
        List<String> events = new ArrayList<>();
        Exchange done = routes.ask(call, body -> {
            try (TokenStream stream = (TokenStream) body) {
                events.addAll(Tries.drain(stream));
            }
        });
        assertThat(done.getException()).isNull();
        List<JsonNode> chunks = new ArrayList<>();
        for (String event : events) {
            chunks.add(Json.read(event.getBytes(StandardCharsets.UTF_8)));
        }
        return chunks;
    }

    private static String joined(List<JsonNode> chunks, String pointer) {
        StringBuilder text = new StringBuilder();
        chunks.forEach(chunk -> text.append(chunk.at(pointer).asText("")));
        return text.toString();
    }

    private Problem problem(Call call) {
        return (Problem) routes.ask(call).getException();
    }
}
