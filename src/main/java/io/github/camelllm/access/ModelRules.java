package io.github.camelllm.access;

import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelName;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.config.Shown;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Which model or alias may be asked for, by whom, for what. What a caller may not use, no message tells it of. */
final class ModelRules {

    private static final String MODEL = "model";
    private static final int LISTED = 20;

    private ModelRules() {}

    /**
     * Checks the model that a request names.
     *
     * @throws Problem {@code invalid_request} when it names none, or one for another operation; {@code model_not_found}
     *     when nothing is called so, or what is lacks a setting; {@code model_not_allowed} when it is not for this caller
     */
    static void check(Fields request, Operation operation, Identity who, Models models) {
        String name = request.string(MODEL, "the name of a model or alias, as a string");
        Model model = models.resolve(name).map(ModelName::model).orElse(null);
        boolean alias = model == null && models.aliases().contains(name);
        if (model == null && !alias) {
            throw notFound("The model " + Shown.text(name) + " does not exist.", operation, who, models);
        }
        checkAllowed(name, who, models);
        Operation does = alias ? Operation.CHAT : model.operation();
        if (does != operation) {
            throw Problem.invalid(
                    MODEL,
                    MODEL + " is " + Shown.text(name) + ", which is for " + does.label() + "; expected one for "
                            + operation.label() + "." + askable(operation, who, models));
        }
        if (!alias && !model.live()) {
            String why = "The model " + Shown.text(name) + " cannot answer here: it lacks " + model.missing() + ".";
            throw notFound(why, operation, who, models);
        }
    }

    /** Refuses a model that the caller may use neither by the name it has asked for nor by the model's, with {@code model_not_allowed}. */
    static void checkAllowed(String name, Identity who, Models models) {
        boolean byModel = models.resolve(name)
                .filter(found -> who.mayUse(found.model().name()))
                .isPresent();
        if (!byModel && !who.mayUse(name)) {
            String allowed = who.models().stream().sorted().limit(LISTED).collect(Collectors.joining(", "));
            throw Problem.of(
                            ErrorCode.MODEL_NOT_ALLOWED,
                            "This key may not use the model " + Shown.text(name) + ". It may use " + allowed + ".")
                    .withParam(MODEL);
        }
    }

    private static Problem notFound(String why, Operation operation, Identity who, Models models) {
        return Problem.of(ErrorCode.MODEL_NOT_FOUND, why + askable(operation, who, models))
                .withParam(MODEL);
    }

    private static String askable(Operation operation, Identity who, Models models) {
        List<String> names =
                models.askable(operation).stream().filter(who::mayUse).toList();
        if (names.isEmpty()) {
            return " There is no model that you can ask for " + operation.label() + ".";
        }
        String list = String.join(", ", names.subList(0, Math.min(LISTED, names.size())));
        return " You can ask for " + list
                + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more (GET /v1/models)." : ".");
    }
}
