package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Calls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** Makes calls of HTTP requests, and finds the way back to their clients. */
final class HttpRequests {

    private static final String WRITER = "llm.http.writer";

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
        if (!(message instanceof HttpMessage http)) {
            throw new IllegalStateException("this runtime's HTTP messages ("
                    + message.getClass().getName() + ") have no event writer yet; Camel Main and Quarkus have");
        }
        HttpServerRequest request = http.getRequest();
        CallHeaders headers = new CallHeaders();
        for (String name : CallHeaders.KNOWN) {
            headers.put(name, request.getHeader(name));
        }
        // A Buffer, unless the context caches streams and has made something of its own of it.
        byte[] body = message.getBody() instanceof Buffer buffer ? bytes(buffer) : message.getBody(byte[].class);
        String credential = Calls.credential(request.getHeader("authorization"), request.getHeader("x-api-key"));
        ClientHeaders.receive(message, request.headers());
        exchange.setProperty(WRITER, new VertxEventWriter(request, stallTimeout));
        return Calls.attach(exchange, new Call(ticker, operation, headers, credential, dialect.request(body)));
    }

    /** The array itself where the body fills one. */
    private static byte[] bytes(Buffer buffer) {
        ByteBuf bytes = buffer instanceof BufferImpl impl ? impl.byteBuf() : Unpooled.EMPTY_BUFFER;
        boolean whole = bytes.hasArray()
                && bytes.readableBytes() == buffer.length()
                && bytes.arrayOffset() + bytes.readerIndex() == 0
                && bytes.array().length == bytes.readableBytes();
        return whole ? bytes.array() : buffer.getBytes();
    }

    EventWriter writer(Exchange exchange) {
        return (EventWriter) exchange.removeProperty(WRITER);
    }
}
