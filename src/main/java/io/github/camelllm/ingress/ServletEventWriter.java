package io.github.camelllm.ingress;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * The way back to the client of a servlet container. Writing waits while the client reads slowly, by the container's own timeout; that
 * a client has left is seen when something is written to it.
 */
final class ServletEventWriter implements EventWriter {

    private static final byte[] LINE_ENDS = {'\n', '\n'};

    private final HttpServletResponse response;
    private Runnable onGone = () -> {};
    private volatile boolean gone;
    private OutputStream out;

    ServletEventWriter(HttpServletResponse response) {
        this.response = response;
    }

    @Override
    public void onGone(Runnable action) {
        onGone = action;
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public void send(int status, Map<String, String> headers, byte[] body) {
        response.setStatus(status);
        headers.forEach(response::setHeader);
        response.setContentLength(body.length);
        write(body);
    }

    @Override
    public void begin(int status, Map<String, String> headers) {
        response.setStatus(status);
        headers.forEach(response::setHeader);
    }

    @Override
    public void event(byte[] prefix, byte[] data) {
        write(prefix, data, LINE_ENDS);
    }

    private void write(byte[]... parts) {
        if (gone) {
            throw new CancellationException("the client has left");
        }
        try {
            if (out == null) {
                out = response.getOutputStream();
            }
            for (byte[] part : parts) {
                out.write(part);
            }
            response.flushBuffer();
        } catch (IOException e) {
            gone = true;
            onGone.run();
            CancellationException left = new CancellationException("the client has left");
            left.initCause(e);
            throw left;
        }
    }

    @Override
    public void end() {
        // the container ends it
    }

    /** The container ends the response when the consumer returns; a stream that has broken off has no {@code [DONE]}. */
    @Override
    public void close() {
        // nothing is held
    }
}
