package io.github.camelllm.observe;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Answers an HTTP exchange; nothing of the request comes back with it. */
final class Responses {

    private Responses() {}

    static void json(Exchange exchange, int status, JsonNode body) {
        bytes(exchange, status, "application/json", Json.write(body));
    }

    static void bytes(Exchange exchange, int status, String contentType, byte[] body) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, contentType);
        message.setHeader("Cache-Control", "no-store");
        message.setBody(body);
    }
}
