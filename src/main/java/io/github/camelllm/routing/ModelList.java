package io.github.camelllm.routing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.step.Calls;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Answers with the models and aliases that the caller may ask for, in the shape of OpenAI's {@code GET /v1/models}. */
public final class ModelList implements Processor {

    private static final long CREATED = 0;

    private volatile Models models;

    @Override
    public void process(Exchange exchange) {
        Models catalogue = models;
        if (catalogue == null) {
            catalogue = exchange.getContext().getRegistry().findSingleByType(Models.class);
            models = catalogue;
        }
        Call call = Calls.of(exchange);
        TreeSet<String> names = new TreeSet<>();
        for (Operation operation : Operation.values()) {
            names.addAll(catalogue.askable(operation));
        }
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        for (String name : names) {
            if (call.getIdentity().mayUse(name)) {
                data.addObject()
                        .put("id", name)
                        .put("object", "model")
                        .put("created", CREATED)
                        .put(
                                "owned_by",
                                catalogue.find(name).map(Model::provider).orElse("gateway"));
            }
        }
        exchange.getMessage().setBody(new Answer(null, list));
    }
}
