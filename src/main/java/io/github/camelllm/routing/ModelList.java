package io.github.camelllm.routing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Models;
import io.github.camelllm.step.Calls;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /v1/models}: the models and aliases that the caller may ask for, in the shape of OpenAI's API, or of
 * Anthropic's for a request with the header {@code anthropic-version}. Anthropic's pages are cut by {@code limit}, {@code
 * after_id} and {@code before_id}; without a limit all are told.
 */
public final class ModelList implements Processor {

    /** The exchange property with the query as it came, still encoded; absent where there is none. */
    public static final String QUERY = "llm.models.query";

    private volatile Models models;

    @Override
    public void process(Exchange exchange) {
        Call call = Calls.of(exchange);
        Models catalogue = models;
        if (catalogue == null) {
            catalogue = Calls.models(exchange.getContext());
            models = catalogue;
        }
        ModelObjects objects = new ModelObjects(catalogue, call);
        ObjectNode list = Json.object();
        if (objects.anthropic()) {
            ModelPage page = ModelPage.of(exchange.getProperty(QUERY, "", String.class), objects.names());
            fill(list, objects, page.names());
            list.put("has_more", page.more());
            list.put("first_id", page.names().isEmpty() ? null : page.names().get(0));
            list.put(
                    "last_id",
                    page.names().isEmpty()
                            ? null
                            : page.names().get(page.names().size() - 1));
        } else {
            fill(list.put("object", "list"), objects, objects.names());
        }
        exchange.getMessage().setBody(new Answer(null, list));
    }

    private static void fill(ObjectNode list, ModelObjects objects, List<String> names) {
        ArrayNode data = list.putArray("data");
        names.forEach(name -> data.add(objects.of(name)));
    }
}
