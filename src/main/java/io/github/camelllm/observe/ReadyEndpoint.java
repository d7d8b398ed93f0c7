package io.github.camelllm.observe;

import io.github.camelllm.call.Json;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /health/ready}: 200 while the gateway takes calls, 503 while it starts or shuts down. It shuts down
 * from the moment that the {@link AtomicBoolean} bound as {@value #DRAINING} is true.
 */
public final class ReadyEndpoint implements Processor {

    /** The name of the flag, which whoever starts the gateway may bind. */
    public static final String DRAINING = "draining";

    @Override
    public void process(Exchange exchange) {
        String state = state(exchange.getContext());
        Responses.json(
                exchange, state.equals("ready") ? 200 : 503, Json.object().put("status", state));
    }

    private static String state(CamelContext context) {
        AtomicBoolean draining = context.getRegistry().lookupByNameAndType(DRAINING, AtomicBoolean.class);
        if (draining != null && draining.get() || context.getStatus().isStopping()) {
            return "shutting_down";
        }
        return context.getStatus().isStarted() ? "ready" : "starting";
    }
}
