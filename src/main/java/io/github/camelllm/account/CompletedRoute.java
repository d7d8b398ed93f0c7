package io.github.camelllm.account;

import io.github.camelllm.call.FinishedCall;
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
    private final Seldom warning = new Seldom(LOG);
    private boolean absent;

    CompletedRoute(CamelContext context, String uri, Tally dropped, Tally failed) {
        this.endpoint = context.getEndpoint(withoutWaiting(uri));
        this.template = context.createProducerTemplate(1);
        this.dropped = dropped;
        this.failed = failed;
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
            if (!absent) {
                LOG.warn(
                        "No route consumes {}: finished calls are neither logged nor metered until one does.",
                        endpoint.getEndpointBaseUri());
            }
        } else if (failure != null) {
            failed.add(1);
            Throwable cause = failure;
            warning.warn(
                    () -> endpoint.getEndpointBaseUri() + " failed to take finished call " + finished.requestId(),
                    cause);
        }
        absent = !taken;
    }

    void close() {
        template.stop();
    }
}
