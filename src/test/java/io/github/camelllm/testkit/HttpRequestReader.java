package io.github.camelllm.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads HTTP/1.1 requests off a connection and loses nothing of them: order, case and doubles of headers included. */
final class HttpRequestReader {

    private final InputStream in;
    private final OutputStream out;

    /** Reads from one side; the other is only for {@code 100 Continue}. */
    HttpRequestReader(InputStream in, OutputStream out) {
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /**
     * The next request.
     *
     * @return null when the client ends the connection in order between two requests
     * @throws EOFException when it ends it within one
     * @throws IOException when it resets it, or sends something that is no HTTP/1.1
     */
    Received read(int connection) throws IOException {
        String start = line();
        if (start == null) {
            return null;
        }
        long arrived = System.nanoTime();
        String[] parts = start.split(" ", 3);
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            throw new IOException("not a request line: " + start);
        }
        List<Header> headers = headers();
        if ("100-continue".equalsIgnoreCase(first(headers, "Expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        return new Received(connection, arrived, parts[0], parts[1], headers, body(headers));
    }

    private byte[] body(List<Header> headers) throws IOException {
        String coding = first(headers, "Transfer-Encoding");
        if (coding != null) {
            if (!coding.equalsIgnoreCase("chunked")) {
                throw new IOException("transfer coding " + coding);
            }
            return chunked();
        }
        String length = first(headers, "Content-Length");
        return length == null ? new byte[0] : exactly(Integer.parseInt(length));
    }

    private byte[] chunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(needed(line()).split(";")[0].strip(), 16);
            if (size == 0) {
                headers();
                return body.toByteArray();
            }
            body.writeBytes(exactly(size));
            needed(line());
        }
    }

    private List<Header> headers() throws IOException {
        List<Header> headers = new ArrayList<>();
        for (String line = needed(line()); !line.isEmpty(); line = needed(line())) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("not a header: " + line);
            }
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return headers;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the body ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("the connection ended within a line");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static String needed(String line) throws EOFException {
        if (line == null) {
            throw new EOFException("the connection ended within a request");
        }
        return line;
    }

    private static String first(List<Header> headers, String name) {
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                return header.value();
            }
        }
        return null;
    }
}
