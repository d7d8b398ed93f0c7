package io.github.camelllm.routing;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Models;
import io.github.camelllm.config.Shown;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /v1/models/{id}}: one of the models of {@link ModelList}, or 404 {@code model_not_found} for what is not
 * in the caller's list. The id may be a dated one, and may hold slashes, written as such or as {@code %2F}.
 */
public final class RetrieveModel implements Processor {

    /** The exchange property with the path of the request, still encoded. */
    public static final String PATH = "llm.models.path";

    private String prefix = "/v1/models/";

    /** What stands before the id in the path; {@code /v1/models/} unless set. */
    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

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
        String path = exchange.getProperty(PATH, "", String.class);
        String id = decoded(path.startsWith(prefix) ? path.substring(prefix.length()) : path);
        if (!objects.has(id)) {
            throw Problem.of(
                            ErrorCode.MODEL_NOT_FOUND,
                            "The model " + Shown.text(id)
                                    + " does not exist, or this key may not use it. GET /v1/models lists those it may.")
                    .withParam("model");
        }
        exchange.getMessage().setBody(new Answer(null, objects.of(id)));
    }

    /** In a path a plus sign stands for itself. */
    private static String decoded(String id) {
        try {
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return id;
        }
    }
}
