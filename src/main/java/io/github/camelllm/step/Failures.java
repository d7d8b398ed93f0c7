package io.github.camelllm.step;

import io.github.camelllm.call.Call;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;

/** Failures that an error handler of a route below has taken for handled. */
public final class Failures {

    private Failures() {}

    /**
     * Fails the exchange once more if an error handler has handled its failure and nobody has answered: a dead letter channel
     * keeps the request, but it gives no answer, and a step above may know what to do.
     */
    public static void rethrowHandled(Exchange exchange, Call call) throws Exception {
        if (!exchange.getExchangeExtension().isErrorHandlerHandledSet()
                || !exchange.getExchangeExtension().isErrorHandlerHandled()) {
            return;
        }
        Message message = exchange.getMessage();
        Exception caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        exchange.getExchangeExtension().setErrorHandlerHandled(null);
        exchange.setRouteStop(false);
        if (caught != null
                && (message.getBody() == null || message.getBody() == call.getRequest() || isRequest(message))) {
            throw caught;
        }
    }

    private static boolean isRequest(Message message) {
        return message.getBody() instanceof io.github.camelllm.call.Request;
    }
}
