package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.FakeUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters that a model has no such thing for, through the routes of models: the table of docs/parameters.md. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnsupportedParametersTest {

    private static final String BODY = "{'model':'x',MORE'messages':[{'role':'user','content':'Hi you'}]}";

    private final Map<String, ModelRoutes> started = new HashMap<>();
    private FakeUpstream upstream;
    private ModelRoutes routes;
    private String version;

    @BeforeAll
    void startUpstream() throws IOException {
        upstream = FakeUpstream.start();
    }

    @BeforeEach
    void forget() {
        upstream.reset();
        version = null;
    }

    @AfterAll
    void stop() throws IOException {
        started.values().forEach(ModelRoutes::close);
        upstream.close();
    }

    /** The routes with a model of these settings, once for all tests; {@code upstreamModel} is asked for by the calls. */
    private void start(String template, String... namesAndValues) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        if (!template.equals("simulator")) {
            parameters.put("baseUrl", "http://127.0.0.1:" + upstream.port() + (template.equals("openai") ? "/v1" : ""));
            parameters.put("key", "sk-upstream");
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals("upstreamModel")) {
                version = namesAndValues[i + 1];
            } else {
                parameters.put(namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        String key = template + parameters;
        if (!started.containsKey(key)) {
            started.put(key, ModelRoutes.start(template, parameters));
        }
        routes = started.get(key);
    }

    private Call chat(String more, boolean stream) {
        Call call = Tries.chat(BODY.replace("MORE", more.replace(';', ',') + "," + (stream ? "'stream':true," : "")));
        if (version != null) {
            call.versions(Map.of("m", version));
        }
        return call;
    }

    private JsonNode sent() {
        return upstream.lastRequest().json();
    }

    /** Each as plain answer and as stream: left out by default with a warning, refused if that is set. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai|o3-mini|'temperature':0.2|temperature",
                "openai|o1|'top_p':0.5|top_p",
                "openai|gpt-5|'temperature':0|temperature",
                "openai|gpt-5-mini-2025-08-07|'presence_penalty':1|presence_penalty",
                "openai|gpt-5-nano|'frequency_penalty':1|frequency_penalty",
                "openai|o4-mini|'logit_bias':{'5':1}|logit_bias",
                "openai|gpt-5.2|'reasoning_effort':'high','temperature':0|temperature",
                "openai|gpt-5.2|'logit_bias':{'5':1}|logit_bias",
                "openai|gpt-5.2-pro|'temperature':0|temperature",
                "openai|openai/o3|'temperature':0|temperature",
                "openai|gpt-4o|'top_k':5|top_k",
                "anthropic|claude-x|'temperature':0|temperature",
                "anthropic|claude-x|'top_p':0.5|top_p",
                "anthropic|claude-x|'top_k':5|top_k",
                "anthropic|claude-x|'seed':5|seed",
                "anthropic|claude-x|'logit_bias':{'5':1}|logit_bias",
                "anthropic|claude-x|'presence_penalty':1|presence_penalty",
                "anthropic|claude-x|'frequency_penalty':-1|frequency_penalty",
                "anthropic|claude-x|'prediction':{'type':'content'}|prediction",
                "anthropic|claude-x|'verbosity':'low'|verbosity",
                "anthropic|claude-x|'min_p':0.1|min_p",
                "anthropic|claude-x|'unheard_of':[1]|unheard_of",
                "gemini|gemini-x|'logit_bias':{'5':1}|logit_bias",
                "gemini|gemini-x|'seed':5000000000|seed",
                "gemini|gemini-x|'prediction':{'type':'content'}|prediction",
                "gemini|gemini-x|'min_p':0.1|min_p",
                "gemini|gemini-x|'unheard_of':[1]|unheard_of"
            })
    void whatTunesAnAnswerIsLeftOutWithAWarningOrRefusedIfThatIsSet(
            String template, String model, String more, String param) throws Exception {
        start(template, "upstreamModel", model);
        for (boolean stream : new boolean[] {false, true}) {
            Call call = chat(more, stream);
            assertThat(routes.ask(call).getException()).isNull();
            assertThat(sent().findValue(param)).isNull();
            assertThat(call.getWarnings()).containsExactly(param + " left out for m");
            assertThat(call.answerHeaders()).containsEntry(Call.WARNINGS, param + " left out for m");
        }
        upstream.reset();

        start(template, "upstreamModel", model, "unsupported", "refuse");
        for (boolean stream : new boolean[] {false, true}) {
            assertRefused(chat(more, stream), param);
        }
    }

    /** Whatever is set: without these the answer is another one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai|o3|'logprobs':true|logprobs",
                "openai|gpt-5|'top_logprobs':2|top_logprobs",
                "anthropic|claude-x|'n':2|n",
                "anthropic|claude-x|'logprobs':true|logprobs",
                "anthropic|claude-x|'top_logprobs':2|top_logprobs",
                "anthropic|claude-x|'modalities':['text','audio']|modalities",
                "anthropic|claude-x|'audio':{'voice':'x'}|audio",
                "anthropic|claude-x|'web_search_options':{'a':1}|web_search_options",
                "anthropic|claude-x|'functions':[{'name':'f'}]|functions",
                "anthropic|claude-x|'stop':['\\n']|stop",
                "anthropic|claude-x|'tools':[{'type':'function','function':{'name':'f'}}],'tool_choice':'required'|tool_choice",
                "anthropic|claude-x|'tools':[{'type':'custom','custom':{'name':'f'}}]|tools[0]",
                "anthropic|claude-x|'response_format':{'type':'grammar'}|response_format",
                "gemini|gemini-x|'modalities':['text','audio']|modalities",
                "gemini|gemini-x|'audio':{'voice':'x'}|audio",
                "gemini|gemini-x|'web_search_options':{'a':1}|web_search_options",
                "gemini|gemini-x|'functions':[{'name':'f'}]|functions",
                "gemini|gemini-x|'parallel_tool_calls':false|parallel_tool_calls",
                "gemini|gemini-x|'tools':[{'type':'custom','custom':{'name':'f'}}]|tools[0].type",
                "gemini|gemini-x|'response_format':{'type':'grammar'}|response_format",
                "simulator||'n':2|n",
                "simulator||'logprobs':true|logprobs",
                "simulator||'modalities':['audio']|modalities"
            })
    void whatMakesTheAnswerAnotherOneIsNeverLeftOut(String template, String model, String more, String param)
            throws Exception {
        if (model == null) {
            start(template);
        } else {
            start(template, "upstreamModel", model);
        }
        for (boolean stream : new boolean[] {false, true}) {
            assertRefused(chat(more, stream), param);
        }
    }

    private void assertRefused(Call call, String param) {
        Exchange done = routes.ask(call);
        assertThat(done.getException()).as(param).isNotNull();
        Problem problem = Problem.from(done.getException());
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem.upstream()).contains(UpstreamFailure.CANNOT);
        assertThat(problem.param()).contains(param);
        assertThat(upstream.received()).isEmpty();
        assertThat(call.answerHeaders()).doesNotContainKey(Call.WARNINGS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'temperature':1",
                "'top_p':1.0",
                "'presence_penalty':0",
                "'frequency_penalty':0.0",
                "'logit_bias':{}",
                "'logprobs':false",
                "'temperature':null",
                "'top_logprobs':0"
            })
    void whatIsTheDefaultAnywayIsLeftOutWithoutAWord(String more) throws Exception {
        start("openai", "upstreamModel", "o3", "unsupported", "refuse");
        Call call = chat(more, false);

        assertThat(routes.ask(call).getException()).isNull();
        assertThat(sent().size()).isEqualTo(2); // model and messages
        assertThat(call.getWarnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-4o|'temperature':0;'logprobs':true",
                "gpt-5-chat-latest|'temperature':0",
                "gpt-5.1|'temperature':0;'logprobs':true",
                "gpt-5.2|'reasoning_effort':'none';'top_p':0.1",
                "llama-o3|'temperature':0",
                "o3x|'temperature':0",
                "gpt-50|'temperature':0"
            })
    void otherModelsOfOpenAisDialectAreSentWhatIsAsked(String model, String more) throws Exception {
        start("openai", "upstreamModel", model);
        Call call = chat(more, false);

        assertThat(routes.ask(call).getException()).isNull();
        assertThat(call.getWarnings()).isEmpty();
        more.lines().forEach(line -> {
            for (String field : line.split(";")) {
                assertThat(sent().has(field.substring(1, field.indexOf("':")))).isTrue();
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"o3, max_completion_tokens", "gpt-5-chat-latest, max_completion_tokens", "gpt-4o, max_tokens"})
    void modelsThatReasonAreToldTheBoundInTheirWord(String model, String field) throws Exception {
        start("openai", "upstreamModel", model);

        routes.ask(chat("'max_tokens':7", false));

        assertThat(sent().path(field).asInt()).isEqualTo(7);
        assertThat(sent().size()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "openai, seed, 'seed':5",
        "openai, logprobs, 'logprobs':true",
        "anthropic, safety_identifier, 'safety_identifier':'u'",
        "gemini, presence_penalty, 'presence_penalty':1"
    })
    void theRouteOfAModelNamesWhatItRefuses(String template, String param, String more) throws Exception {
        start(template, "unsupportedParameters", "other, " + param);
        Call call = chat(more, false);

        Exchange done = routes.ask(call);

        if (param.equals("logprobs")) {
            assertThat(Problem.from(done.getException()).param()).contains("logprobs");
        } else {
            assertThat(done.getException()).isNull();
            assertThat(upstream.lastRequest().text()).doesNotContain(param, "presencePenalty", "user_id");
            assertThat(call.getWarnings()).containsExactly(param + " left out for m");
        }
        assertThat(call.getRequest().tree().has(param)).as("the request itself").isTrue();
    }

    /** Anthropic's clients may send what a model of theirs, or of others, has no such thing for. */
    @ParameterizedTest
    @CsvSource({"openai, gpt-4o, top_k", "anthropic, claude-x, top_k", "anthropic, claude-x, temperature"})
    void anthropicsClientsAreServedAndToldLikewise(String template, String model, String param) throws Exception {
        start(template, "upstreamModel", model);
        Request request = new Request(
                ("{\"model\":\"x\",\"max_tokens\":5,\"" + param
                                + "\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
                        .getBytes(StandardCharsets.UTF_8),
                tree -> tree);
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, request);
        call.choose(new Model("m", "p", Operation.CHAT, null, false));
        call.versions(Map.of("m", model));

        assertThat(routes.ask(call).getException()).isNull();

        assertThat(sent().has(param)).isFalse();
        assertThat(call.answerHeaders()).containsEntry(Call.WARNINGS, param + " left out for m");
    }

    @Test
    void jsonWithoutASchemaIsAskedForInThePromptOfAnthropicsModels() throws Exception {
        start("anthropic");
        Call call = chat("'response_format':{'type':'json_object'}", false);

        assertThat(routes.ask(call).getException()).isNull();
        assertThat(sent().path("system").asText()).contains("one JSON object");
        assertThat(call.getWarnings()).containsExactly("response_format asked for in the prompt of m");
    }

    @Test
    void theSimulatorSaysThatNothingTunesIt() throws Exception {
        start("simulator");
        Call call = chat("'temperature':0.5,'seed':1,'n':1", false);

        assertThat(routes.ask(call).getException()).isNull();
        assertThat(call.getWarnings()).containsExactly("temperature left out for m", "seed left out for m");
    }

    @Test
    void theSimulatorRefusesWhatWouldTuneItWhereThatIsSet() throws Exception {
        start("simulator", "unsupported", "refuse");

        assertRefused(chat("'temperature':0.5", false), "temperature");
        assertRefused(chat("'seed':1", true), "seed");
        assertThat(routes.ask(chat("'temperature':1", false)).getException()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools[0]", "Temperature", "a b", "auto,seed x"})
    void aSettingThatNamesNoParameterStopsTheStart(String names) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new OpenAi().setUnsupportedParameters(names)))
                .hasMessageContaining("unsupportedParameters has");
    }

    /** A parameter that tunes keeps the order of the chain; what makes another answer goes to the model that can. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'temperature':0|a|a|temperature left out for a",
                "'seed':1|a|a|seed left out for a",
                "'n':2|a|b|",
                "'logprobs':true,'seed':1|a|b|",
                "'stop':['\\n']|a|b|"
            })
    void ofAChainTheFirstThatNeedsNotDropADemandAnswers(String more, String first, String answering, String warning)
            throws Exception {
        String anthropic = "\n      - { name: baseUrl, value: \"http://127.0.0.1:" + upstream.port() + "\" }";
        if (!started.containsKey("chain")) {
            started.put(
                    "chain",
                    ModelRoutes.startWith(
                            model("anthropic", "a", anthropic)
                                    + model("openai", "b", anthropic.replace("\" }", "/v1\" }"))
                                    + """
                                    - beans:
                                        - { name: choose, type: io.github.camelllm.routing.ChooseModel }
                                        - { name: failover, type: io.github.camelllm.failover.Failover }
                                    - route:
                                        errorHandler: { noErrorHandler: {} }
                                        from:
                                          uri: direct:chain
                                          steps:
                                            - policy: { ref: choose }
                                            - policy: { ref: failover }
                                            - toD: { uri: "direct:llm-model-${exchangeProperty.llm.model}" }
                                    """,
                            ""));
        }
        Call call = Tries.chat(BODY.replace("MORE", more + ","));

        Exchange done = started.get("chain").context().createProducerTemplate().request("direct:chain", exchange -> {
            Calls.attach(exchange, call);
            exchange.setProperty(Calls.CHAIN, first + ",b");
        });

        assertThat(done.getException()).isNull();
        assertThat(call.getModel()).isEqualTo(answering);
        assertThat(call.answerHeaders().get(Call.WARNINGS)).isEqualTo(warning);
    }

    private static String model(String template, String name, String more) {
        return "- templatedRoute:\n    routeTemplateRef: " + template + "\n    routeId: llm-model-" + name
                + "\n    parameters:\n      - { name: model, value: " + name + " }\n      - { name: key, value: k }"
                + more
                + "\n";
    }
}
