package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import org.apache.camel.Exchange;

/**
 * The step {@code encapsulate}: puts results of tools, documents and parts that a client has marked ({@code "untrusted": true}) between
 * delimiters that are new for each call, and tells the model that what stands there is data.
 *
 * <p>Below {@code cache}, which would never find a request again, and above {@code failover}. Once what follows has answered, the request
 * is again what it was.
 */
public final class Encapsulate extends Step {

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        ObjectNode before = call.getRequest().snapshot();
        new Capsules(Nonces.next()).wrap(call.getRequest().tree());
        try {
            next.proceed();
        } finally {
            call.getRequest().restore(before);
        }
    }
}
