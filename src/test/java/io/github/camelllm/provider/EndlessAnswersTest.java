package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.RawUpstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that have no end in one of their parts: each ends the attempt soon, and leaves a client that works. */
@Timeout(120)
class EndlessAnswersTest {

    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi'}]}";
    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi'}]}";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String SSE = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";
    private static final long MOST = 400L << 20;

    private static final Map<Dialect, ModelRoutes> ALL = new EnumMap<>(Dialect.class);
    private static final AtomicReference<RawUpstream.Conversation> next = new AtomicReference<>();
    private static volatile Dialect dialect;
    private static RawUpstream upstream;

    private ModelRoutes routes;
    private long before;

    /** A part without end; {@code bytes} bounds how much of it may be taken. */
    enum Endless {
        STATUS_LINE(1 << 20, "HTTP/1.1 200 ", "O"),
        HEADER_LINE(1 << 20, HEAD + "X-Long: ", "x"),
        HEADER_NAME(1 << 20, HEAD, "x"),
        FOLDED_HEADER(4 << 20, HEAD + "X-Long: a\r\n", " folded\r\n"),
        HEADERS(4 << 20, HEAD, "X-Many: x\r\n"),
        INTERIM_100(1 << 20, "", "HTTP/1.1 100 Continue\r\n\r\n"),
        INTERIM_103(1 << 20, "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        INTERIM_HEADER(1 << 20, "HTTP/1.1 103 Early Hints\r\nLink: ", "x"),
        CHUNK_SIZE(1 << 20, HEAD + "Transfer-Encoding: chunked\r\n\r\n", "0"),
        CHUNK_EXTENSION(1 << 20, HEAD + "Transfer-Encoding: chunked\r\n\r\n1;a=", "x"),
        FOLDED_TRAILER(
                4 << 20, HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: a\r\n", " folded\r\n"),
        TRAILERS(4 << 20, HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X-Trailer: x\r\n"),
        TRAILER_LINE(1 << 20, HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: ", "x"),
        BODY(64 << 20, HEAD + "Connection: close\r\n\r\n{\"a\":\"", "x"),
        REDIRECT_BODY(1 << 20, "HTTP/1.1 302 Found\r\nLocation: /again\r\nConnection: close\r\n\r\n", "x"),
        ERROR_BODY(1 << 20, "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", "x"),
        EVENT_LINE(64 << 20, SSE + "\r\ndata: ", "x"),
        EVENT_LINES(64 << 20, SSE + "\r\n", "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"),
        COMMENT_LINE(64 << 20, SSE + "\r\n: ", "x"),
        OTHER_FIELD(64 << 20, SSE + "\r\nid: ", "x");

        final long bytes;
        final String beginning;
        final String again;

        Endless(long bytes, String beginning, String again) {
            this.bytes = bytes + (16 << 20); // what sockets hold
            this.beginning = beginning;
            this.again = again;
        }
    }

    /** One for all tests of a dialect: each must leave it working for the next. */
    @BeforeAll
    static void startAll() throws Exception {
        upstream = RawUpstream.start(talk -> {
            String request = talk.request();
            RawUpstream.Conversation says = next.getAndSet(null);
            if (says != null) {
                says.hold(talk);
                return;
            }
            boolean stream = request.contains("text/event-stream");
            talk.answer(
                    200,
                    stream ? "text/event-stream" : "application/json",
                    stream ? events(dialect) : dialect.json("well again"));
        });
        for (Dialect each : Dialect.values()) {
            ALL.put(each, ModelRoutes.start(each.template(), parameters(each)));
        }
    }

    private static Map<String, String> parameters(Dialect each, String... more) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("baseUrl", each.baseUrl(upstream.port()));
        parameters.put("key", "k");
        parameters.put("minimumNumberOfCalls", "1000");
        parameters.put("slidingWindowSize", "1000");
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return parameters;
    }

    @AfterAll
    static void stopAll() throws IOException {
        ALL.values().forEach(ModelRoutes::close);
        upstream.close();
    }

    private void first(Dialect asked, RawUpstream.Conversation says) {
        dialect = asked;
        routes = ALL.get(asked);
        next.set(says);
        before = upstream.written();
    }

    private long written() {
        return upstream.written() - before;
    }

    private static String events(Dialect dialect) {
        return switch (dialect) {
            case OPENAI ->
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"well again\"},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n";
            case ANTHROPIC ->
                "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":1}}}\n\n"
                        + "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"well again\"}}\n\n"
                        + "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                        + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n"
                        + "data: {\"type\":\"message_stop\"}\n\n";
            case GEMINI ->
                "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"well again\"}]},\"finishReason\":\"STOP\"}]}\n\n";
        };
    }

