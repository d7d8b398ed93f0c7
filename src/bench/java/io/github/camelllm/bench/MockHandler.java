package io.github.camelllm.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One connection of the mock upstream. Answers are made beforehand, as bytes. */
final class MockHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    /** Where the benchmark asks for the most requests in flight since it asked last. */
    static final String GAUGE_PATH = "/bench/in-flight";

    private static final ByteBuf INCLUDE_USAGE = constant("\"include_usage\":true");
    private static final ByteBuf ANSWER = json(
            """
            {"id":"chatcmpl-BenchBenchBenchBenchBench","object":"chat.completion","created":1760000000,\
            "model":"bench-model-2026-01-01","choices":[{"index":0,"message":{"role":"assistant",\
            "content":"The committee met on Tuesday and agreed to move the deadline by two weeks. The budget stays as \
            it is; two open questions go to the next meeting.","refusal":null,"annotations":[]},"logprobs":null,\
            "finish_reason":"stop"}],"usage":{"prompt_tokens":438,"completion_tokens":37,"total_tokens":475,\
            "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":\
            {"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},\
            "service_tier":"default","system_fingerprint":"fp_bench"}""");

    private final MockGauge gauge;

    MockHandler(MockGauge gauge) {
        this.gauge = gauge;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.uri().equals(GAUGE_PATH)) {
            context.writeAndFlush(json("{\"most\":" + gauge.mostSinceLast() + "}"));
            return;
        }
        gauge.begin();
        Script script = Script.in(request.content());
        boolean usage = script.events() > 0 && ByteBufUtil.indexOf(INCLUDE_USAGE, request.content()) >= 0;
        if (script.delayMillis() == 0) {
            answer(context, script, usage);
        } else {
            context.executor()
                    .schedule(() -> answer(context, script, usage), script.delayMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void answer(ChannelHandlerContext context, Script script, boolean usage) {
        if (script.events() > 0) {
            new MockStream(context, script, usage, gauge).start();
        } else {
            gauge.end();
            context.writeAndFlush(ANSWER.duplicate());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // the peer is gone
    }

    private static ByteBuf json(String body) {
        return constant("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\nx-request-id: req_bench\r\nopenai-processing-ms: 1\r\nopenai-version: 2020-10-01\r\n\r\n"
                + body);
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII)))
                .asReadOnly();
    }
}
