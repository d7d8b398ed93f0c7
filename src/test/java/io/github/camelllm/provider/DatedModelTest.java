package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Received;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that ask for a version of a model by a dated id, through the routes of models of all dialects. */
class DatedModelTest {

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

    private void start(String template, String... namesAndValues) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("baseUrl", "http://127.0.0.1:" + upstream.port() + (template.equals("openai") ? "/v1" : ""));
        parameters.put("key", "sk-upstream");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        routes = ModelRoutes.start(template, parameters);
    }

    private static Call pinned(String body, String version) {
        Call call = Tries.chat(body);
        call.versions(Map.of("m", version));
        return call;
    }

    private String asked() {
        Received request = upstream.lastRequest();
        return request.target().contains("/models/")
                ? request.target().replaceAll(".*/models/([^:]*):.*", "$1")
                : request.json().path("model").asText();
    }

    @ParameterizedTest
    @CsvSource({"openai, false", "openai, true", "anthropic, false", "anthropic, true", "gemini, false", "gemini, true"
    })
    void theProviderIsAskedForTheVersion(String template, boolean stream) throws Exception {
        start(template);
        Call call = pinned(stream ? STREAM : PLAIN, "m-2024-08-06");

        Exchange done = routes.ask(call);

        assertThat(done.getException()).isNull();
        assertThat(asked()).isEqualTo("m-2024-08-06");
        assertThat(call.getModel()).isEqualTo("m");
        assertThat(call.attempt().model()).isEqualTo("m");
        if (!stream && !template.equals("gemini")) {
            assertThat(done.getMessage()
                            .getBody(Answer.class)
                            .tree()
                            .path("model")
                            .asText())
                    .isEqualTo("m-2024-08-06"); // as the provider says
        }
        routes.ask(Tries.chat(PLAIN));
        assertThat(asked()).isEqualTo("m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini"})
    void whereTheRouteSaysWhatTheProviderCallsItThatIsAskedFor(String template) throws Exception {
        start(template, "upstreamModel", "deployment-7");

        routes.ask(pinned(PLAIN, "m-2024-08-06"));

        assertThat(asked()).isEqualTo("deployment-7");
    }

    @ParameterizedTest
    @CsvSource({"openai, false", "openai, true", "anthropic, false", "anthropic, true", "gemini, false", "gemini, true"
    })
    void aVersionThatTheProviderDoesNotKnowIsTheClientsFaultAndOpensNoBreaker(String template, boolean stream)
            throws Exception {
        start(template, "minimumNumberOfCalls", "2", "slidingWindowSize", "4");

        for (int i = 0; i < 8; i++) {
            Exchange done = routes.ask(pinned(stream ? STREAM : PLAIN, "fake-status-404"));
            Problem problem = Problem.from(done.getException());
            assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
            assertThat(problem.param()).contains("model");
            assertThat(problem.upstream()).contains(UpstreamFailure.CANNOT);
            assertThat(problem).hasMessage("The provider of 'm' does not know its version 'fake-status-404'.");
        }

        assertThat(routes.models().find("m").orElseThrow().health().breaker()).isEqualTo(ModelHealth.Breaker.CLOSED);
        assertThat(routes.ask(Tries.chat(PLAIN)).getException()).isNull();
    }
}
