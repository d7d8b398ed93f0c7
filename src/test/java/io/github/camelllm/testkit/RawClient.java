package io.github.camelllm.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to an HTTP server, on which a test sends exactly the bytes it means to, reads as slowly as it likes, and
 * leaves when it pleases. Reading waits 20 s at most, then throws. For one thread.
 */
public final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private InputStream body;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1024);
    }

    /** Connects to a port of the loopback interface. */
    public static RawClient connect(int port) throws IOException {
        return connect(port, 0);
    }

    /** Connects with a receive buffer of about that many bytes, so that not reading is felt soon; 0 for the usual. */
    public static RawClient connect(int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        return new RawClient(socket);
    }

    /** One request on a connection of its own, and its whole response. */
    public static RawResponse exchange(int port, String method, String target, byte[] body, String... headerLines)
            throws IOException {
        try (RawClient client = connect(port)) {
            return client.request(method, target, body, headerLines).response();
        }
    }

    /** Posts JSON, and returns the whole response. */
    public static RawResponse post(int port, String target, String json, String... headerLines) throws IOException {
        try (RawClient client = connect(port)) {
            return client.postJson(target, json, headerLines).response();
        }
    }

    /** Sends these bytes. */
    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends this text, a byte a character. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Posts JSON as UTF-8. */
    public RawClient postJson(String target, String json, String... headerLines) throws IOException {
        String[] lines = new String[headerLines.length + 1];
        lines[0] = "Content-Type: application/json";
        System.arraycopy(headerLines, 0, lines, 1, headerLines.length);
        return request("POST", target, json.getBytes(StandardCharsets.UTF_8), lines);
    }

    /**
     * Sends a request that ends the connection.
     *
     * @param target as it is to stand in the request line
     * @param requestBody its length is sent with it; null sends neither
     * @param headerLines as they are to stand in the head
     */
    public RawClient request(String method, String target, byte[] requestBody, String... headerLines)
            throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String line : headerLines) {
            head.append(line).append("\r\n");
        }
        if (requestBody != null) {
            head.append("Content-Length: ").append(requestBody.length).append("\r\n");
        }
        head.append("Connection: close\r\n\r\n");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(requestBody == null ? new byte[0] : requestBody);
        return send(all.toByteArray());
    }

    /** Reads the response to its end. */
    public RawResponse response() throws IOException {
        RawResponse head = head();
        return new RawResponse(head.status(), head.headers(), body.readAllBytes());
    }

    /** Reads the response's head; what follows is for {@link #event} and {@link #readBody}. Passes over interim ones. */
    public RawResponse head() throws IOException {
        RawResponse head = interimOrFinalHead();
        while (head.status() < 200) {
            head = interimOrFinalHead();
        }
        body = bodyOf(head);
        return head;
    }

    /** Reads the next head, were it only {@code 100 Continue}, and none of its body. */
    public RawResponse interimOrFinalHead() throws IOException {
        String start = line(in);
        if (start == null || !start.startsWith("HTTP/1.1 ")) {
            throw new EOFException("no response but " + start);
        }
        List<Header> headers = new ArrayList<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new RawResponse(Integer.parseInt(start.substring(9, 12)), List.copyOf(headers), new byte[0]);
    }

    private InputStream bodyOf(RawResponse head) throws IOException {
        if ("chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
            return new ChunkedBody(in);
        }
        String length = head.header("Content-Length");
        if (length == null) {
            return in;
        }
        byte[] bytes = in.readNBytes(Integer.parseInt(length));
        if (bytes.length < Integer.parseInt(length)) {
            throw new EOFException("the body ended after " + bytes.length + " of " + length + " bytes");
        }
        return new ByteArrayInputStream(bytes);
    }

    /**
     * The next server-sent event, its lines as they came, without the blank line that ends it.
     *
     * @return null when the response has ended in order
     * @throws EOFException when it has been cut off
     */
    public String event() throws IOException {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        int last = 0;
        for (int b = body.read(); b >= 0; b = body.read()) {
            if (b == '\n' && last == '\n') {
                String text = event.toString(StandardCharsets.UTF_8);
                return text.substring(0, text.length() - 1);
            }
            event.write(b);
            last = b;
        }
        if (event.size() > 0) {
            throw new EOFException("the stream ended within an event: " + event.toString(StandardCharsets.UTF_8));
        }
        return null;
    }

    /** All events until the response ends in order. */
    public List<String> events() throws IOException {
        List<String> events = new ArrayList<>();
        for (String event = event(); event != null; event = event()) {
            events.add(event);
        }
        return events;
    }

    /** Reads up to that many bytes of the body; -1 at its end. */
    public int readBody(byte[] buffer) throws IOException {
        return body.read(buffer);
    }

    /** How long a read may wait before it throws; for a test that expects silence. */
    public RawClient patience(Duration limit) throws IOException {
        socket.setSoTimeout((int) limit.toMillis());
        return this;
    }

    /** Leaves, in order or abruptly. */
    public void hangUp(Cut cut) throws IOException {
        if (cut == Cut.RST) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** A body in chunks; its end is told from its being cut off. */
    private static final class ChunkedBody extends InputStream {
        private final InputStream in;
        private int left;
        private boolean ended;

        ChunkedBody(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            if (left == 0 && !nextChunk()) {
                return -1;
            }
            int count = in.read(bytes, offset, Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the response was cut off within a chunk");
            }
            left -= count;
            if (left == 0) {
                line(in);
            }
            return count;
        }

        private boolean nextChunk() throws IOException {
            String size = line(in);
            if (size == null) {
                throw new EOFException("the response was cut off between two chunks");
            }
            left = Integer.parseInt(size.split(";")[0].strip(), 16);
            if (left == 0) {
                line(in);
                ended = true;
            }
            return !ended;
        }
    }
}
