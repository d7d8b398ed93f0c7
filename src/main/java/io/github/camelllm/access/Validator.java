package io.github.camelllm.access;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;

/** Tells good requests from bad ones. Immutable, thread-safe; its cost is linear in the size of the request. */
final class Validator {

    private final Models models;
    private final ChatRules chat;
    private final EmbeddingsRules embeddings;

    Validator(ValidateSettings settings, Models models) {
        this.models = models;
        this.chat = new ChatRules(settings);
        this.embeddings = new EmbeddingsRules(settings);
    }

    /**
     * Checks a call's request, and takes out of its texts what does not belong in them.
     *
     * @throws io.github.camelllm.problem.Problem for the first thing that is wrong, naming the field, what is wrong
     *     with its value and what is allowed
     */
    void check(Call call) {
        Fields request = new Fields(call.getRequest().tree(), Where.ROOT);
        ModelRules.check(request, call.getOperation(), call.getIdentity(), models);
        if (call.getOperation() == Operation.CHAT) {
            chat.check(request, !call.getRequest().translated());
        } else {
            embeddings.check(request);
        }
    }
}
