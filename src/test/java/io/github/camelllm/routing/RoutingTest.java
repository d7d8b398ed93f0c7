package io.github.camelllm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of a model and the list of models, through routes. */
class RoutingTest {

    private static final String ROUTES =
            """
            - beans:
                - name: choose
                  type: io.github.camelllm.routing.ChooseModel
                - name: modelList
                  type: io.github.camelllm.routing.ModelList
                - name: retrieveModel
                  type: io.github.camelllm.routing.RetrieveModel
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:choose
                  steps:
                    - policy: { ref: choose }
                    - process: { ref: model }
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:list
                  steps:
                    - process: { ref: modelList }
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:retrieve
                  steps:
                    - process: { ref: retrieveModel }
            """;

    private final CamelContext context = new DefaultCamelContext();
    private final Models models = new Models();
    private final List<Call> reached = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        context.getRegistry().bind("models", models);
        context.getRegistry()
                .bind("model", (Processor) exchange -> reached.add(exchange.getProperty("llm", Call.class)));
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", ROUTES));
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void takesTheFirstOfTheChainThatIsSetUp() {
        add("a", Operation.CHAT, "KEY_A");
        add("b", Operation.CHAT, null);
        add("c", Operation.CHAT, null);

        Call call = choose(chat("{}"), " a ,nobody,b,c").reached();

        assertThat(call.getChain()).containsExactly("b", "c");
        assertThat(call.getModel()).isEqualTo("b");
        assertThat(call.getProvider()).isEqualTo("openai");
    }

    @Test
    void withoutAChainTakesTheModelAskedFor() {
        add("a", Operation.CHAT, null);
        add("b", Operation.CHAT, null);

        assertThat(choose(chat("{\"model\":\"b\"}"), null).reached().getModel()).isEqualTo("b");
    }

    @Test
    void takesNoModelThatDoesSomethingElse() {
        add("vectors", Operation.EMBEDDINGS, null);
        add("a", Operation.CHAT, null);

        assertThat(choose(chat("{}"), "vectors,a").reached().getChain()).containsExactly("a");
    }

