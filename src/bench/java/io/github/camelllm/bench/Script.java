package io.github.camelllm.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the mock upstream is to answer one request. The request's prompt says it, as {@code [[delay=20]]} or {@code
 * [[events=50;gap=20]]}: a prompt reaches the upstream through every proxy, whatever names its models have there.
 *
 * @param delayMillis the wait before anything is answered
 * @param events how many content events to stream; 0 for a whole answer
 * @param gapMillis the time between two events; 0 sends all of them in one write
 */
record Script(int delayMillis, int events, int gapMillis) {

    static final Script INSTANT = new Script(0, 0, 0);

    private static final int SEARCHED_BYTES = 1024;
    private static final Map<String, Script> PARSED = new ConcurrentHashMap<>();

    static Script delay(int millis) {
        return new Script(millis, 0, 0);
    }

    static Script stream(int events, int gapMillis) {
        return new Script(0, events, gapMillis);
    }

    /** The script in the first kilobyte of a request body; {@link #INSTANT} where there is none. */
    static Script in(ByteBuf body) {
        int end = body.readerIndex() + Math.min(body.readableBytes(), SEARCHED_BYTES);
        int open = body.indexOf(body.readerIndex(), end, (byte) '[');
        while (open >= 0 && open + 1 < end && body.getByte(open + 1) != '[') {
            open = body.indexOf(open + 1, end, (byte) '[');
        }
        int close = open < 0 ? -1 : body.indexOf(open, end, (byte) ']');
        if (close < 0) {
            return INSTANT;
        }
        String text = body.toString(open + 2, close - open - 2, StandardCharsets.US_ASCII);
        return PARSED.computeIfAbsent(text, Script::parse);
    }

    /** The script as it stands in a prompt. */
    String directive() {
        return "[[delay=" + delayMillis + ";events=" + events + ";gap=" + gapMillis + "]]";
    }

    private static Script parse(String text) {
        int delay = 0;
        int events = 0;
        int gap = 0;
        for (String part : text.split(";")) {
            String[] pair = part.split("=", 2);
            int value = Integer.parseInt(pair[1]);
            switch (pair[0]) {
                case "delay" -> delay = value;
                case "events" -> events = value;
                case "gap" -> gap = value;
                default -> throw new IllegalArgumentException("Unknown word in script: " + text);
            }
        }
        return new Script(delay, events, gap);
    }
}
