package io.github.camelllm.acceptance;

import io.github.camelllm.acceptance.Fault.Then;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The faults before the client has seen anything, one a row; {@code docs/faults.md} shows them, {@link FaultsIT} tries them. */
final class FaultTable {

    /** The pieces of every whole answer. */
    static final String[] WORDS = {"one ", "two ", "three ", "four"};

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String COMMENTS = ": ping\n\n".repeat(60);

    static final List<Fault> ROWS = List.of(
            // the connection
            Fault.of("connection refused", "connect_refused", null).at("refused"),
            Fault.of("FIN instead of an answer", "reset", (d, s) -> Reply.hangUp(Cut.FIN)),
            Fault.of("RST instead of an answer", "reset", (d, s) -> Reply.hangUp(Cut.RST)),
            Fault.of("no HTTP", "reset", (d, s) -> Reply.raw("SSH-2.0-OpenSSH_9.9\r\n\r\n")),
            Fault.of("silence", "first_byte_timeout", (d, s) -> Reply.silence())
                    .at("hasty")
                    .once(Then.SECOND)
                    .told(504, "upstream_timeout"),
            // a status
            status(400, "status_400").once(Then.TOLD).told(400, "invalid_request"),
            status(401, "status_401").once(Then.SECOND),
            status(402, "status_402").once(Then.SECOND),
            status(403, "status_403").once(Then.SECOND),
            status(404, "status_404").once(Then.SECOND),
            status(408, "status_408").told(504, "upstream_timeout"),
            status(409, "status_409"),
            status(410, "status_404").once(Then.SECOND),
            status(413, "status_413").once(Then.SECOND).told(413, "request_too_large"),
            status(422, "status_400").once(Then.TOLD).told(400, "invalid_request"),
            status(429, "status_429").told(429, "global_rate_limited"),
            Fault.of("429, Retry-After: 1", "status_429", (d, s) -> d.error(429).header("Retry-After", "1"))
                    .at("polite")
                    .gap(SECOND)
                    .told(429, "global_rate_limited"),
            Fault.of("429, Retry-After: 60", "status_429", (d, s) -> d.error(429)
                            .header("Retry-After", "60"))
                    .at("polite")
                    .once(Then.SECOND)
                    .told(429, "global_rate_limited"),
            Fault.of("429 insufficient_quota", "status_402", (d, s) -> d.unpaid())
                    .only(Dialect.OPENAI)
                    .once(Then.SECOND)
                    .told(503, "no_model_available"),
            Fault.of("400 credit balance too low", "status_402", (d, s) -> d.unpaid())
                    .only(Dialect.ANTHROPIC)
                    .once(Then.SECOND)
                    .told(503, "no_model_available"),
            Fault.of("400 FAILED_PRECONDITION", "status_403", (d, s) -> d.unpaid())
                    .only(Dialect.GEMINI)
                    .once(Then.SECOND),
            status(500, "status_500"),
            status(502, "status_502"),
            Fault.of("502 with an HTML page", "status_502", (d, s) -> Reply.html(502)),
            status(503, "status_503"),
            Fault.of("503, Retry-After: 1", "status_503", (d, s) -> d.error(503).header("Retry-After", "1"))
                    .at("polite")
                    .only(Dialect.OPENAI)
                    .plain()
                    .gap(SECOND),
            Fault.of("503, Retry-After: 60", "status_503", (d, s) -> d.error(503)
                            .header("Retry-After", "60"))
                    .at("polite")
                    .once(Then.SECOND),
            status(504, "status_504").once(Then.SECOND).told(504, "upstream_timeout"),
            status(529, "status_529"),
            status(302, "status_other").once(Then.SECOND),
            // an answer that is none
            Fault.of("200 with an HTML page", "bad_answer", (d, s) -> Reply.html(200)),
            Fault.of("200 with no body", "bad_answer", (d, s) -> Reply.of(200, "application/json", new byte[0])),
            Fault.of("204", "bad_answer", (d, s) -> Reply.of(204, null, new byte[0])),
            Fault.of("half a JSON object", "bad_answer", (d, s) -> Reply.json(200, "{\"id\":")),
            Fault.of("JSON that is no answer", "bad_answer", (d, s) -> Reply.json(200, "{\"id\":\"x\"}")),
            Fault.of("error object with 200", "in_band_error", (d, s) -> Reply.json(200, d.errorBody(500, "oops"))),
            Fault.of("a stream", "bad_answer", (d, s) -> Reply.sse(d.sse(WORDS)))
                    .plain(),
            // an answer that breaks off before any of it has gone to the client
            Fault.of("body cut by FIN", "broken_off", (d, s) -> body(d).cutAfterBytes(40, Cut.FIN))
                    .plain(),
            Fault.of("body cut by RST", "broken_off", (d, s) -> body(d).cutAfterBytes(40, Cut.RST))
                    .plain(),
            Fault.of("chunked body cut by FIN", "broken_off", (d, s) -> body(d).chunked()
                            .cutAfterBytes(40, Cut.FIN))
                    .plain(),
            Fault.of("body stalls", "stalled", (d, s) -> body(d).stallAfterBytes(40))
                    .at("hasty")
                    .plain()
                    .once(Then.SECOND)
                    .told(504, "upstream_timeout"),
            Fault.of("body drips", "total_timeout", (d, s) -> body(d).pieces(4, Duration.ofMillis(100)))
                    .at("hasty")
                    .plain()
                    .once(Then.SECOND)
                    .told(504, "upstream_timeout"),
            Fault.of("stream without events", "broken_off", (d, s) -> Reply.sse(Sse.of())).stream(),
            Fault.of("stream cut by FIN before content", "broken_off", (d, s) -> early(d, Cut.FIN)).stream(),
            Fault.of("stream cut by RST before content", "broken_off", (d, s) -> early(d, Cut.RST)).stream(),
            Fault.of(
                    "stream that begins with an error",
                    "in_band_error",
                    (d, s) -> Reply.sse(Sse.of(d.errorBody(500, "oops"))))
                    .stream(),
            Fault.of("an overload, in a 200", "status_503", (d, s) -> Dialect.alone(s, d.errorBody(503, "Overloaded")))
                    .only(Dialect.OPENAI, Dialect.GEMINI),
            Fault.of("a 529, in a 200", "status_529", (d, s) -> Dialect.alone(s, d.errorBody(529, "Overloaded")))
                    .only(Dialect.ANTHROPIC),
            Fault.of("a rate limit, in a 200", "status_429", (d, s) -> Dialect.alone(s, d.errorBody(429, "Slow down")))
                    .told(429, "global_rate_limited"),
            Fault.of("stream of garbage", "broken_off", (d, s) -> Reply.sse(Sse.of("}{", "[[[", "\u0001", "null")))
                    .stream(),
            Fault.of("stream of comments", "first_token_timeout", (d, s) -> comments()).at("hasty").stream()
                    .once(Then.SECOND)
                    .told(504, "upstream_timeout"),
            Fault.of(
                            "stream of a role alone",
                            "first_token_timeout",
                            (d, s) -> Reply.sse(d.sse(WORDS).stallAfter(d.events(0))))
                    .at("hasty")
                    .stream()
                    .once(Then.SECOND)
                    .told(504, "upstream_timeout"),
            // the request
            Fault.of("context length", "context_length", (d, s) -> Reply.json(400, d.tooLongBody()))
                    .once(Then.LARGER)
                    .told(400, "context_length_exceeded"),
            Fault.of("context length, in a 200", "context_length", (d, s) -> Dialect.alone(s, d.tooLongBody()))
                    .once(Then.LARGER)
                    .told(400, "context_length_exceeded"),
            Fault.of("content policy", "content_policy", (d, s) -> Reply.json(400, d.policyBody(Fault.REASON)))
                    .only(Dialect.OPENAI)
                    .once(Then.TOLD)
                    .told(400, "content_policy_violation"),
            Fault.of(
                            "content policy, in a 200",
                            "content_policy",
                            (d, s) -> Dialect.alone(s, d.policyBody(Fault.REASON)))
                    .only(Dialect.OPENAI, Dialect.GEMINI)
                    .once(Then.TOLD)
                    .told(400, "content_policy_violation"),
            // no fault in the end
            Fault.of(
                            "one event of garbage among good ones",
                            null,
                            (d, s) -> Reply.sse(d.sse(WORDS).insert(d.events(2), "}{ not JSON")))
                    .stream()
                    .once(Then.FIRST),
            Fault.of("a plain answer", null, (d, s) -> Reply.json(200, d.json(WORDS))).stream()
                    .once(Then.FIRST),
            Fault.of("stream as text/plain, amid empty events", null, (d, s) -> emptyEvents(d)).stream()
                    .once(Then.FIRST),
            Fault.of("stream that is ended and never says why", null, (d, s) -> Reply.sse(d.endedWithoutFinish(WORDS)))
                    .only(Dialect.OPENAI, Dialect.ANTHROPIC)
                    .stream()
                    .once(Then.FIRST),
            Fault.of("stream without its last event", null, (d, s) -> Reply.sse(d.withoutEnd(WORDS))).stream()
                    .once(Then.FIRST),
            Fault.of(
                            "stream that is whole and does not end",
                            null,
                            (d, s) -> Reply.sse(d.withoutEnd(WORDS)
                                    .stallAfter(d.withoutEnd(WORDS).data().size())))
                    .only(Dialect.OPENAI, Dialect.ANTHROPIC)
                    .stream()
                    .once(Then.FIRST),
            Fault.of("no usage", null, (d, s) -> d.withoutUsage(s, WORDS)).once(Then.FIRST),
            Fault.of("cut by the model's limit", null, (d, s) -> d.cutByLength(s, WORDS))
                    .once(Then.FIRST));

    private FaultTable() {}

    private static Fault status(int status, String failure) {
        return Fault.of(String.valueOf(status), failure, (d, s) -> d.error(status));
    }

    private static Reply body(Dialect dialect) {
        return Reply.json(200, dialect.json(WORDS));
    }

    private static Reply early(Dialect dialect, Cut cut) {
        return Reply.sse(dialect.sse(WORDS).cutAfter(dialect.events(0), cut));
    }

    private static Reply emptyEvents(Dialect dialect) {
        StringBuilder stream = new StringBuilder();
        for (String data : dialect.sse(WORDS).data()) {
            stream.append("data:\n\nevent: ping\ndata\n\ndata: ").append(data).append("\n\n");
        }
        return Reply.of(200, "text/plain", stream.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Reply comments() {
        return Reply.of(200, "text/event-stream", COMMENTS.getBytes(StandardCharsets.UTF_8))
                .chunked()
                .pieces(8, Duration.ofMillis(50));
    }
}
