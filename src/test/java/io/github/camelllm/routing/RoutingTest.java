package io.github.camelllm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Model;
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

/** The choice of a model and the list of models, through routes. */
class RoutingTest {

    private static final String ROUTES =
            """
            - beans:
                - name: choose
                  type: io.github.camelllm.routing.ChooseModel
                - name: modelList
                  type: io.github.camelllm.routing.ModelList
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
