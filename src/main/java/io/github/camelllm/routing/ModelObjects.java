package io.github.camelllm.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.ModelName;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import java.util.List;
import java.util.TreeSet;

/** The models that one caller can ask for, as objects of OpenAI's API, or of Anthropic's for Anthropic's clients. */
final class ModelObjects {

    private static final long CREATED = 0;
    private static final String CREATED_AT = "1970-01-01T00:00:00Z";

    private final Models models;
    private final Call call;
    private final boolean anthropic;

    ModelObjects(Models models, Call call) {
        this.models = models;
        this.call = call;
        this.anthropic = call.headers().get("anthropic-version") != null;
    }

    /** Whether an Anthropic client asks. */
    boolean anthropic() {
        return anthropic;
    }

    /**
     * The names of the models and aliases that the caller can ask for, sorted. Anthropic's clients can ask for answers alone, so
     * that they are shown no embedding models.
     */
    List<String> names() {
        TreeSet<String> names = new TreeSet<>();
        for (Operation operation : anthropic ? List.of(Operation.CHAT) : List.of(Operation.values())) {
            names.addAll(models.askable(operation));
        }
        names.removeIf(name -> !call.getIdentity().mayUse(name));
        return List.copyOf(names);
    }

    /** Whether the caller can ask for a name, which may be one with a provider before it and a version behind it. */
    boolean has(String name) {
        return names().contains(name)
                || models.resolve(name)
                        .map(ModelName::model)
                        .filter(model -> model.live() && (!anthropic || model.operation() == Operation.CHAT))
                        .filter(model -> call.getIdentity().mayUse(model.name())
                                || call.getIdentity().mayUse(name))
                        .isPresent();
    }

    /** One of them, or of those that {@link #has} accepts. */
    ObjectNode of(String name) {
        if (anthropic) {
            return Json.object()
                    .put("type", "model")
                    .put("id", name)
                    .put("display_name", name)
                    .put("created_at", CREATED_AT);
        }
        return Json.object()
                .put("id", name)
                .put("object", "model")
                .put("created", CREATED)
                .put(
                        "owned_by",
                        models.resolve(name)
                                .map(found -> found.model().provider())
                                .orElse("gateway"));
    }
}
