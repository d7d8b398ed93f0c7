package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Calls;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Makes calls of HTTP requests, and finds the way back to their clients. */
final class HttpRequests {

    private static final String CLIENT = "llm.http.client";

    private Operation operation = Operation.CHAT;
    private ClientDialect dialect = ClientDialect.of("openai");
    private volatile Ticker ticker = Ticker.SYSTEM;
    private Duration stallTimeout = Duration.ofSeconds(60);

    void operation(String label) {
        operation = Operation.of(label);
    }

    void dialect(ClientDialect newDialect) {
        dialect = newDialect;
    }

    void ticker(Ticker newTicker) {
        ticker = newTicker;
    }

    void stallTimeout(Duration newStallTimeout) {
        stallTimeout = newStallTimeout;
    }

    /** Begins the call of an exchange that a platform-http consumer has just made. */
    Call begin(Exchange exchange) {
        Message message = exchange.getMessage();
        ClientExchange client = ClientExchange.of(exchange);
        CallHeaders headers = new CallHeaders();
        for (String name : CallHeaders.KNOWN) {
            headers.put(name, client.header(name));
        }
        byte[] body = client.body(message);
        String credential = Calls.credential(client.header("authorization"), client.header("x-api-key"));
        ClientHeaders.receive(message, client.headers());
        exchange.setProperty(CLIENT, client);
        return Calls.attach(exchange, new Call(ticker, operation, headers, credential, dialect.request(body)));
    }

    /** The client of an exchange that has just been begun. */
    static ClientExchange client(Exchange exchange) {
        return (ClientExchange) exchange.removeProperty(CLIENT);
    }

    Duration stallTimeout() {
        return stallTimeout;
    }
}
