package io.github.camelllm.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the fake upstream does in answer to one request, well-behaved or not. Immutable: every method that changes something
 * returns another reply.
 *
 * <p>Positions count bytes of the body, before transfer coding.
 */
public final class Reply {

    private enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        NONE
    }

    private final int status;
    private final Framing framing;
    private final List<Header> headers;
    private final List<Act> before;
    private final List<Act> body;
    private final Act end;

    private Reply(int status, Framing framing, List<Header> headers, List<Act> before, List<Act> body, Act end) {
        this.status = status;
        this.framing = framing;
        this.headers = List.copyOf(headers);
        this.before = List.copyOf(before);
        this.body = List.copyOf(body);
        this.end = end;
    }

    /** A JSON body with its length. */
    public static Reply json(int status, String json) {
        return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** Any body with its length; a null type sends no {@code Content-Type}. */
    public static Reply of(int status, String contentType, byte[] body) {
        List<Header> headers = contentType == null ? List.of() : List.of(new Header("Content-Type", contentType));
        List<Act> acts = body.length == 0 ? List.of() : List.of(new Act.Write(body, 0));
        return new Reply(status, Framing.LENGTH, headers, List.of(), acts, null);
    }

    /** An error as OpenAI words it, of the type and code that belong to the status. */
    public static Reply error(int status) {
        return json(status, OpenAiWire.errorBody(status, "upstream says " + status));
    }

    /** An error page of a proxy that speaks no JSON. */
    public static Reply html(int status) {
        String page =
                "<html><head><title>" + status + "</title></head><body>nginx internal host 10.0.0.7</body></html>";
        return of(status, "text/html", page.getBytes(StandardCharsets.UTF_8));
    }

    /** A stream of server-sent events, in chunks. */
    public static Reply sse(Sse events) {
        return new Reply(
                200,
                Framing.CHUNKED,
                List.of(new Header("Content-Type", "text/event-stream; charset=utf-8")),
                List.of(),
                events.acts(),
                events.end());
    }

    /** Ends the connection without a word. */
    public static Reply hangUp(Cut cut) {
        return new Reply(0, Framing.NONE, List.of(), List.of(), List.of(), new Act.Close(cut));
    }

    /** Takes the request and never says anything. */
    public static Reply silence() {
        return new Reply(0, Framing.NONE, List.of(), List.of(), List.of(), new Act.Stall());
    }

    /** These bytes instead of an HTTP response; then the connection ends. */
    public static Reply raw(String bytes) {
        Act write = new Act.Write(bytes.getBytes(StandardCharsets.ISO_8859_1), 0);
        return new Reply(0, Framing.NONE, List.of(), List.of(), List.of(write), new Act.Close(Cut.FIN));
    }

    /** Adds a header line. */
    public Reply header(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Reply(status, framing, more, before, body, end);
    }

    /** Waits before the status line. */
    public Reply headersAfter(Duration delay) {
        return before(new Act.Pause(delay));
    }

    /** Waits at a gate before the status line. */
    public Reply headersAfter(Gate gate) {
        return before(new Act.Await(gate));
    }

    private Reply before(Act act) {
        List<Act> more = new ArrayList<>(before);
        more.add(act);
        return new Reply(status, framing, headers, more, body, end);
    }

    /** Sends the body in chunks, without its length. */
    public Reply chunked() {
        return new Reply(status, Framing.CHUNKED, headers, before, body, end);
    }

    /** Sends the body without its length or chunks: the end of the connection ends it. */
    public Reply untilClose() {
        Act close = end == null ? new Act.Close(Cut.FIN) : end;
        return new Reply(status, Framing.UNTIL_CLOSE, headers, before, body, close);
    }

    /** Sends the body in pieces of that many bytes, with a pause between two. */
    public Reply pieces(int bytes, Duration pause) {
        return with(Bodies.pieces(body, bytes, pause), end);
    }

    /** Ends the connection after that many bytes of the body; the head still promises all of them. */
    public Reply cutAfterBytes(int bytes, Cut cut) {
        return with(Bodies.head(body, bytes), new Act.Close(cut));
    }

    /** Stops for ever after that many bytes of the body. */
    public Reply stallAfterBytes(int bytes) {
        return with(Bodies.head(body, bytes), new Act.Stall());
    }

    private Reply with(List<Act> newBody, Act newEnd) {
        return new Reply(status, framing, promised(), before, newBody, newEnd);
    }

    /** The headers, and the length of the whole body if the head is to tell that. */
    private List<Header> promised() {
        if (framing != Framing.LENGTH || headers.stream().anyMatch(h -> h.name().equals("Content-Length"))) {
            return headers;
        }
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header("Content-Length", String.valueOf(Bodies.length(body))));
        return more;
    }

    /** All that is done on the wire, in order. */
    List<Act> acts(boolean clientWantsClose) {
        List<Act> acts = new ArrayList<>(before);
        if (framing != Framing.NONE) {
            acts.add(new Act.Write(head(clientWantsClose), 0));
        }
        for (Act act : body) {
            boolean frame = framing == Framing.CHUNKED && act instanceof Act.Write;
            acts.add(frame ? chunk((Act.Write) act) : act);
        }
        if (end != null) {
            acts.add(end);
        } else {
            if (framing == Framing.CHUNKED) {
                acts.add(new Act.Write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0));
            }
            if (clientWantsClose) {
                acts.add(new Act.Close(Cut.FIN));
            }
        }
        return acts;
    }

    private byte[] head(boolean close) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        for (Header header : promised()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        if (framing == Framing.CHUNKED) {
            head.append("Transfer-Encoding: chunked\r\n");
        }
        if (close || framing == Framing.UNTIL_CLOSE) {
            head.append("Connection: close\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Act chunk(Act.Write write) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        framed.writeBytes((Integer.toHexString(write.bytes().length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        framed.writeBytes(write.bytes());
        framed.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return new Act.Write(framed.toByteArray(), write.events());
    }

    private static String reason(int status) {
        return status < 300 ? "OK" : "Status " + status;
    }
}
