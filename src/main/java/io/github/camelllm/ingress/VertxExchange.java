package io.github.camelllm.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** A request that Vert.x has received: on Camel Main, and by its class on Quarkus, where it was not tried. */
final class VertxExchange implements ClientExchange {

    private final HttpServerRequest request;

    VertxExchange(Message message) {
        this.request = ((HttpMessage) message).getRequest();
    }

    @Override
    public String header(String name) {
        return request.getHeader(name);
    }

    @Override
    public Iterable<Map.Entry<String, String>> headers() {
        return request.headers();
    }

    /** A Buffer, unless the context caches streams and has made something of its own of it. */
    @Override
    public byte[] body(Message message) {
        return message.getBody() instanceof Buffer buffer ? bytes(buffer) : message.getBody(byte[].class);
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

    @Override
    public EventWriter writer(Duration stallTimeout) {
        return new VertxEventWriter(request, stallTimeout);
    }

    @Override
    public BodyMemory.Share memory() {
        return BodyReader.holdCurrent();
    }

    @Override
    public void answered(Exchange exchange) {
        // the consumer sees a response that has ended
    }
}
