package io.github.camelllm.access;

import static io.github.camelllm.call.Operation.CHAT;
import static io.github.camelllm.call.Operation.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelRulesTest {

    private final Models models = TestRoute.models();

    private static Identity allowed(String... names) {
        return new Identity("k", "t", "u", "t", "free", Set.of(names));
    }

    private static ObjectNode asking(String model) {
        return Json.object().put("model", model);
    }

    private Problem refused(ObjectNode request, Operation operation, Identity who) {
        Problem problem = catchThrowableOfType(
                Problem.class, () -> ModelRules.check(new Fields(request, Where.ROOT), operation, who, models));
        assertThat(problem).as("refused").isNotNull();
        assertThat(problem.param()).contains("model");
        return problem;
    }

    @Test
    void letsPassModelsAndAliasesThatTheCallerMayUse() {
        for (String name : new String[] {"sim", "fast"}) {
            ModelRules.check(new Fields(asking(name), Where.ROOT), CHAT, Identity.ANONYMOUS, models);
            ModelRules.check(new Fields(asking(name), Where.ROOT), CHAT, allowed("sim", "fast"), models);
        }
        ModelRules.check(new Fields(asking("embed"), Where.ROOT), EMBEDDINGS, allowed("embed"), models);
    }

    @Test
    void refusesARequestThatNamesNone() {
        String expected = "; expected the name of a model or alias, as a string.";

        assertThat(refused(Json.object(), CHAT, Identity.ANONYMOUS)).hasMessage("model is missing" + expected);
        assertThat(refused(Json.object().putNull("model"), CHAT, Identity.ANONYMOUS))
                .hasMessage("model is null" + expected);
        assertThat(refused(Json.object().put("model", 4), CHAT, Identity.ANONYMOUS))
                .hasMessage("model is 4" + expected);
        assertThat(refused(asking(""), CHAT, Identity.ANONYMOUS)).hasMessage("model is an empty string" + expected);
        assertThat(refused(asking(""), CHAT, Identity.ANONYMOUS).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void refusesAnUnknownModelAndListsWhatCanBeAsked() {
        Problem problem = refused(asking("gpt-5"), CHAT, Identity.ANONYMOUS);

        assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(problem.status()).isEqualTo(404);
        assertThat(problem).hasMessage("The model 'gpt-5' does not exist. You can ask for fast, sim.");
        assertThat(refused(asking("x\r\ny" + "z".repeat(50)), CHAT, Identity.ANONYMOUS))
                .hasMessage("The model 'x??y" + "z".repeat(36) + "...' does not exist. You can ask for fast, sim.");
        assertThat(refused(asking("gpt-5"), EMBEDDINGS, Identity.ANONYMOUS))
                .hasMessage("The model 'gpt-5' does not exist. You can ask for embed.");
    }

    @Test
    void tellsACallerOnlyOfModelsThatItMayUse() {
        assertThat(refused(asking("gpt-5"), CHAT, allowed("sim", "embed")))
                .hasMessage("The model 'gpt-5' does not exist. You can ask for sim.");
        assertThat(refused(asking("gpt-5"), CHAT, allowed("embed")))
                .hasMessage("The model 'gpt-5' does not exist. There is no model that you can ask for chat.");
    }

    @Test
    void namesTheSettingThatAModelLacks() {
        Problem problem = refused(asking("gpt-4o"), CHAT, Identity.ANONYMOUS);

        assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(problem)
                .hasMessage(
                        "The model 'gpt-4o' cannot answer here: it lacks OPENAI_API_KEY. You can ask for fast, sim.");
    }

    @Test
    void refusesAModelThatTheKeyMayNotUse() {
        Problem problem = refused(asking("gpt-4o"), CHAT, allowed("sim", "fast"));

        assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_NOT_ALLOWED);
        assertThat(problem.status()).isEqualTo(403);
        assertThat(problem).hasMessage("This key may not use the model 'gpt-4o'. It may use fast, sim.");
    }

    @Test
    void refusesAModelForAnotherOperation() {
        Problem chat = refused(asking("embed"), CHAT, Identity.ANONYMOUS);
        Problem embeddings = refused(asking("sim"), EMBEDDINGS, Identity.ANONYMOUS);

        assertThat(chat.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(chat)
                .hasMessage("model is 'embed', which is for embeddings; expected one for chat. You can ask for fast,"
                        + " sim.");
        assertThat(embeddings)
                .hasMessage("model is 'sim', which is for chat; expected one for embeddings. You can ask for embed.");
        assertThat(refused(asking("fast"), EMBEDDINGS, Identity.ANONYMOUS))
                .hasMessageStartingWith("model is 'fast', which is for chat; ");
    }

    @Test
    void listsNoMoreThanTwenty() {
        for (int i = 10; i < 40; i++) {
            models.add(new Model("m" + i, "p", CHAT, null, false));
        }

        assertThat(refused(asking("gpt-5"), CHAT, Identity.ANONYMOUS))
                .hasMessageEndingWith(", m27, m28 and 12 more (GET /v1/models).");
    }
}
