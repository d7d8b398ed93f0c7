package io.github.camelllm.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/**
 * A decoder of requests that takes for malformed what Netty's would make good: {@code Content-Length} together with {@code
 * Transfer-Encoding} (RFC 9112, section 6.1), and header lines that are folded (section 5.2). A proxy in front may read
 * either in another way, and then the two do not agree where a request ends.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {

    private boolean inHead = true;
    private boolean lineBegins;
    private boolean folded;

    StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Content-Length together with Transfer-Encoding");
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        int from = buffer.readerIndex();
        int before = out.size();
        super.decode(ctx, buffer, out);
        if (inHead) {
            lookForFolds(buffer, from, buffer.readerIndex());
        }
        for (int i = before; i < out.size(); i++) {
            Object decoded = out.get(i);
            if (decoded instanceof HttpRequest request) {
                if (folded && request.decoderResult().isSuccess()) {
                    request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("folded header line")));
                }
                inHead = false;
            }
            if (decoded instanceof LastHttpContent) {
                inHead = true;
                lineBegins = false;
                folded = false;
            }
        }
    }

    private void lookForFolds(ByteBuf buffer, int from, int end) {
        int at = from;
        while (at < end) {
            if (lineBegins) {
                byte first = buffer.getByte(at);
                folded |= first == ' ' || first == '\t';
                lineBegins = false;
            }
            int lineEnd = buffer.indexOf(at, end, (byte) '\n');
            if (lineEnd < 0) {
                return;
            }
            lineBegins = true;
            at = lineEnd + 1;
        }
    }
}
