package io.github.camelllm.account;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Troubles;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives finished calls to the route that tells of them, whatever happens there. Used by one thread. */
final class CompletedRoute {

    private static final Logger LOG = LoggerFactory.getLogger(Account.class);

    private final Endpoint endpoint;
    private final ProducerTemplate template;
    private final Tally dropped;
    private final Tally failed;
    private final Troubles troubles;

    CompletedRoute(CamelContext context, String uri, Tally dropped, Tally failed) {
        this.endpoint = context.getEndpoint(withoutWaiting(uri));
        this.template = context.createProducerTemplate(1);
        this.dropped = dropped;
        this.failed = failed;
        this.troubles = new Troubles(LOG, Calls.ticker(context));
    }

    /** A direct endpoint waits half a minute for a consumer unless it is told not to. */
    private static String withoutWaiting(String uri) {
        return uri.startsWith("direct:") && !uri.contains("?") ? uri + "?block=false" : uri;
    }

    /** Sends it, and never throws: the thread that sends must live on. */
    void send(FinishedCall finished) {
        Throwable failure;
        boolean taken;
        try {
            Exchange exchange = endpoint.createExchange(ExchangePattern.InOnly);
            exchange.getMessage().setBody(finished);
            template.send(endpoint, exchange);
            failure = exchange.getException();
            taken = exchange.getFromRouteId() != null || !(failure instanceof DirectConsumerNotAvailableException);
        } catch (Throwable e) {
            failure = e;
            taken = true;
        }
        if (!taken) {
            dropped.add(1);
            troubles.is(
                    "absent",
                    () -> "No route consumes " + endpoint.getEndpointBaseUri()
                            + ": finished calls are neither logged nor metered until one does.",
                    null);
        } else if (failure != null) {
            failed.add(1);
            boolean outage = Troubles.isOutage(failure);
            String reason = outage ? ": " + Troubles.reason(failure) : "";
            troubles.is(
                    "failed",
                    () -> endpoint.getEndpointBaseUri() + " failed to take finished call " + finished.requestId()
                            + reason,
                    outage ? null : failure);
        } else {
            troubles.over("absent", () -> endpoint.getEndpointBaseUri() + " is consumed");
            troubles.over("failed", () -> endpoint.getEndpointBaseUri() + " takes finished calls");
        }
    }

    void close() {
        template.stop();
    }
}
