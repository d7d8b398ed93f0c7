package io.github.camelllm.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One streamed answer of the mock upstream. Each content event carries a {@link Mark}; so paced, event k leaves at k gaps. */
final class MockStream {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
            + "Cache-Control: no-cache\r\nx-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String EVENT =
            "{\"id\":\"chatcmpl-BenchBenchBenchBenchBench\",\"object\":\"chat.completion.chunk\","
                    + "\"created\":1760000000,\"model\":\"bench-model-2026-01-01\",\"system_fingerprint\":\"fp_bench\",\"choices\":";
    private static final String USAGE =
            "[],\"usage\":{\"prompt_tokens\":438,\"completion_tokens\":37,\"total_tokens\":475}}";

    private final ChannelHandlerContext context;
    private final Script script;
    private final boolean usage;
    private final MockGauge gauge;
    private final long started = System.nanoTime();
    private int sent;

    MockStream(ChannelHandlerContext context, Script script, boolean usage, MockGauge gauge) {
        this.context = context;
        this.script = script;
        this.usage = usage;
        this.gauge = gauge;
    }

    void start() {
        ByteBuf out = context.alloc().directBuffer();
        ascii(out, HEAD);
        next(out);
    }

    private void tick() {
        if (context.channel().isActive()) {
            next(context.alloc().directBuffer(512));
        } else {
            gauge.end();
        }
    }

    private void next(ByteBuf out) {
        do {
            content(out);
        } while (script.gapMillis() == 0 && sent < script.events());
        if (sent == script.events()) {
            end(out);
            gauge.end();
        } else {
            long due = started + TimeUnit.MILLISECONDS.toNanos((long) sent * script.gapMillis());
            context.executor().schedule(this::tick, due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        context.writeAndFlush(out);
    }

    private void content(ByteBuf out) {
        String role = sent == 0 ? "\"role\":\"assistant\"," : "";
        chunk(
                out,
                EVENT + "[{\"index\":0,\"delta\":{" + role + "\"content\":\" token " + Mark.now(sent)
                        + "\"},\"logprobs\":null,\"finish_reason\":null}]" + (usage ? ",\"usage\":null}" : "}"));
        sent++;
    }

    private void end(ByteBuf out) {
        chunk(out, EVENT + "[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}");
        if (usage) {
            chunk(out, EVENT + USAGE);
        }
        chunk(out, "[DONE]");
        ascii(out, "0\r\n\r\n");
    }

    private static void chunk(ByteBuf out, String data) {
        ascii(out, Integer.toHexString(data.length() + 8));
        ascii(out, "\r\ndata: ");
        ascii(out, data);
        ascii(out, "\n\n\r\n");
    }

    private static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }
}
