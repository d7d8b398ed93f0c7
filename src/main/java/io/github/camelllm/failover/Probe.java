package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.step.Calls;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Asks models that are not healthy for one token, so that they come back before a caller has to try them: {@link #unwell}
 * names them, and as a processor it makes the request for the one whose name is the body.
 */
public final class Probe implements Processor {

    /** The live models that are not healthy, but for those whose providers want to be left alone. */
    public List<String> unwell(Exchange exchange) {
        return Calls.models(exchange.getContext()).all().stream()
                .filter(Model::live)
                .filter(model -> model.health().state() != ModelHealth.State.HEALTHY)
                .filter(model -> !model.health().rest().lasts())
                .map(Model::name)
                .toList();
    }

    @Override
    public void process(Exchange exchange) {
        String name = exchange.getMessage().getBody(String.class);
        Model model = Calls.models(exchange.getContext())
                .find(name)
                .orElseThrow(() -> new IllegalArgumentException("there is no model '" + name + "' to probe"));
        ObjectNode request = Json.object().put("model", name);
        if (model.operation() == Operation.CHAT) {
            request.putArray("messages").addObject().put("role", "user").put("content", "ping");
            request.put("max_tokens", 1);
        } else {
            request.put("input", "ping");
        }
        Call call = new Call(
                Calls.ticker(exchange.getContext()), model.operation(), new CallHeaders(), null, new Request(request));
        call.choose(model);
        Calls.attach(exchange, call);
        Calls.publish(exchange, call);
    }
}
