package io.github.camelllm.ingress;

import io.github.camelllm.call.CallIds;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one connection of the HTTP server: that requests arrive in time and are well-formed, and that a connection which
 * is to end does so without its last answer being lost.
 *
 * <p>Only what the client owes is timed: a head, a body, the next request. While it waits for an answer, or reads one, no
 * time runs. All methods run on the connection's event loop.
 */
final class ConnectionGuard extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGuard.class);

    /** After the last answer of a connection, what the client still sends is read and dropped, so that it sees the answer. */
    /** As much is read on at least of a body that is refused, so that a client that sends it all sees its answer. */
    private static final long LINGER_BYTES = 4 << 20;

    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LINGER_BYTES_PER_SECOND = 64 * 1024;
    private static final long LONGEST_CHECK = TimeUnit.SECONDS.toNanos(5);
    private static final long SHORTEST_CHECK = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long NEVER = Long.MAX_VALUE;

    private final HttpLimits limits;
    private final Ticker ticker;
    private final HttpMeters meters;
    private final long step;
    private ChannelHandlerContext context;

    /** When what the client owes began to be owed. */
    private long since;

    private boolean headBegun = true; // a new connection owes a head from the start
    private boolean anyBytes;
    private boolean receiving;
    private long bodyBytes;
    private String path = "/";
    private String requestId;
    private boolean keepAlive; // where the client itself ends the connection, Vert.x does as well

    private int unanswered;
    private boolean answerBegun;
    private boolean endAnnounced;

    private boolean ending;
    private boolean ended;
    private Problem lastWord;
    private int answersBefore;
    private boolean off;

    ConnectionGuard(HttpLimits limits, Ticker ticker, HttpMeters meters) {
        this.limits = limits;
        this.ticker = ticker;
        this.meters = meters;
        this.step = Math.min(
                LONGEST_CHECK,
                Math.min(
                        limits.headerTimeout().toNanos(),
                        Math.min(
                                limits.bodyTimeout().toNanos(),
                                limits.keepAliveTimeout().toNanos())));
    }

    /** What sees the bytes of a head before there is a request of them; to stand in front of the decoder. */
    ChannelHandler arrivals() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                anyBytes = true;
                if (!headBegun && !receiving && unanswered == 0 && !ending) {
                    headBegun = true;
                    since = ticker.nanos();
                }
                ctx.fireChannelRead(msg);
            }
        };
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        since = ticker.nanos();
        checkLater(step);
    }

    /** Refuses the connection as a whole. */
    void refuse(Problem problem) {
        lastWord(problem, 0);
    }

    // ------------------------------------------------------------------ what comes in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (off) {
            ctx.fireChannelRead(msg);
        } else if (ending) {
            drop(msg);
        } else if (isGood(msg)) {
            ctx.fireChannelRead(msg);
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    private boolean isGood(Object msg) {
        if (msg instanceof HttpRequest request) {
            headBegun = false;
            path = pathOf(request.uri());
            requestId = request.headers().get("x-request-id");
            Problem problem = RequestHead.problemOf(request);
            if (problem != null) {
                lastWord(problem, unanswered);
                return false;
            }
            keepAlive = HttpUtil.isKeepAlive(request);
            receiving = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                    || HttpUtil.getContentLength(request, 0L) > 0;
            bodyBytes = 0;
            unanswered++;
            since = ticker.nanos();
        }
        if (msg instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
                lastWord(RequestHead.undecodable(content.decoderResult().cause()), unanswered - 1);
                return false;
            }
            bodyBytes += content.content().readableBytes();
            if (msg instanceof LastHttpContent) {
                receiving = false;
            }
        }
        return true;
    }

    private static String pathOf(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private void drop(Object msg) {
        if (msg instanceof HttpContent content) {
            bodyBytes += content.content().readableBytes();
        }
        ReferenceCountUtil.release(msg);
        if (ended && (msg instanceof LastHttpContent || bodyBytes > Math.max(limits.maxBodyBytes(), LINGER_BYTES))) {
            context.close();
        }
    }

    // ------------------------------------------------------------------ what goes out

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (ended) {
            ReferenceCountUtil.release(msg);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        if (msg instanceof HttpResponse response) {
            int status = response.status().code();
            if (status < 200) {
                off |= status == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
                ctx.write(msg, promise);
                return;
            }
            answerBegun = true;
            endAnnounced = keepAlive && !HttpUtil.isKeepAlive(response);
        }
        ctx.write(msg, promise);
        if (msg instanceof LastHttpContent) {
            answered();
        }
    }

    private void answered() {
        answerBegun = false;
        unanswered--;
        since = ticker.nanos();
        if (lastWord != null) {
            answersBefore--;
            sayLastWord();
        } else if (endAnnounced || (receiving && unanswered == 0)) {
            linger(); // of a request that is answered before its body was read the rest is not a request
        }
    }

    // ------------------------------------------------------------------ the end

    /** Answers with a problem once that many answers before it are given, and ends the connection. */
    private void lastWord(Problem problem, int before) {
        ending = true;
        lastWord = problem;
        answersBefore = before;
        LOG.debug("a connection ends: {}", problem);
        meters.refused(problem);
        sayLastWord();
    }

    private void sayLastWord() {
        if (answersBefore > 0 || ended) {
            return;
        }
        if (answerBegun) { // cut off: what follows would be read as a part of that answer
            context.close();
            return;
        }
        String id = CallIds.acceptOrMake(requestId);
        byte[] body = ClientDialect.ofPath(path).error(lastWord, id);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(lastWord.status()), Unpooled.wrappedBuffer(body));
        response.headers()
                .set("Content-Type", "application/json")
                .set("Content-Length", body.length)
                .set("X-Request-Id", id)
                .set("Connection", "close");
        lastWord.retryAfter().ifPresent(after -> response.headers().set("Retry-After", after.toSeconds()));
        context.write(response);
        linger();
    }

    /** Sends what there is and the end of the connection, and then drops what comes in until the client has ended it too. */
    private void linger() {
        ending = true;
        ended = true;
        bodyBytes = 0;
        since = ticker.nanos();
        boolean plain = context.pipeline().get(SslHandler.class) == null;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) sent -> {
            if (plain && sent.isSuccess() && sent.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            }
        });
        context.channel().config().setAutoRead(true);
    }

    // ------------------------------------------------------------------ time

    private void checkLater(long nanos) {
        context.executor().schedule(this::check, Math.max(SHORTEST_CHECK, nanos), TimeUnit.NANOSECONDS);
    }

    private void check() {
        if (off || !context.channel().isOpen()) {
            return;
        }
        long patience = patience();
        long waited = ticker.nanos() - since;
        if (waited >= patience) {
            expire();
            checkLater(step);
        } else {
            checkLater(Math.min(step, patience - waited));
        }
    }

    /** How long the client may owe what it owes; {@link #NEVER} ends while it owes nothing. */
    private long patience() {
        if (ended) {
            return LINGER_NANOS + nanos(bodyBytes, LINGER_BYTES_PER_SECOND);
        }
        if (receiving) {
            boolean ours =
                    unanswered > 1 || answerBegun || !context.channel().config().isAutoRead();
            return ours ? NEVER : limits.bodyTimeout().toNanos() + nanos(bodyBytes, limits.bodyBytesPerSecond());
        }
        if (unanswered > 0 || ending) {
            return NEVER;
        }
        return (headBegun ? limits.headerTimeout() : limits.keepAliveTimeout()).toNanos();
    }

    private static long nanos(long bytes, long bytesPerSecond) {
        return bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    }

    private void expire() {
        if (ended || (!receiving && !(headBegun && anyBytes))) {
            context.close();
        } else {
            lastWord(
                    Problem.of(
                            ErrorCode.REQUEST_TIMEOUT,
                            receiving
                                    ? "The request body did not arrive in time."
                                    : "The request did not arrive in time."),
                    0);
        }
    }
}
