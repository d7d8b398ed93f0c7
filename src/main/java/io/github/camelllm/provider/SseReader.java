package io.github.camelllm.provider;

import io.github.camelllm.call.Json;
import io.github.camelllm.call.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * Reads server-sent events off a byte stream, as the WHATWG's HTML standard (section 9.2.6) has them: lines end with
 * LF, CR or CRLF, comments and unknown fields are skipped, several {@code data} lines make one event.
 *
 * <p>Works on bytes, so an event may be cut anywhere, even inside a character. A blank line ends an event. Two things are
 * other than in a browser: an event whose data is blank is none, since no provider says anything by it; and the last event
 * counts without its blank line if its data is whole, a JSON object or array or {@code [DONE]}.
 */
final class SseReader {

    private static final int BUFFER = 8192;
    private static final int MAX_DONE = 64;

    private final InputStream in;
    private final int maxEventBytes;
    private final long idleNanos;
    private final Ticker ticker;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private boolean skipLineFeed;
    private final Line line = new Line();
    private final ByteArrayOutputStream event = new ByteArrayOutputStream();
    private boolean firstLine = true;

    /**
     * @param in the stream; not closed here
     * @param maxEventBytes the largest event accepted, in bytes
     * @param idleNanos the longest wait for an event while comments or blank lines keep the connection busy; complete
     *     silence is the stream's own affair
     * @param ticker the clock that {@code idleNanos} is measured with
     */
    SseReader(InputStream in, int maxEventBytes, long idleNanos, Ticker ticker) {
        this.in = in;
        this.maxEventBytes = maxEventBytes;
        this.idleNanos = idleNanos;
        this.ticker = ticker;
    }

    /**
     * The data of the next event that has any but blanks, waiting for it. Where data spans lines they are joined by a space, which
     * JSON reads like the line break that it was.
     *
     * @return null at the end of the stream
     * @throws IOException when reading fails, or an event is larger than allowed
     */
    byte[] next() throws IOException {
        event.reset();
        boolean hasData = false;
        boolean blank = true;
        long waitingSince = ticker.nanos();
        while (readLine()) {
            if (line.isData()) {
                if (hasData) {
                    event.write(' ');
                }
                blank &= line.writeValueTo(event);
                bound(event.size());
                hasData = true;
            } else if (line.size() == 0 && !blank) {
                return event.toByteArray();
            } else if (ticker.nanos() - waitingSince > idleNanos) {
                throw new SocketTimeoutException("no event for " + idleNanos / 1_000_000 + " ms");
            } else if (line.size() == 0) {
                event.reset();
                hasData = false;
            }
        }
        byte[] last = event.toByteArray();
        return !blank && isWhole(last) ? last : null;
    }

    private static boolean isWhole(byte[] data) {
        try {
            return isDone(data) || Json.read(data).isContainerNode();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether data is OpenAI's {@code [DONE]}, with or without blanks around it. */
    static boolean isDone(byte[] data) {
        return data.length < MAX_DONE
                && new String(data, StandardCharsets.US_ASCII).strip().equals("[DONE]");
    }

    private boolean readLine() throws IOException {
        line.reset();
        while (true) {
            if (position == limit && !fill()) {
                dropByteOrderMark();
                return line.size() > 0;
            }
            if (skipLineFeed) {
                skipLineFeed = false;
                if (buffer[position] == '\n') {
                    position++;
                    continue;
                }
            }
            int end = position;
            while (end < limit && buffer[end] != '\n' && buffer[end] != '\r') {
                end++;
            }
            bound((long) line.size() + end - position);
            line.write(buffer, position, end - position);
            position = end;
            if (end < limit) {
                skipLineFeed = buffer[end] == '\r';
                position++;
                dropByteOrderMark();
                return true;
            }
        }
    }

    private void dropByteOrderMark() {
        if (firstLine) {
            firstLine = false;
            line.dropByteOrderMark();
        }
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer, 0, BUFFER);
        position = 0;
        limit = Math.max(read, 0);
        return read > 0;
    }

    private void bound(long size) throws IOException {
        if (size > maxEventBytes) {
            throw new TooLargeException("an event of more than " + maxEventBytes + " bytes");
        }
    }

    /** One line; its field's value starts after the colon and one optional space. */
    private static final class Line extends ByteArrayOutputStream {
        private static final int FIELD = "data".length();

        boolean isData() {
            return count >= FIELD
                    && buf[0] == 'd'
                    && buf[1] == 'a'
                    && buf[2] == 't'
                    && buf[3] == 'a'
                    && (count == FIELD || buf[FIELD] == ':');
        }

        /** Says whether there was nothing but blanks. */
        boolean writeValueTo(ByteArrayOutputStream out) {
            int start = Math.min(count, FIELD + 1);
            if (start < count && buf[start] == ' ') {
                start++;
            }
            out.write(buf, start, count - start);
            while (start < count && (buf[start] == ' ' || buf[start] == '\t')) {
                start++;
            }
            return start == count;
        }

        void dropByteOrderMark() {
            if (count >= 3 && buf[0] == (byte) 0xef && buf[1] == (byte) 0xbb && buf[2] == (byte) 0xbf) {
                count -= 3;
                System.arraycopy(buf, 3, buf, 0, count);
            }
        }
    }
}
