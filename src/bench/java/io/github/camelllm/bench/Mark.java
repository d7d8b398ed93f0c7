package io.github.camelllm.bench;

import java.time.Instant;

/**
 * The mark that each streamed token carries: {@code @sequence:sent@}, so that the driver sees what was lost, glued
 * together or late.
 *
 * @param sequence the number of the event in its stream, from 0
 * @param sent when the mock wrote it, in nanoseconds since 1970; both ends read the same machine's clock
 */
record Mark(int sequence, long sent) {

    static final char BORDER = '@';

    /** The mark of an event that is sent now. */
    static String now(int sequence) {
        return BORDER + Integer.toString(sequence) + ':' + clock() + BORDER;
    }

    /** What stands between two borders. */
    static Mark parse(String text) {
        int colon = text.indexOf(':');
        return new Mark(Integer.parseInt(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    /** Nanoseconds since 1970, in steps of a microsecond or less. */
    static long clock() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
