package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.ManualTicker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a connection's guard does as time passes: the clock and the event loop are moved by hand. */
class ConnectionGuardTest {

    private static final String HEAD = "POST /v1/messages HTTP/1.1\r\nHost: a\r\n";

    private final ManualTicker ticker = new ManualTicker();
    private final List<Object> passed = new ArrayList<>();
    private final EmbeddedChannel channel = channel();

    private EmbeddedChannel channel() {
        ConnectionGuard guard = new ConnectionGuard(HttpLimits.DEFAULT, ticker, new HttpMeters(ticker));
        EmbeddedChannel made = new EmbeddedChannel(
                guard.arrivals(),
                new StrictRequestDecoder(new HttpServerOptions()),
                new HttpResponseEncoder(),
                guard,
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        passed.add(msg);
                        ReferenceCountUtil.release(msg);
                    }
                });
        made.freezeTime();
        return made;
    }

    private void pass(Duration time) {
        for (Duration left = time; !left.isZero(); left = left.minusSeconds(1)) {
            ticker.advance(Duration.ofSeconds(1));
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
        }
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
        return text.toString();
    }

    private void answer() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void aConnectionThatSaysNothingIsClosedWithoutAWord() {
        pass(seconds(9));
        assertThat(channel.isOpen()).isTrue();
        pass(seconds(2));
        assertThat(channel.isOpen()).isFalse();
        assertThat(sent()).isEmpty();
    }

    @Test
    void halfAHeadIsAnsweredAndClosedHoweverItDrips() {
        for (int i = 0; i < 12 && channel.isOpen(); i++) {
            send(i == 0 ? "GET / HTTP/1.1\r\n" : "X-" + i + ": a\r\n");
            pass(seconds(1));
        }
        assertThat(sent()).startsWith("HTTP/1.1 408 ").contains("\"code\":\"request_timeout\"", "Connection: close");
        pass(seconds(4));
        assertThat(channel.isOpen()).isFalse();
        assertThat(passed).isEmpty();
    }

    @Test
    void halfABodyIsAnsweredInTheWordsOfItsPath() {
        send(HEAD + "X-Request-Id: my-id\r\nContent-Length: 1000000\r\n\r\n{");
        pass(seconds(29));
        assertThat(sent()).isEmpty();
        pass(seconds(3));
        assertThat(sent())
                .startsWith("HTTP/1.1 408 ")
                .contains("\"type\":\"error\"", "\"request_id\":\"my-id\"", "request_timeout");
        pass(seconds(4));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatDripsIsEndedThoughSomeOfItKeepsComing() {
        send(HEAD + "Content-Length: 1000000\r\n\r\n{");
        int alive = 0;
        while (alive < 60 && channel.isOpen()) {
            send(" ");
            pass(seconds(1));
            alive++;
        }
        assertThat(alive).isBetween(29, 40);
        assertThat(sent()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void aSlowUploadThatGoesOnIsLetThrough() {
        send(HEAD + "Content-Length: 500000\r\n\r\n");
        for (int i = 0; i < 100; i++) { // 5 kB/s for 100 s
            send("x".repeat(5_000));
            pass(seconds(1));
        }
        assertThat(passed.get(passed.size() - 1)).isInstanceOf(LastHttpContent.class);
        assertThat(channel.isOpen()).isTrue();
        answer();
        assertThat(sent()).startsWith("HTTP/1.1 200 ").doesNotContain("408");
    }

    @Test
    void neitherAWaitingCallNorAStreamIsTimed() {
        send(HEAD + "Content-Length: 2\r\n\r\n{}");
        pass(seconds(600));
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        pass(seconds(600));
        channel.writeOutbound(new DefaultHttpContent(Unpooled.copiedBuffer("a", StandardCharsets.US_ASCII)));
        pass(seconds(600));
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        pass(seconds(70));
        assertThat(channel.isOpen()).isTrue();
        pass(seconds(10));
        assertThat(channel.isOpen()).as("no next request").isFalse();
    }

    @Test
    void aRequestBehindAWaitingCallIsNotTimedWhileItWaits() {
        send(HEAD + "Content-Length: 2\r\n\r\n{}" + HEAD + "Content-Length: 2\r\n\r\n{");
        pass(seconds(300));
        assertThat(channel.isOpen()).isTrue();
        answer();
        pass(seconds(29));
        send("}");
        answer();
        assertThat(sent()).doesNotContain("408");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theNextHeadOfAConnectionIsTimedFromItsFirstByte() {
        send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        answer();
        sent();
        pass(seconds(60));
        send("GET / HT");
        pass(seconds(9));
        assertThat(sent()).isEmpty();
        pass(seconds(2));
        assertThat(sent()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void whatIsMalformedBehindAWaitingCallDoesNotSpoilItsAnswer() {
        send(HEAD + "Content-Length: 2\r\n\r\n{}" + "nonsense\r\n\r\n");
        assertThat(sent()).isEmpty();
        answer();
        assertThat(sent().split("HTTP/1.1 ")).hasSize(3).satisfies(parts -> {
            assertThat(parts[1]).startsWith("200");
            assertThat(parts[2]).startsWith("400");
        });
        pass(seconds(8));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aRequestThatIsAnsweredBeforeItsBodyIsReadEndsItsConnection() {
        send(HEAD + "Content-Length: 1000000\r\n\r\n{");
        answer();
        int before = passed.size();
        send(" ".repeat(5_000) + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(passed).as("the rest is dropped").hasSize(before);
        pass(seconds(8));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anAnswerThatAnnouncesTheEndOfItsConnectionEndsIt() {
        send(HEAD + "Content-Length: 2\r\n\r\n{}");
        DefaultFullHttpResponse last = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        last.headers().set("Connection", "close");
        channel.writeOutbound(last);
        int before = passed.size();
        send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(passed).hasSize(before);
        pass(seconds(8));
        assertThat(channel.isOpen()).isFalse();
    }
}
