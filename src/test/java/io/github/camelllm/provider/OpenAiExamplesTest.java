package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The providers of OpenAI's dialect that stand as commented examples in {@code routes/models.camel.yaml}. */
@Timeout(60)
class OpenAiExamplesTest {

    private static final Pattern EXAMPLE = Pattern.compile("(?m)^# - templatedRoute:\\R(?:^#  .*\\R)+");
    private static final String KEY = "sk-of-the-provider";
    private static final String BEGUN =
            "{'messages':[{'role':'user','content':'Count'}," + "{'role':'assistant','content':'one, '}]}";

    /** Path and query, the header of the key, the last message and the fields of a prefill. */
    private record Wire(String target, String keyHeader, String key, String prefill) {}

    private static final Map<String, Wire> EXPECTED = Map.of(
            "azure",
            new Wire(
                    "/openai/deployments/YOUR-DEPLOYMENT/chat/completions?api-version=2024-10-21",
                    "api-key",
                    KEY,
                    null),
            "mistral",
            new Wire("/v1/chat/completions", "Authorization", "Bearer " + KEY, "prefix"),
            "groq",
            new Wire("/openai/v1/chat/completions", "Authorization", "Bearer " + KEY, null),
            "deepseek",
            new Wire("/beta/chat/completions", "Authorization", "Bearer " + KEY, "prefix"),
            "vllm",
            new Wire("/v1/chat/completions", "Authorization", null, "vllm"),
            "ollama",
            new Wire("/v1/chat/completions", "Authorization", null, "plain"),
            "openrouter",
            new Wire("/api/v1/chat/completions", "Authorization", "Bearer " + KEY, "plain"));

    static Stream<String> examples() throws IOException {
        Matcher matcher = EXAMPLE.matcher(Files.readString(Path.of("routes/models.camel.yaml")));
        return matcher.results().map(MatchResult::group).map(text -> text.replaceAll("(?m)^# ", ""));
    }

    @Test
    void thereIsOneForEachProvider() throws IOException {
        List<String> providers =
                examples().map(example -> parameter(example, "provider")).toList();

        assertThat(providers).hasSizeGreaterThanOrEqualTo(7).containsAll(EXPECTED.keySet());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void startsAsItStands(String example) throws Exception {
        try (ModelRoutes routes = ModelRoutes.startWith(example, "")) {
            Model model = routes.models().find(parameter(example, "model")).orElseThrow();

            assertThat(model.provider()).isEqualTo(parameter(example, "provider"));
            String keyName = parameter(example, "keyName");
            assertThat(model.missing()).isEqualTo(keyName.isEmpty() || System.getenv(keyName) != null ? null : keyName);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void asksItsProviderAsThatWantsToBeAsked(String example) throws Exception {
        Wire wire = EXPECTED.get(parameter(example, "provider"));
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.always(Reply.json(200, ChatScript.of("two").json()));
            String redirected = example.replaceFirst(
                            "https?://[^/\"]+", upstream.rootUrl().toString())
                    .replaceAll("\\{\\{env:\\w+:}}", KEY);
            try (ModelRoutes routes = ModelRoutes.startWith(redirected, "sk-of-openai")) {
                Call call = Tries.chat(BEGUN);
                call.continuing(true);
                Exchange done = routes.ask(parameter(example, "model"), call, body -> {}, Map.of());

                assertThat(done.getException()).isNull();
                assertThat(done.getMessage().getBody()).isInstanceOf(Answer.class);
                Received request = upstream.lastRequest();
                assertThat(request.target()).isEqualTo(wire.target());
                assertThat(request.method()).isEqualTo("POST");
                assertThat(request.header(wire.keyHeader())).isEqualTo(wire.key());
                assertThat(request.headers()).noneMatch(header -> header.value().contains("sk-of-openai"));
                String upstreamModel = parameter(example, "upstreamModel");
                assertThat(request.json().path("model").asText())
                        .isEqualTo(upstreamModel.isEmpty() ? parameter(example, "model") : upstreamModel);
                assertPrefilled(request, wire.prefill());
            }
        }
    }

    private static void assertPrefilled(Received request, String prefill) {
        assertThat(request.json().path("messages").path(1).path("prefix").asBoolean())
                .isEqualTo("prefix".equals(prefill));
        assertThat(request.json().path("continue_final_message").asBoolean()).isEqualTo("vllm".equals(prefill));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isKnownToGoOnWithATextOrNot(String example) throws Exception {
        try (ModelRoutes routes = ModelRoutes.startWith(example, "")) {
            Model model = routes.models().find(parameter(example, "model")).orElseThrow();

            assertThat(model.abilities().prefill())
                    .isEqualTo(EXPECTED.get(parameter(example, "provider")).prefill() != null);
        }
    }

    @Test
    void aModelElsewhereWithoutAKeyOfItsOwnStopsTheStart() {
        String elsewhere =
                """
                - templatedRoute:
                    routeTemplateRef: openai
                    routeId: llm-model-x
                    parameters:
                      - { name: model, value: x }
                      - { name: baseUrl, value: "http://localhost:1234/v1" }
                """;

        assertThatThrownBy(
                        () -> ModelRoutes.startWith(elsewhere, "sk-of-openai").close())
                .rootCause()
                .hasMessage("key is not given for the model 'x', which has a baseUrl of its own, where the key of its"
                        + " dialect is not sent; give a key, or keyName \"\" if it needs none");
    }

    @ParameterizedTest
    @CsvSource({
        "(of baseUrl), http://a/v1, sk-own, false",
        "(of baseUrl), http://a/v1/, sk-own, false",
        "(of baseUrl), http://b/v1, '', true",
        "sk-given, http://b/v1, sk-given, false",
        "sk-given, http://a/v1, sk-given, false",
        "'', http://a/v1, '', false"
    })
    void aKeyThatIsNotGivenIsThatOfTheDialectsOwnAddress(String given, String url, String sent, boolean open) {
        OwnKey key = new OwnKey();
        key.given(given);
        key.baseUrl(url);
        key.own("sk-own");
        key.ownBaseUrl("http://a/v1");

        assertThat(key.key()).isEqualTo(sent);
        assertThat(key.isOpen()).isEqualTo(open);
    }

    private static String parameter(String example, String name) {
        Matcher matcher =
                Pattern.compile("name: " + name + ", value: \"?([^\"} ]*)").matcher(example);
        return matcher.find() ? matcher.group(1) : "";
    }
}
