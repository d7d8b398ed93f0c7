package io.github.camelllm.ingress;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one HTTP server: counts them, refuses those beyond the bounds, and puts a guard on each. */
final class HttpConnections {

    private static final String DECODER = "httpDecoder";

    private final HttpLimits limits;
    private final HttpServerOptions options;
    private final Ticker ticker;
    private final HttpMeters meters;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentMap<Object, Integer> byAddress = new ConcurrentHashMap<>();

    HttpConnections(HttpLimits limits, HttpServerOptions options, Ticker ticker, HttpMeters meters) {
        this.limits = limits;
        this.options = options;
        this.ticker = ticker;
        this.meters = meters;
    }

    /** Runs on the event loop of a new connection, before anything of it is read. */
    void open(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channelHandlerContext().channel();
        Object address = client(channel.remoteAddress());
        int count = all.incrementAndGet();
        meters.opened();
        int ofAddress = byAddress.merge(address, 1, Integer::sum);
        channel.closeFuture().addListener(closed -> {
            all.decrementAndGet();
            meters.closed();
            byAddress.computeIfPresent(address, (key, open) -> open == 1 ? null : open - 1);
        });
        ConnectionGuard guard = new ConnectionGuard(limits, ticker, meters);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(DECODER, DECODER, new StrictRequestDecoder(options));
        pipeline.addBefore(DECODER, "arrivals", guard.arrivals());
        pipeline.addBefore("handler", "guard", guard);
        if (count > limits.maxConnections()) {
            guard.refuse(overloaded("The gateway has as many connections as it takes; try again."));
        } else if (ofAddress > limits.maxConnectionsPerAddress()) {
            guard.refuse(overloaded("There are as many connections from this address as one may have; try again."));
        }
    }

    int count() {
        return all.get();
    }

    private static Problem overloaded(String message) {
        return Problem.of(ErrorCode.OVERLOADED, message).withRetryAfter(Duration.ofSeconds(1));
    }

    private static Object client(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address v6) {
            return ByteBuffer.wrap(v6.getAddress(), 0, 8).getLong();
        }
        return address instanceof InetSocketAddress inet ? inet.getAddress() : "other";
    }
}
