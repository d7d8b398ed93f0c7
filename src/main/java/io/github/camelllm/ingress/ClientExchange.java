package io.github.camelllm.ingress;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** One HTTP request and the way back to its client, whatever server holds the connection. */
interface ClientExchange {

    /**
     * That of an exchange which a platform-http consumer has just made.
     *
     * @throws IllegalStateException on a runtime whose HTTP messages are not known
     */
    static ClientExchange of(Exchange exchange) {
        Message message = exchange.getMessage();
        String type = message.getClass().getName();
        if (type.equals("org.apache.camel.component.platform.http.vertx.HttpMessage")) {
            return new VertxExchange(message); // on Camel Main; Quarkus has it too
        }
        if (type.equals("org.apache.camel.component.platform.http.springboot.PlatformHttpMessage")) {
            return new ServletExchange(message);
        }
        throw new IllegalStateException("the HTTP messages of this runtime (" + type
                + ") are not known; those of platform-http on Camel Main and Spring Boot are");
    }

    /** A header of the request; null where it has none. */
    String header(String name);

    /** All headers of the request as they came; one that came twice is here twice. */
    Iterable<Map.Entry<String, String>> headers();

    /** The request's body. */
    byte[] body(Message message);

    /** @param stallTimeout how long the client may read nothing, where the server can tell */
    EventWriter writer(Duration stallTimeout);

    /** The share of memory that the body is counted with; null where the server counts none. */
    BodyMemory.Share memory();

    /** Says that the client has its answer: the consumer has nothing to write. */
    void answered(Exchange exchange);
}
