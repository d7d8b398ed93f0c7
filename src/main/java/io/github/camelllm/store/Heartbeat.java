package io.github.camelllm.store;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The watch over one connection to Redis: it has failed when it is closed, or when Redis owes an answer and has sent no byte for a
 * number of ticks, one to a {@code PING} of the watch's own among them.
 *
 * <p>How long a single command takes says nothing: behind a thousand others it takes long, and bytes come all the time. The ticks
 * run in the connection's own event loop. Between two of them it has read all that had come, so a process that is held up itself,
 * by garbage collection or for want of a processor, counts one tick for it and takes no late reading for a silent Redis.
 */
final class Heartbeat {

    static final Duration TICK = Duration.ofMillis(25);

    /** How many ticks after the last sign of life a connection that nobody uses is asked for another. */
    private static final int IDLE_TICKS = 40;

    private final int mostTicks;
    private final Supplier<? extends CompletionStage<?>> ping;
    private final Consumer<Throwable> lost;
    private volatile boolean sent;
    private volatile int silentTicks;
    private volatile boolean pinged;
    private boolean heard;
    private int idleTicks;

    /** The connection is closed: Redis may be away, or well and the next connection at hand. */
    static final class Closed extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Closed(Throwable cause) {
            super("the connection is closed", cause);
        }
    }

    /**
     * A watch that is moved by hand.
     *
     * @param silence how long Redis may send nothing while it owes an answer; rounded up to whole ticks
     * @param ping asks for a sign of life; may throw
     * @param lost told with each tick as long as the connection has failed; must not wait
     */
    Heartbeat(Duration silence, Supplier<? extends CompletionStage<?>> ping, Consumer<Throwable> lost) {
        this.mostTicks = (int) Math.max(2, (silence.toNanos() + TICK.toNanos() - 1) / TICK.toNanos());
        this.ping = ping;
        this.lost = lost;
    }

    /** Watches a channel until it is closed. */
    Heartbeat over(Channel channel) {
        channel.pipeline().addFirst("heartbeat", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object bytes) {
                heard();
                context.fireChannelRead(bytes);
            }
        });
        Future<?> ticks = channel.eventLoop()
                .scheduleWithFixedDelay(this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> {
            ticks.cancel(false);
            lost.accept(new Closed(null));
        });
        return this;
    }

    /** A command has been sent, by any thread. */
    void sent() {
        if (!sent) {
            sent = true;
        }
    }

    /** Bytes have come; in the event loop. */
    void heard() {
        heard = true;
    }

    /** How many ticks in a row Redis has sent nothing though it owes an answer. */
    int silentTicks() {
        return silentTicks;
    }

    /** Looks whether anything has come since the last time; in the event loop. */
    void tick() {
        if (heard) {
            heard = false;
            silentTicks = 0;
            idleTicks = 0;
            return;
        }
        boolean owed = sent || pinged;
        if (owed) {
            silentTicks++;
        } else {
            idleTicks++;
        }
        if (!pinged && (owed || idleTicks >= IDLE_TICKS)) {
            ask();
        } else if (silentTicks >= mostTicks) {
            lost.accept(new TimeoutException());
        }
    }

    private void ask() {
        sent = false; // what is sent before the ping is answered before it
        pinged = true;
        idleTicks = 0;
        try {
            ping.get().whenComplete((pong, failure) -> pinged = false);
        } catch (RuntimeException e) {
            pinged = false; // it is not connected any more, which the channel tells
        }
    }
}
