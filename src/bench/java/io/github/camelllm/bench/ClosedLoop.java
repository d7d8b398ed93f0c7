package io.github.camelllm.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs one {@link Load}. Everything but {@link #run} happens on the one event loop. */
final class ClosedLoop {

    /** Connections opened at a time: more than a backlog holds would be refused and tried again a second later. */
    private static final int CONNECTING_AT_ONCE = 100;

    /** How long requests that are under way when the time is up may take to end. */
    private static final long DRAIN_SECONDS = 30;

    private final Load load;
    private final EventLoop loop;
    private final Prompt prompt;
    private final Percentiles.Recorder latency = new Percentiles.Recorder();
    private final StreamStatistics streams = new StreamStatistics();
    private final CountDownLatch idle;
    private long completed;
    private long errors;
    private String firstError;
    private volatile long deadline;

    ClosedLoop(Load load, EventLoop loop) {
        this.load = load;
        this.loop = loop;
        this.prompt = new Prompt(load);
        this.idle = new CountDownLatch(load.connections());
    }

    Outcome run() throws InterruptedException {
        List<Channel> channels = connect();
        List<Long> before = cpu();
        long started = System.nanoTime();
        deadline = started + TimeUnit.MILLISECONDS.toNanos(load.millis());
        loop.execute(() ->
                channels.forEach(c -> c.pipeline().get(DriverConnection.class).send()));
        TimeUnit.NANOSECONDS.sleep(deadline - System.nanoTime());
        List<Long> after = cpu();
        if (!idle.await(DRAIN_SECONDS, TimeUnit.SECONDS)) {
            loop.execute(() -> failed(idle.getCount() + " requests did not end"));
        }
        for (Channel channel : channels) {
            channel.close().sync();
        }
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            used.add(after.get(i) - before.get(i));
        }
        return loop.submit(() -> new Outcome(
                        completed,
                        deadline - started,
                        errors,
                        firstError,
                        latency.percentiles(),
                        used,
                        streams.result()))
                .syncUninterruptibly()
                .getNow();
    }

    /** The next request; null once the time is up, and then the connection is done. */
    byte[] nextRequest() {
        if (System.nanoTime() >= deadline) {
            idle.countDown();
            return null;
        }
        return prompt.next();
    }

    boolean streaming() {
        return load.script().events() > 0;
    }

    StreamCheck newCheck() {
        return new StreamCheck(load.script(), streams);
    }

    void completed(long startedNanos, long nowNanos) {
        if (nowNanos <= deadline) {
            completed++;
            latency.add(nowNanos - startedNanos);
        }
    }

    void failed(String what) {
        errors++;
        if (firstError == null) {
            firstError = what;
        }
    }

    /** A connection is gone, so that it sends nothing more. */
    void gone() {
        idle.countDown();
    }

    private List<Long> cpu() {
        return load.pids().stream().map(Child::cpuNanos).toList();
    }

    private List<Channel> connect() throws InterruptedException {
        URI url = URI.create(load.url());
        Bootstrap client = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .remoteAddress(url.getHost(), url.getPort())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpResponseDecoder())
                                .addLast(new DriverConnection(ClosedLoop.this));
                    }
                });
        List<Channel> open = new ArrayList<>();
        List<ChannelFuture> opening = new ArrayList<>();
        for (int i = 1; i <= load.connections(); i++) {
            opening.add(client.connect());
            if (opening.size() == CONNECTING_AT_ONCE || i == load.connections()) {
                for (ChannelFuture future : opening) {
                    open.add(future.sync().channel());
                }
                opening.clear();
            }
        }
        return open;
    }
}
