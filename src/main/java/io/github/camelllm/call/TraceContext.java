package io.github.camelllm.call;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trace a call belongs to, by W3C Trace Context (level 1).
 *
 * @param traceId 32 hexadecimal digits, not all zero
 * @param spanId the span of this call in the gateway: 16 hexadecimal digits, not all zero
 * @param parentId the caller's span; null when the trace begins here
 * @param flags {@code 01} when the caller may have recorded its part of the trace, else {@code 00}
 */
public record TraceContext(String traceId, String spanId, String parentId, String flags) {

    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final String NO_TRACE = "0".repeat(32);
    private static final String NO_SPAN = "0".repeat(16);

    /** Joins the caller's trace if its {@code traceparent} is valid, else begins one. */
    static TraceContext acceptOrMake(String traceparent) {
        if (traceparent != null) {
            Matcher matcher = TRACEPARENT.matcher(traceparent);
            boolean extraInVersion0 = matcher.matches() && matcher.group(1).equals("00") && matcher.group(5) != null;
            if (matcher.matches()
                    && !extraInVersion0
                    && !matcher.group(2).equals(NO_TRACE)
                    && !matcher.group(3).equals(NO_SPAN)) {
                return new TraceContext(matcher.group(2), newSpanId(), matcher.group(3), known(matcher.group(4)));
            }
        }
        return new TraceContext(newSpanId() + newSpanId(), newSpanId(), null, "00");
    }

    /** Section 3.2.2.5.2: flags that this version does not know are not passed on. */
    private static String known(String flags) {
        return (Integer.parseInt(flags, 16) & 1) == 1 ? "01" : "00";
    }

    /** The {@code traceparent} to send on: the same trace, this call's span as the parent. */
    public String traceparent() {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }

    private static String newSpanId() {
        long value = ThreadLocalRandom.current().nextLong();
        return CallIds.hex(value == 0 ? 1 : value);
    }
}
