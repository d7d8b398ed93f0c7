package io.github.camelllm.bench;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;

/** One connection of the driver: a request, its answer, the next request. */
final class DriverConnection extends SimpleChannelInboundHandler<HttpObject> {

    private final ClosedLoop owner;
    private ChannelHandlerContext context;
    private StreamCheck check;
    private boolean waiting;
    private long sentNanos;
    private int status;
    private long bytes;
    private String refusal;

    DriverConnection(ClosedLoop owner) {
        this.owner = owner;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext newContext) {
        this.context = newContext;
    }

    /** Sends the next request, if there is to be one. */
    void send() {
        byte[] request = owner.nextRequest();
        waiting = request != null;
        if (waiting) {
            bytes = 0;
            refusal = "";
            check = owner.streaming() ? owner.newCheck() : null;
            sentNanos = System.nanoTime();
            context.writeAndFlush(Unpooled.wrappedBuffer(request), context.voidPromise());
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ignored, HttpObject message) {
        if (message instanceof HttpResponse response) {
            status = response.status().code();
        }
        if (message instanceof HttpContent content) {
            bytes += content.content().readableBytes();
            if (status != 200) {
                refusal += content.content().toString(StandardCharsets.UTF_8);
            } else if (check != null) {
                check.read(content.content(), sentNanos);
            }
            if (message instanceof LastHttpContent) {
                end();
            }
        }
    }

    private void end() {
        String problem = null;
        if (status != 200) {
            problem = status + " " + refusal;
        } else if (check != null) {
            problem = check.end();
        } else if (bytes == 0) {
            problem = "an empty answer";
        }
        if (problem == null) {
            owner.completed(sentNanos, System.nanoTime());
        } else {
            owner.failed(problem);
        }
        send();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        if (waiting) {
            waiting = false;
            owner.failed("connection closed before the answer was whole");
            owner.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        owner.failed(cause.toString());
        context.close();
    }
}