    private Problem problem(Call call) {
        Exception failure = routes.ask(call).getException();
        return failure == null ? null : Problem.from(failure);
    }

    static List<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (Endless endless : Endless.values()) {
            for (Dialect dialect : Dialect.values()) {
                boolean sse = endless.beginning.contains("event-stream");
                boolean head = endless.ordinal() <= Endless.INTERIM_HEADER.ordinal();
                if (sse || head && dialect != Dialect.GEMINI) {
                    all.add(Arguments.of(endless, dialect, true));
                }
                if (!sse && (dialect == Dialect.OPENAI || !head || dialect == Dialect.GEMINI)) {
                    all.add(Arguments.of(endless, dialect, false));
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("all")
    void endsTheAttemptAndLeavesAClientThatWorks(Endless endless, Dialect asked, boolean stream) throws Exception {
        first(asked, talk -> talk.say(endless.beginning).endlessly(endless.again, MOST));

        Problem problem = problem(Tries.chat(stream ? STREAM : PLAIN));

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(problem.upstream().orElseThrow())
                .isIn(
                        UpstreamFailure.TOO_LARGE,
                        UpstreamFailure.STATUS_OTHER,
                        UpstreamFailure.STATUS_500,
                        UpstreamFailure.BROKEN_OFF);
        assertThat(problem.upstream().orElseThrow().countsAgainstBreaker()).isTrue();
        assertThat(written()).isLessThan(endless.bytes);
        assertThat(problem(Tries.chat(stream ? STREAM : PLAIN))).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = Endless.class,
            names = {"HEADER_LINE", "CHUNK_SIZE", "BODY"})
    void embeddingsHaveTheSameBounds(Endless endless) throws Exception {
        try (ModelRoutes embeddings =
                ModelRoutes.start(parameters(Dialect.OPENAI, "operation", "embeddings", "path", "/embeddings"))) {
            first(Dialect.OPENAI, talk -> talk.say(endless.beginning).endlessly(endless.again, MOST));
            routes = embeddings;
            isRefused(endless);
        }
    }

    private void isRefused(Endless endless) {
        Problem problem = problem(Tries.call(Operation.EMBEDDINGS, "{'model':'x','input':'Hi'}"));

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(written()).isLessThan(endless.bytes);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void unpacksNoMoreThanAnAnswerMayBe(Dialect asked) throws Exception {
        byte[] bomb = bomb("{\"a\":\"");
        first(asked, talk -> talk.say(HEAD + "Content-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n")
                .say(bomb));

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.TOO_LARGE);
        assertThat(problem(Tries.chat(PLAIN))).isNull();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void unpacksNoMoreThanAnEventMayBe(Dialect asked) throws Exception {
        byte[] bomb = bomb("data: ");
        first(asked, talk -> talk.say(SSE + "Content-Encoding: gzip\r\n\r\n").say(bomb));

        assertThat(problem(Tries.chat(STREAM)).upstream()).contains(UpstreamFailure.TOO_LARGE);
        assertThat(problem(Tries.chat(STREAM))).isNull();
    }

    /** Each interim answer begins the wait of the socket anew, so time must bound them where their number does not. */
    @Test
    void interimAnswersDoNotHoldUpTheTimeout() throws Exception {
        try (ModelRoutes hasty = ModelRoutes.start(parameters(Dialect.OPENAI, "firstByteTimeout", "300"))) {
            first(Dialect.OPENAI, talk -> {
                for (int i = 0; i < 10; i++) {
                    talk.say("HTTP/1.1 103 Early Hints\r\n\r\n");
                    pause(100);
                }
            });
            routes = hasty;
            assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.FIRST_BYTE_TIMEOUT);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis); // the pace of the server, not a wait of the test
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** 200 MB in some 200 KB. */
    private static byte[] bomb(String beginning) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(beginning.getBytes(StandardCharsets.UTF_8));
            byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 200; i++) {
                out.write(block);
            }
        }
        return packed.toByteArray();
    }
}
