package io.github.camelllm.bench;

import io.netty.buffer.ByteBuf;

/**
 * Reads one stream of server-sent events and checks that each content event that was sent came, once, in order, alone
 * in its event, and that the stream said that it was whole.
 */
final class StreamCheck {

    /** Events closer than this share of the time between their sending count as bunched. */
    private static final int BUNCHED_SHARE = 4;

    private final Script script;
    private final StreamStatistics statistics;
    private final StringBuilder event = new StringBuilder(512);
    private boolean done;
    private String error;
    private int expected;
    private long lastSent;
    private long lastRead;

    StreamCheck(Script script, StreamStatistics statistics) {
        this.script = script;
        this.statistics = statistics;
    }

    /** Takes the next bytes as they came from the network. */
    void read(ByteBuf bytes, long requestedNanos) {
        long nowNanos = System.nanoTime();
        long now = Mark.clock();
        while (bytes.isReadable()) {
            char c = (char) bytes.readByte();
            if (c == '\n' && event.length() > 0 && event.charAt(event.length() - 1) == '\n') {
                event(now, nowNanos - requestedNanos);
                event.setLength(0);
            } else if (c != '\r') {
                event.append(c);
            }
        }
    }

    /** What is wrong with the stream that has ended; null when nothing is. */
    String end() {
        statistics.lost += Math.max(script.events() - expected, 0);
        if (error != null) {
            return error;
        }
        if (!done) {
            return "stream ended without [DONE] after " + expected + " events";
        }
        return expected == script.events() ? null : "stream had " + expected + " of " + script.events() + " events";
    }

    private void event(long now, long sinceRequest) {
        int open = event.indexOf(Character.toString(Mark.BORDER));
        if (open < 0) {
            note();
            return;
        }
        if (expected == 0) {
            statistics.firstToken.add(sinceRequest);
        }
        boolean first = true;
        while (open >= 0) {
            int close = event.indexOf(Character.toString(Mark.BORDER), open + 1);
            mark(Mark.parse(event.substring(open + 1, close)), now);
            statistics.glued += first ? 0 : 1;
            first = false;
            open = event.indexOf(Character.toString(Mark.BORDER), close + 1);
        }
    }

    private void note() {
        if (event.indexOf("data: [DONE]") >= 0) {
            done = true;
        } else if (event.indexOf("\"error\"") >= 0) {
            error = event.toString();
        }
    }

    private void mark(Mark mark, long now) {
        statistics.lag.add(now - mark.sent());
        if (mark.sequence() == expected) {
            long sentApart = mark.sent() - lastSent;
            if (expected > 0 && script.gapMillis() > 0 && now - lastRead < sentApart / BUNCHED_SHARE) {
                statistics.bunched++;
            }
            expected++;
        } else if (mark.sequence() > expected) {
            statistics.lost += mark.sequence() - expected;
            expected = mark.sequence() + 1;
        } else {
            statistics.lost++;
        }
        lastSent = mark.sent();
        lastRead = now;
    }
}