    @Test
    void saysToOperatorsWhyThereIsNone() {
        add("a", Operation.CHAT, "KEY_A");
        add("vectors", Operation.EMBEDDINGS, null);

        Problem problem = choose(chat("{}"), "a,vectors,nobody").problem();

        assertThat(problem.code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(problem).hasMessage("No model is available for this request.");
        assertThat(problem.detail())
                .contains("passed over: a (KEY_A is not set); vectors (does not do chat); nobody (no such model)");
        assertThat(reached).isEmpty();
    }

    @Test
    void theSimulatorStandsInWhileNoRealModelIsSetUp() {
        add("a", Operation.CHAT, "KEY_A");
        models.add(new Model("simulator", "simulator", Operation.CHAT, null, true));
        models.add(new Model("simulator-embedding", "simulator", Operation.EMBEDDINGS, null, true));

        assertThat(choose(chat("{}"), "a").reached().getModel()).isEqualTo("simulator");
        assertThat(choose(call(Operation.EMBEDDINGS, "{}"), "a").reached().getModel())
                .isEqualTo("simulator-embedding");
    }

    @Test
    void theSimulatorNeverStandsInOnceARealModelIsSetUp() {
        add("a", Operation.CHAT, "KEY_A");
        add("b", Operation.CHAT, null);
        models.add(new Model("simulator", "simulator", Operation.CHAT, null, true));

        assertThat(choose(chat("{}"), "a").problem().code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(choose(chat("{\"model\":\"simulator\"}"), null).reached().getModel())
                .isEqualTo("simulator");
    }

    @Test
    void theSimulatorStandsInForNobodyWhenToldNotTo() {
        context.getRegistry().lookupByNameAndType("choose", ChooseModel.class).setSimulateWithoutKeys(false);
        models.add(new Model("simulator", "simulator", Operation.CHAT, null, true));

        assertThat(choose(chat("{}"), "a").problem().code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
    }

    @Test
    void refusesABodyThatIsNoRequest() {
        add("a", Operation.CHAT, null);

        assertThat(choose(chat("not JSON"), "a").problem().code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void aChainOfNothingChoosesNothing() {
        add("a", Operation.CHAT, null);

        assertThat(choose(chat("{}"), ",").problem().code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(choose(chat("{}"), "").problem().code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(choose(chat("{}"), null).problem().code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
    }

    @Test
    void needsAListOfModels() throws Exception {
        try (CamelContext bare = new DefaultCamelContext()) {
            bare.getRegistry().bind("model", (Processor) exchange -> {});
            PluginHelper.getRoutesLoader(bare).loadRoutes(ResourceHelper.fromString("test.camel.yaml", ROUTES));

            assertThatThrownBy(bare::start)
                    .rootCause()
                    .hasMessage("no bean of type io.github.camelllm.call.Models: declare one (models) in the beans of"
                            + " a route file");
        }
    }

    @Test
    void listsWhatTheCallerMayAskFor() {
        models.setAliases("fast,auto");
        add("b", Operation.CHAT, null);
        add("a", Operation.CHAT, null);
        add("vectors", Operation.EMBEDDINGS, null);
        add("keyless", Operation.CHAT, "KEY");

        JsonNode all = list(Identity.ANONYMOUS);
        JsonNode some = list(new Identity("k", "t", "u", "g", "free", Set.of("a", "fast", "keyless")));

        assertThat(all.path("object").asText()).isEqualTo("list");
        assertThat(all.path("data").findValuesAsText("id")).containsExactly("a", "auto", "b", "fast", "vectors");
        assertThat(all.at("/data/0").toString())
                .isEqualTo("{\"id\":\"a\",\"object\":\"model\",\"created\":0,\"owned_by\":\"openai\"}");
        assertThat(all.at("/data/1/owned_by").asText()).isEqualTo("gateway");
        assertThat(some.path("data").findValuesAsText("id")).containsExactly("a", "fast");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, gpt-4o, ",
        "gpt-4o-2024-08-06, gpt-4o, gpt-4o-2024-08-06",
        "gpt-4o-mini-2024-07-18, gpt-4o-mini, gpt-4o-mini-2024-07-18",
        "openai/gpt-4o, gpt-4o, ",
        "openai/gpt-4o-2024-08-06, gpt-4o, gpt-4o-2024-08-06",
        "gpt-4o-latest, gpt-4o, ",
        "gpt-4o-0806, gpt-4o, gpt-4o-0806",
        "claude-haiku-4-5-20251001, claude-haiku-4-5, claude-haiku-4-5-20251001",
        "claude-haiku-4-5@20251001, claude-haiku-4-5, claude-haiku-4-5@20251001",
        "anthropic/claude-haiku-4-5-20251001, claude-haiku-4-5, claude-haiku-4-5-20251001",
        "gemini-2.5-flash-001, gemini-2.5-flash, gemini-2.5-flash-001",
        "gemini-2.5-flash-09-2025, gemini-2.5-flash, gemini-2.5-flash-09-2025",
        "gemini-2.5-flash-05-20, gemini-2.5-flash, gemini-2.5-flash-05-20",
        "google/gemini-2.5-flash, gemini-2.5-flash, ",
        "models/gemini-2.5-flash-001, gemini-2.5-flash, gemini-2.5-flash-001",
        "gpt-4o-2024-05-13, gpt-4o-2024-05-13, "
    })
    void aDatedIdOrOneWithItsProviderIsItsModel(String asked, String name, String version) {
        catalogueOfProviders();
        models.add(new Model("gpt-4o-2024-05-13", "openai", Operation.CHAT, null, false)); // one of its own

        Call byName = choose(chat("{\"model\":\"" + asked + "\"}"), null).reached();
        Call byChain = choose(chat("{}"), "nobody, " + asked).reached();

        for (Call call : List.of(byName, byChain)) {
            assertThat(call.getModel()).isEqualTo(name);
            assertThat(call.getChain()).containsExactly(name);
            assertThat(call.versionOf(name)).isEqualTo(version);
            assertThat(call.getWarnings()).isEmpty();
        }
        assertThat(byName.getAsked()).isEqualTo(asked);
        assertThat(retrieve("/v1/models/" + asked, null, Identity.ANONYMOUS)
                        .path("id")
                        .asText())
                .isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-4o-2024-13-06",
                "gpt-4o-large",
                "gpt-4o-128",
                "gpt-4o-32k",
                "gpt-4o-1999",
                "gpt-4o-20240899",
                "gpt-4o-2024-08-06-2024-08-06",
                "anthropic/gpt-4o",
                "openai/openai/gpt-4o",
                "/gpt-4o",
                "gpt-4o/",
                "-2024-08-06",
                "GPT-4o-2024-08-06"
            })
    void whatIsNoDateIsAnotherModel(String asked) {
        catalogueOfProviders();

        assertThat(choose(chat("{\"model\":\"" + asked + "\"}"), null).problem().code())
                .isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(problemOfRetrieving("/v1/models/" + asked, Identity.ANONYMOUS)
                        .code())
                .isEqualTo(ErrorCode.MODEL_NOT_FOUND);
    }

    @Test
    void aVersionIsNotAskedForWhereTheRoutesSayWhatIs() {
        models.add(new Model(
                "gpt-4o",
                "azure",
                "my-deployment",
                Operation.CHAT,
                null,
                false,
                Abilities.ALL,
                ModelHealth.unwatched()));

        Call call = choose(chat("{\"model\":\"gpt-4o-2024-08-06\"}"), null).reached();

        assertThat(call.getModel()).isEqualTo("gpt-4o");
        assertThat(call.versionOf("gpt-4o")).isNull();
        assertThat(call.getWarnings())
                .containsExactly("version gpt-4o-2024-08-06 left out for gpt-4o, for which the routes name another");
    }

    @Test
    void ofTwoVersionsOfAModelInAChainTheFirstIsAskedFor() {
        catalogueOfProviders();

        Call call = choose(chat("{}"), "gpt-4o-2024-08-06,gpt-4o-2024-11-20,claude-haiku-4-5-20251001")
                .reached();

        assertThat(call.getChain()).containsExactly("gpt-4o", "gpt-4o", "claude-haiku-4-5");
        assertThat(call.versionOf("gpt-4o")).isEqualTo("gpt-4o-2024-08-06");
        assertThat(call.versionOf("claude-haiku-4-5")).isEqualTo("claude-haiku-4-5-20251001");
        assertThat(choose(chat("{}"), "gpt-4o,gpt-4o-2024-11-20").reached().versionOf("gpt-4o"))
                .isNull();
    }

    @Test
    void retrievesAModelOfTheCallersList() {
        models.setAliases("fast");
        models.add(new Model("acme/large:v2", "acme", Operation.CHAT, null, false));
        add("keyless", Operation.CHAT, "KEY");
        add("gpt-4o", Operation.CHAT, null);
        Identity some = new Identity("k", "t", "u", "g", "free", Set.of("gpt-4o", "keyless"));

        assertThat(retrieve("/v1/models/gpt-4o", null, some))
                .hasToString("{\"id\":\"gpt-4o\",\"object\":\"model\",\"created\":0,\"owned_by\":\"openai\"}");
        assertThat(retrieve("/v1/models/gpt-4o-2024-08-06", null, some)
                        .path("owned_by")
                        .asText())
                .isEqualTo("openai");
        assertThat(retrieve("/v1/models/fast", null, Identity.ANONYMOUS)
                        .path("owned_by")
                        .asText())
                .isEqualTo("gateway");
        for (String encoded : List.of("acme/large:v2", "acme%2Flarge%3Av2", "%61cme%2flarge:v2")) {
            assertThat(retrieve("/v1/models/" + encoded, null, Identity.ANONYMOUS)
                            .path("id")
                            .asText())
                    .isEqualTo("acme/large:v2");
        }
        for (String hidden : List.of("fast", "acme/large:v2", "keyless", "nobody", "", "a%zz", "a+b", "gpt-4o%00")) {
            Problem problem = problemOfRetrieving("/v1/models/" + hidden, some);
            assertThat(problem.code()).as(hidden).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
            assertThat(problem.param()).contains("model");
        }
    }

    @Test
    void aKeyForOneVersionAloneMayUseNoOther() {
        catalogueOfProviders();
        Identity pinned = new Identity("k", "t", "u", "g", "free", Set.of("gpt-4o-2024-08-06"));

        assertThat(retrieve("/v1/models/gpt-4o-2024-08-06", null, pinned).has("id"))
                .isTrue();
        assertThat(problemOfRetrieving("/v1/models/gpt-4o", pinned).code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(problemOfRetrieving("/v1/models/gpt-4o-2024-11-20", pinned).code())
                .isEqualTo(ErrorCode.MODEL_NOT_FOUND);
    }

    @Test
    void anthropicsClientsGetItsShapesAndNoEmbeddings() {
        models.setAliases("fast");
        catalogueOfProviders();
        add("vectors", Operation.EMBEDDINGS, null);
        CallHeaders anthropic = new CallHeaders().put("anthropic-version", "2023-06-01");

        assertThat(retrieve("/v1/models/claude-haiku-4-5-20251001", anthropic, Identity.ANONYMOUS))
                .hasToString("{\"type\":\"model\",\"id\":\"claude-haiku-4-5-20251001\","
                        + "\"display_name\":\"claude-haiku-4-5-20251001\",\"created_at\":\"1970-01-01T00:00:00Z\"}");
        JsonNode all = page("", anthropic);
        assertThat(all.path("data").findValuesAsText("id"))
                .containsExactly("claude-haiku-4-5", "fast", "gemini-2.5-flash", "gpt-4o", "gpt-4o-mini");
        assertThat(all.path("has_more").asBoolean()).isFalse();
        assertThat(all.path("first_id").asText()).isEqualTo("claude-haiku-4-5");
        assertThat(all.path("last_id").asText()).isEqualTo("gpt-4o-mini");
        JsonNode first = page("limit=2", anthropic);
        assertThat(first.path("data").findValuesAsText("id")).containsExactly("claude-haiku-4-5", "fast");
        assertThat(first.path("has_more").asBoolean()).isTrue();
        JsonNode last = page("limit=3&after_id=gemini-2.5-flash", anthropic);
        assertThat(last.path("data").findValuesAsText("id")).containsExactly("gpt-4o", "gpt-4o-mini");
        assertThat(last.path("has_more").asBoolean()).isFalse();
        JsonNode before = page("before_id=gpt-4o&limit=1", anthropic);
        assertThat(before.path("data").findValuesAsText("id")).containsExactly("gemini-2.5-flash");
        assertThat(before.path("has_more").asBoolean()).isTrue();
        assertThat(page("after_id=gpt-4o-mini", anthropic).path("last_id").isNull())
                .isTrue();
        assertThat(problemOf("limit=0", anthropic).param()).contains("limit");
    }

    private void catalogueOfProviders() {
        add("gpt-4o", Operation.CHAT, null);
        add("gpt-4o-mini", Operation.CHAT, null);
        models.add(new Model("claude-haiku-4-5", "anthropic", Operation.CHAT, null, false));
        models.add(new Model("gemini-2.5-flash", "gemini", Operation.CHAT, null, false));
    }

    private Exchange request(String to, String property, String value, CallHeaders headers, Identity identity) {
        Call call = new Call(
                Ticker.SYSTEM, Operation.CHAT, headers == null ? new CallHeaders() : headers, null, new Request((byte[])
                        null));
        call.identify(identity);
        return context.createProducerTemplate().request(to, exchange -> {
            Calls.attach(exchange, call);
            exchange.setProperty(property, value);
        });
    }

    private JsonNode retrieve(String path, CallHeaders headers, Identity identity) {
        return request("direct:retrieve", RetrieveModel.PATH, path, headers, identity)
                .getMessage()
                .getBody(JsonNode.class);
    }

    private Problem problemOfRetrieving(String path, Identity identity) {
        return Problem.from(request("direct:retrieve", RetrieveModel.PATH, path, null, identity)
                .getException());
    }

    private JsonNode page(String query, CallHeaders headers) {
        return request("direct:list", ModelList.QUERY, query, headers, Identity.ANONYMOUS)
                .getMessage()
                .getBody(JsonNode.class);
    }

    private Problem problemOf(String query, CallHeaders headers) {
        return Problem.from(request("direct:list", ModelList.QUERY, query, headers, Identity.ANONYMOUS)
                .getException());
    }

    private void add(String name, Operation operation, String missing) {
        models.add(new Model(name, "openai", operation, missing, false));
    }

    private record Outcome(Call reached, Problem problem) {}

    private Outcome choose(Call call, String chain) {
        reached.clear();
        Exchange done = context.createProducerTemplate().request("direct:choose", exchange -> {
            Calls.attach(exchange, call);
            exchange.setProperty(Calls.CHAIN, chain);
        });
        return new Outcome(
                reached.isEmpty() ? null : reached.get(0),
                done.getException() == null ? null : Problem.from(done.getException()));
    }

    private JsonNode list(Identity identity) {
        Call call = chat("{}");
        call.identify(identity);
        return context.createProducerTemplate()
                .request("direct:list", exchange -> Calls.attach(exchange, call))
                .getMessage()
                .getBody(JsonNode.class);
    }

    private static Call chat(String body) {
        return call(Operation.CHAT, body);
    }

    private static Call call(Operation operation, String body) {
        return new Call(
                Ticker.SYSTEM, operation, new CallHeaders(), null, new Request(body.getBytes(StandardCharsets.UTF_8)));
    }
}
