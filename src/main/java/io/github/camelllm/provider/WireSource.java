package io.github.camelllm.provider;

import io.github.camelllm.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.core5.http.io.EofSensorInputStream;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A provider's response that has begun: its status, the few headers that matter, and its body still on the wire. */
final class WireSource {

    private static final Logger LOG = LoggerFactory.getLogger(WireSource.class);
    private static final Timeout FORMAL_END = Timeout.ofSeconds(2);
    private static final Timeout LAST_BYTES = Timeout.ofMilliseconds(100);
    private static final int LAST_READS = 3;

    /** As many bytes as tell a line of an event from anything else. */
    private static final int MOST_SEEN = 6;

    private static final Pattern EVENT = Pattern.compile(":|data[:\r\n]|event:|id:|retry:");
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

    private final InFlight inFlight;
    private final InputStream body;
    private final PushbackInputStream in;
    private final int status;
    private final String contentType;
    private final Message response;

    /** From here on the connection serves others and must not be touched. */
    private volatile boolean ended;

    WireSource(Message response, InFlight inFlight) {
        this.inFlight = inFlight;
        this.status = response.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        this.contentType = response.getHeader(Exchange.CONTENT_TYPE, "", String.class);
        this.response = response;
        InputStream stream = response.getBody(InputStream.class);
        this.body = stream == null ? InputStream.nullInputStream() : stream;
        this.in = new PushbackInputStream(new UntilEnd(body), MOST_SEEN);
    }

    int status() {
        return status;
    }

    /** As sent; empty when it was not. */
    String contentType() {
        return contentType;
    }

    /** A header as sent, as long as the message keeps it; null when it was not. */
    String header(String name) {
        return response.getHeader(name, String.class);
    }

    /** What a body is by its first bytes; its content type counts where they are no JSON. */
    enum Form {
        EVENTS,
        JSON,
        OTHER
    }

    /**
     * Looks at the first bytes of the body, waiting for them; line ends before them are taken away, which say nothing in
     * either form. Servers send events as {@code text/plain}, and answer a wish for a stream by an object.
     */
    Form form() throws IOException {
        boolean declared = contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
        int first = in.read();
        while (isBlank(first) || BYTE_ORDER_MARK.indexOf(first) >= 0) {
            first = in.read();
        }
        if (first < 0) {
            return declared ? Form.EVENTS : Form.OTHER;
        }
        byte[] seen = new byte[MOST_SEEN];
        seen[0] = (byte) first;
        int length = 1;
        if (first != '{' && first != '[' && !declared) {
            length += in.readNBytes(seen, 1, MOST_SEEN - 1);
        }
        in.unread(seen, 0, length);
        if (first == '{' || first == '[') {
            return Form.JSON;
        }
        return declared
                        || EVENT.matcher(new String(seen, 0, length, StandardCharsets.US_ASCII))
                                .lookingAt()
                ? Form.EVENTS
                : Form.OTHER;
    }

    private static boolean isBlank(int read) {
        return read == '\n' || read == '\r' || read == ' ' || read == '\t';
    }

    InputStream stream() {
        return in;
    }

    /** The answer's content has begun. */
    void contentCame() {
        inFlight.contentCame();
    }

    /** The problem behind an exception of reading. */
    Problem problem(String model, Exception e) {
        return inFlight.ranOut(model, e).orElseGet(() -> Refusals.ofReading(model, e));
    }

    /**
     * Reads the body to its end.
     *
     * @throws IOException when it ends early, or is larger than {@code max} bytes
     */
    byte[] readAll(int max) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (out.size() + (long) read > max) {
                throw new TooLargeException("an answer of more than " + max + " bytes");
            }
            out.write(buffer, 0, read);
        }
        inFlight.done();
        return out.toByteArray();
    }

    /** Reads about as much of the body as that; what has been read counts, should reading fail. */
    byte[] readSome(int max) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        try {
            for (int read = 0; read >= 0 && out.size() < max; read = in.read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            LOG.debug("an error answer broke off", e);
        }
        if (ended) {
            inFlight.done();
        } else {
            abort();
        }
        return out.toByteArray();
    }

    /** Closes the connection at once: reading the stream to its end would keep the provider at work. */
    void abort() {
        inFlight.done();
        if (ended) {
            return;
        }
        inFlight.cancel();
        if (body instanceof EofSensorInputStream eof) {
            try {
                eof.abort();
            } catch (IOException e) {
                LOG.trace("the connection was gone already", e);
            }
        }
    }

    /** Waits no longer than a moment for what may still come: the answer is whole, only its formal end is missing. */
    void hurry() {
        HttpClientConnection connection = inFlight.connection();
        if (connection != null && !ended) {
            connection.setSocketTimeout(FORMAL_END);
        }
    }

    /**
     * Takes the last bytes behind a stream's final event, so that its connection can serve again; gives it up if they do
     * not come at once. To be called by the thread that reads.
     */
    void finish() {
        inFlight.done();
        HttpClientConnection connection = inFlight.connection();
        try {
            byte[] rest = new byte[64];
            for (int i = 0; i < LAST_READS && !ended && connection != null; i++) {
                connection.setSocketTimeout(LAST_BYTES);
                if (!isBlank(rest, in.read(rest))) {
                    break;
                }
            }
        } catch (IOException e) {
            LOG.trace("the connection is of no further use", e);
        }
        abort();
    }

    private static boolean isBlank(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] != '\n' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private final class UntilEnd extends FilterInputStream {
        UntilEnd(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            ended |= read < 0;
            return read;
        }
    }
}
