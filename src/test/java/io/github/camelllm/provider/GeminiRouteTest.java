package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped template {@code gemini} as a whole, against an upstream on a real socket. */
@Timeout(60)
class GeminiRouteTest {

    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi you'}]}";
    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi you'}]}";

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
        parameters.put("baseUrl", upstream.rootUrl().toString());
        parameters.put("key", "g-upstream");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        routes = ModelRoutes.start("gemini", parameters);
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, STREAM})
    void sendsTheHeadersThatAreMeantAndNoOthers(String body) throws Exception {
        start("upstreamModel", "gemini-3.5-flash");
        Map<String, Object> spoofed = new HashMap<>();
        spoofed.put("Authorization", "Bearer client");
        spoofed.put("x-goog-api-key", "client");
        spoofed.put("Cookie", "a=b");
        for (String name : List.of("CamelHttpUri", "CamelRestHttpUri", "CamelHttpPath", "CamelHttpQuery")) {
            spoofed.put(name, "http://127.0.0.1:1/evil");
        }
        spoofed.put("CamelHttpRawQuery", "evil=1");
        spoofed.put("CamelHttpMethod", "DELETE");
        spoofed.put("CamelHttpProtocolVersion", "HTTP/1.0");

        Exchange done = routes.ask("m", Tries.chat(body), this::drain, spoofed);

        assertThat(done.getException()).isNull();
        boolean stream = body.equals(STREAM);
        Received request = upstream.lastRequest();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target())
                .isEqualTo("/v1beta/models/gemini-3.5-flash:"
                        + (stream ? "streamGenerateContent?alt=sse" : "generateContent"));
        assertThat(request.headerNames())
                .containsExactlyInAnyOrder(
                        "accept",
                        "x-goog-api-key",
                        "content-type",
                        "traceparent",
                        "content-length",
                        "host",
                        "connection",
                        "user-agent");
        assertThat(request.header("x-goog-api-key")).isEqualTo("g-upstream");
        assertThat(request.header("Accept")).isEqualTo(stream ? "text/event-stream" : "application/json");
        assertThat(request.text()).isEqualTo("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi you\"}]}]}");
    }

    @Test
    void letsNoNameOfAModelLeaveItsPlaceInThePath() throws Exception {
        start("upstreamModel", "a/../b?c:d");

        routes.ask(Tries.chat(PLAIN));

        assertThat(upstream.lastRequest().target()).isEqualTo("/v1beta/models/a%2F..%2Fb%3Fc%3Ad:generateContent");
    }

    @Test
    void answers() throws Exception {
        start();
        Call call = Tries.chat(PLAIN);

        Exchange done = routes.ask(call);

        JsonNode answer = done.getMessage().getBody(Answer.class).tree();
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("echo: Hi you");
        assertThat(done.getMessage().getHeaders()).containsOnlyKeys("model"); // which the route itself has set
        assertThat(call.getUsage().estimated()).isFalse();
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void streams() throws Exception {
        start();
        List<String> events = new ArrayList<>();
        Call call = Tries.chat(STREAM);

        routes.ask(call, body -> {
            try (TokenStream stream = (TokenStream) body) {
                events.addAll(Tries.drain(stream));
            }
        });

        assertThat(String.join("", events)).contains("echo: ", "Hi ", "you", "\"finish_reason\":\"stop\"");
        assertThat(call.getUsage().estimated()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void callsToolsAndTakesTheirResults(boolean stream) throws Exception {
        start();
        String tools = "'stream':" + stream + ",'tools':[{'type':'function','function':{'name':'weather','parameters':"
                + "{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}}}],'messages'";
        Call call = Tries.chat(PLAIN.replace("'messages'", tools));
        StringBuilder said = new StringBuilder();

        routes.ask(call, body -> said.append(asText(body)));

        assertThat(said).contains("\"name\":\"weather\"", "{\\\"city\\\":", "\"thought_signature\":\"ZmFrZQ==\"");
        assertThat(call.getFinishReason()).isEqualTo("tool_calls");

        Call next = Tries.chat(PLAIN.replace("'messages'", tools)
                .replace(
                        "}]}",
                        "},{'role':'assistant','tool_calls':[{'id':'fake_0','type':'function','function':{'name':"
                                + "'weather','arguments':'{}'},'extra_content':{'google':{'thought_signature':'ZmFrZQ=='"
                                + "}}}]},{'role':'tool','tool_call_id':'fake_0','content':'sunny'}]}"));
        said.setLength(0);
        routes.ask(next, body -> said.append(asText(body)));

        assertThat(said).contains("[functionResponse]");
        assertThat(upstream.lastRequest()
                        .json()
                        .at("/contents/1/parts/0/thoughtSignature")
                        .asText())
                .isEqualTo("ZmFrZQ==");
    }

    private static String asText(Object body) throws Exception {
        if (body instanceof TokenStream stream) {
            try (stream) {
                return String.join("", Tries.drain(stream));
            }
        }
        return ((Answer) body).tree().toString();
    }

    @Test
    void aConnectionServesAgain() throws Exception {
        start();
        for (int i = 0; i < 3; i++) {
            assertThat(routes.ask(Tries.chat(i == 1 ? STREAM : PLAIN)).getException())
                    .isNull();
        }
        assertThat(upstream.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void needsItsKey() throws Exception {
        start("key", "");

        assertThat(problem(PLAIN).detail()).contains("GEMINI_API_KEY is not set");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void refusesWhatItCannotSayIfToldSo() throws Exception {
        start("unsupported", "refuse");

        Problem problem = problem(PLAIN.replace("'messages'", "'logit_bias':{'1':2},'messages'"));

        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem.upstream()).contains(UpstreamFailure.CANNOT);
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void leavesOutWhatItCannotSay() throws Exception {
        start();
        Call call = Tries.chat(PLAIN.replace("'messages'", "'logit_bias':{'1':2},'messages'"));

        assertThat(routes.ask(call).getException()).isNull();
        assertThat(call.getWarnings()).containsExactly("logit_bias left out for m");
    }

    @ParameterizedTest
    @CsvSource({
        "fake-status-400, STATUS_400",
        "fake-status-401, STATUS_401",
        "fake-status-403, STATUS_403",
        "fake-status-404, STATUS_404",
        "fake-status-429, STATUS_429",
        "fake-status-500, STATUS_500",
        "fake-status-503, STATUS_503",
        "fake-status-504, STATUS_504",
        "fake-html-502, STATUS_502",
        "fake-empty, BAD_ANSWER",
        "fake-bad-json, BAD_ANSWER",
        "fake-hang-up, RESET",
        "fake-reset, RESET"
    })
    void tellsFailuresOfPlainAnswersApart(String model, UpstreamFailure failure) throws Exception {
        start("upstreamModel", model);

        assertThat(problem(PLAIN).upstream()).contains(failure);
        assertThat(upstream.received()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "fake-cut-0, BROKEN_OFF",
        "fake-cut-2, BROKEN_OFF",
        "fake-rst-2, BROKEN_OFF",
        "fake-stall-2, STALLED",
        "fake-error-0, IN_BAND_ERROR",
        "fake-error-2, IN_BAND_ERROR",
        "fake-no-finish, BROKEN_OFF",
        "fake-status-503, STATUS_503"
    })
    void tellsFailuresOfStreamsApart(String model, UpstreamFailure failure) throws Exception {
        start("upstreamModel", model, "idleTimeout", "200");

        assertThat(problem(STREAM).upstream()).contains(failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fake-garbage-1", "fake-no-done", "fake-no-usage", "fake-pace-1", "fake-words-50"})
    void bearsWhatIsWholeAllTheSame(String model) throws Exception {
        start("upstreamModel", model);

        assertThat(routes.ask(Tries.chat(STREAM)).getException()).isNull();
    }

    @Test
    void tellsTheReasonOfABlockedPrompt() throws Exception {
        start();
        upstream.next(Reply.json(200, "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"));

        Problem problem = problem(PLAIN);

        assertThat(problem.code()).isEqualTo(ErrorCode.CONTENT_POLICY_VIOLATION);
        assertThat(problem).hasMessage("The provider of 'm' blocked the prompt: SAFETY.");
    }

    @Test
    void waitsAsLongAsRetryInfoSays() throws Exception {
        start();
        upstream.next(Reply.json(
                429,
                "[{\"error\":{\"code\":429,\"message\":\"quota\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":["
                        + "{\"@type\":\"type.googleapis.com/google.rpc.Help\"},"
                        + "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"11.2s\"}]}}]"));

        Problem problem = problem(PLAIN);

        assertThat(problem.upstream()).contains(UpstreamFailure.STATUS_429);
        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(12));
    }

    private void drain(Object body) throws Exception {
        if (body instanceof TokenStream stream) {
            try (stream) {
                Tries.drain(stream);
            }
        }
    }

    private Problem problem(String body) {
        return (Problem) routes.ask(Tries.chat(body)).getException();
    }
}
