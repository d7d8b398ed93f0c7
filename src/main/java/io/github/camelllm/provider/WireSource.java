package io.github.camelllm.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
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

    private final InFlight inFlight;
    private final InputStream in;
    private final int status;
    private final String contentType;
    private final String retryAfter;

    WireSource(Message response, InFlight inFlight) {
        this.inFlight = inFlight;
        this.status = response.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        this.contentType = response.getHeader(Exchange.CONTENT_TYPE, "", String.class);
        this.retryAfter = response.getHeader("Retry-After", String.class);
        InputStream body = response.getBody(InputStream.class);
        this.in = body == null ? InputStream.nullInputStream() : body;
    }

    int status() {
        return status;
    }

    /** As sent; empty when it was not. */
    String contentType() {
        return contentType;
    }

    /** As sent; null when it was not. */
    String retryAfter() {
        return retryAfter;
    }

    boolean isEventStream() {
        return contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    InputStream stream() {
        return in;
    }

    /** Whether the whole took longer than it may. */
    boolean timedOut() {
        return inFlight.timedOut();
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
                throw new IOException("an answer of more than " + max + " bytes");
            }
            out.write(buffer, 0, read);
        }
        inFlight.done();
        return out.toByteArray();
    }

    /** Closes the connection at once: reading the stream to its end would keep the provider at work. */
    void abort() {
        inFlight.done();
        inFlight.cancel();
        if (in instanceof EofSensorInputStream eof) {
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
        if (connection != null) {
            connection.setSocketTimeout(FORMAL_END);
        }
    }

    /**
     * Takes the last bytes behind a stream's final event, so that its connection can serve again; gives it up if they do
     * not come at once.
     */
    void finish() {
        inFlight.done();
        HttpClientConnection connection = inFlight.connection();
        try {
            if (connection != null) {
                connection.setSocketTimeout(LAST_BYTES);
                byte[] rest = new byte[64];
                int read = in.read(rest);
                while (read >= 0 && isBlank(rest, read)) {
                    read = in.read(rest);
                }
                if (read < 0) {
                    return;
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
}
