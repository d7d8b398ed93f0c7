package io.github.camelllm.access;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A Camel context with one YAML file, whose route {@code direct:in} ends in {@code - process: {ref: model}}. */
final class TestRoute implements AutoCloseable {

    final HandTicker ticker = new HandTicker();
    final DefaultCamelContext context = new DefaultCamelContext();
    private Exchange reached;

    TestRoute(String yaml) throws Exception {
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("models", models());
        context.getRegistry().bind("model", (Processor) exchange -> reached = exchange);
        String file = "- errorHandler: { noErrorHandler: {} }\n" + yaml;
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", file));
        context.start();
    }

    /** A chat model, one that lacks its key, an embeddings model and an alias. */
    static Models models() {
        Models models = new Models();
        models.add(new Model("sim", "simulator", Operation.CHAT, null, true));
        models.add(new Model("gpt-4o", "openai", Operation.CHAT, "OPENAI_API_KEY", false));
        models.add(new Model("embed", "simulator", Operation.EMBEDDINGS, null, true));
        models.setAliases("fast");
        return models;
    }

    /** Sends a request, and gives the call as it reached the model. */
    Call send(String body, Map<String, Object> headers, Map<String, Object> properties) throws Exception {
        reached = null;
        Exchange exchange = context.createProducerTemplate().send("direct:in", sent -> {
            sent.getMessage().setBody(new Request(body.getBytes(StandardCharsets.UTF_8)));
            sent.getMessage().setHeaders(new HashMap<>(headers));
            properties.forEach(sent::setProperty);
        });
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return Calls.last(reached);
    }

    /** Sends a request that is to be refused, before it reaches the model, with a problem. */
    Problem refused(String body, Map<String, Object> headers, Map<String, Object> properties) throws Exception {
        try {
            send(body, headers, properties);
        } catch (Problem problem) {
            if (reached != null) {
                throw new AssertionError("the model was reached", problem);
            }
            return problem;
        }
        throw new AssertionError("was not refused");
    }

    /** The headers as the model got them. */
    Map<String, Object> reachedHeaders() {
        return reached.getMessage().getHeaders();
    }

    @Override
    public void close() {
        context.stop();
    }
}
