package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.EOFException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad requests: each has its status and code, names what is wrong, and goes no further than the gateway. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BadInputIT extends GatewayAcceptance {

    private static final String SAY = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";
    private static final String HEAD = "{\"model\":\"" + STEADY + "\",";

    private int logged;

    @Override
    void prepare(GatewaySetup setup) {
        setup.env("LLM_VALIDATE_MAX_CHARACTERS", "5000");
    }

    @BeforeEach
    void listen() {
        logged = gateway.output().length();
    }

    /** Whoever sends rubbish must not be able to fill the log with stack traces. */
    @AfterEach
    void nothingWentFurther() {
        assertThat(upstream.received()).isEmpty();
        assertThat(gateway.output().substring(logged)).doesNotContain("\tat ");
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                bad("nothing", "", null),
                bad("blanks", "  \n ", null),
                bad("half an object", "{", null),
                bad("no JSON", "hello", null),
                bad("null", "null", null),
                bad("array", "[]", null),
                bad("text", "\"x\"", null),
                bad("number", "1", null),
                bad("two objects", HEAD + SAY + "}{}", null),
                bad("something after it", HEAD + SAY + "} x", null),
                bad("a field twice", HEAD + "\"model\":\"x\"," + SAY + "}", null),
                bad(
                        "a role twice",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"role\":\"user\",\"content\":\"a\"}]}",
                        null),
                bad("NaN", HEAD + SAY + ",\"temperature\":NaN}", null),
                bad("single quotes", "{'model':'" + STEADY + "'}", null),
                bad("comment", "/* x */" + HEAD + SAY + "}", null),
                bad("bare control character", HEAD + "\"messages\":[{\"role\":\"user\",\"content\":\"a\nb\"}]}", null),
                bad(
                        "nested 100,000 deep",
                        HEAD + SAY + ",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
                        null),
                bad(
                        "objects 1,000 deep",
                        HEAD + SAY + ",\"x\":" + "{\"a\":".repeat(1000) + "1" + "}".repeat(1000) + "}",
                        null),
                bad("never closed", "[".repeat(500_000), null),
                bad("number of 5,000 digits", HEAD + SAY + ",\"x\":" + "9".repeat(5000) + "}", null),
                bad(
                        "half a surrogate pair in a field's name",
                        HEAD + SAY
                                + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"a\\ud800\":1}}}]}",
                        "tools[0].function.parameters"),
                bad("no messages", "{\"model\":\"" + STEADY + "\"}", "messages"),
                bad("messages a text", HEAD + "\"messages\":\"a\"}", "messages"),
                bad("messages empty", HEAD + "\"messages\":[]}", "messages"),
                bad("messages null", HEAD + "\"messages\":null}", "messages"),
                bad("a message a text", HEAD + "\"messages\":[\"a\"]}", "messages[0]"),
                bad("no role", HEAD + "\"messages\":[{\"content\":\"a\"}]}", "messages[0].role"),
                bad("role unknown", HEAD + "\"messages\":[{\"role\":\"root\",\"content\":\"a\"}]}", "messages[0].role"),
                bad("role a number", HEAD + "\"messages\":[{\"role\":1,\"content\":\"a\"}]}", "messages[0].role"),
                bad("no content", HEAD + "\"messages\":[{\"role\":\"user\"}]}", "messages[0].content"),
                bad(
                        "content null",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":null}]}",
                        "messages[0].content"),
                bad(
                        "content a number",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":1}]}",
                        "messages[0].content"),
                bad(
                        "content an object",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":{}}]}",
                        "messages[0].content"),
                bad("no characters at all", HEAD + "\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}", "messages"),
                bad(
                        "part of no type",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"a\"}]}]}",
                        "messages[0].content[0].type"),
                bad(
                        "part of unknown type",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"shell\"}]}]}",
                        "messages[0].content[0].type"),
                bad(
                        "image without a URL",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}",
                        "messages[0].content[0].image_url"),
                bad(
                        "more text than allowed",
                        HEAD + "\"messages\":[{\"role\":\"user\",\"content\":\"" + "a".repeat(5001) + "\"}]}",
                        "messages"),
                bad("no model", "{" + SAY + "}", "model"),
                bad("model a number", "{\"model\":1," + SAY + "}", "model"),
                bad("model null", "{\"model\":null," + SAY + "}", "model"),
                bad("model empty", "{\"model\":\"\"," + SAY + "}", "model"),
                bad("model for embeddings", "{\"model\":\"" + EMBED + "\"," + SAY + "}", "model"),
                bad("stream a text", HEAD + SAY + ",\"stream\":\"true\"}", "stream"),
                bad("stream a number", HEAD + SAY + ",\"stream\":1}", "stream"),
                bad("stream an array", HEAD + SAY + ",\"stream\":[true]}", "stream"),
                bad(
                        "stream_options without stream",
                        HEAD + SAY + ",\"stream_options\":{\"include_usage\":true}}",
                        "stream_options"),
                bad(
                        "stream_options a text",
                        HEAD + SAY + ",\"stream\":true,\"stream_options\":\"x\"}",
                        "stream_options"),
                bad(
                        "include_usage a text",
                        HEAD + SAY + ",\"stream\":true,\"stream_options\":{\"include_usage\":\"yes\"}}",
                        "stream_options.include_usage"),
                bad("temperature a text", HEAD + SAY + ",\"temperature\":\"hot\"}", "temperature"),
                bad("temperature too high", HEAD + SAY + ",\"temperature\":2.0000001}", "temperature"),
                bad("temperature below 0", HEAD + SAY + ",\"temperature\":-0.1}", "temperature"),
                bad("temperature astronomical", HEAD + SAY + ",\"temperature\":1e999999999}", "temperature"),
                bad("top_p too high", HEAD + SAY + ",\"top_p\":1.1}", "top_p"),
                bad("max_tokens 0", HEAD + SAY + ",\"max_tokens\":0}", "max_tokens"),
                bad("max_tokens below 0", HEAD + SAY + ",\"max_tokens\":-1}", "max_tokens"),
                bad("max_tokens a fraction", HEAD + SAY + ",\"max_tokens\":1.5}", "max_tokens"),
                bad("max_tokens a text", HEAD + SAY + ",\"max_tokens\":\"5\"}", "max_tokens"),
                bad("max_tokens astronomical", HEAD + SAY + ",\"max_tokens\":1e999999999}", "max_tokens"),
                bad("max_completion_tokens 0", HEAD + SAY + ",\"max_completion_tokens\":0}", "max_completion_tokens"),
                bad("n 0", HEAD + SAY + ",\"n\":0}", "n"),
                bad("n a million", HEAD + SAY + ",\"n\":1000000}", "n"),
                bad("stop a number", HEAD + SAY + ",\"stop\":1}", "stop"),
                bad("five stops", HEAD + SAY + ",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "stop"),
                bad("tools a text", HEAD + SAY + ",\"tools\":\"x\"}", "tools"),
                bad(
                        "a tool without a name",
                        HEAD + SAY + ",\"tools\":[{\"type\":\"function\",\"function\":{}}]}",
                        "tools[0].function.name"),
                bad(
                        "response_format unknown",
                        HEAD + SAY + ",\"response_format\":{\"type\":\"xml\"}}",
                        "response_format.type"));
    }

    private static Arguments bad(String what, String body, String param) {
        return Arguments.of(what, body, param);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void refusesABody(String what, String body, String param) throws Exception {
        RawResponse response = post(CHAT, body);
        JsonNode error = Problems.assertProblem(response, 400, "invalid_request");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").textValue()).as(error.toString()).isEqualTo(param);
        assertThat(error.path("message").asText().length()).isLessThan(600);
        assertThat(response.header("x-llm-model")).isNull();
    }

    static Stream<Arguments> embeddings() {
        String head = "{\"model\":\"" + EMBED + "\"";
        return Stream.of(
                bad("no input", head + "}", "input"),
                bad("input null", head + ",\"input\":null}", "input"),
                bad("input empty", head + ",\"input\":\"\"}", "input"),
                bad("input an empty array", head + ",\"input\":[]}", "input"),
                bad("input an object", head + ",\"input\":{}}", "input"),
                bad("input of both kinds", head + ",\"input\":[\"a\",1]}", "input[1]"),
                bad("unknown encoding", head + ",\"input\":\"a\",\"encoding_format\":\"hex\"}", "encoding_format"),
                bad("dimensions 0", head + ",\"input\":\"a\",\"dimensions\":0}", "dimensions"),
                bad("model for chats", "{\"model\":\"" + STEADY + "\",\"input\":\"a\"}", "model"),
                bad("stream", head + ",\"input\":\"a\",\"stream\":true}", "stream"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("embeddings")
    void refusesAnEmbedding(String what, String body, String param) throws Exception {
        JsonNode error = Problems.assertProblem(post(EMBEDDINGS, body), 400, "invalid_request");
        assertThat(error.path("param").textValue()).as(error.toString()).isEqualTo(param);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-such-model",
                "simulator?x=y",
                "steady&bridgeEndpoint=true",
                "../steady",
                "seda:x",
                "file:/etc/passwd",
                "${sysenv.OPENAI_API_KEY}",
                "{{llm.openai.key}}",
                "STEADY",
                " steady",
                "steady\\u0000",
                "steady,simulator",
                "бот"
            })
    void knowsNoSuchModel(String model) throws Exception {
        RawResponse response = post(CHAT, "{\"model\":\"" + model + "\"," + SAY + "}");
        JsonNode error = Problems.assertProblem(response, 404, "model_not_found");
        assertThat(error.path("param").asText()).isEqualTo("model");
        Problems.assertProblem(
                post(EMBEDDINGS, "{\"model\":\"" + model + "\",\"input\":\"a\"}"), 404, "model_not_found");
    }

    @Test
    void knowsNoModelWithANameOfAMegabyte() throws Exception {
        RawResponse response = post(CHAT, "{\"model\":\"" + "m".repeat(1_000_000) + "\"," + SAY + "}");
        Problems.assertProblem(response, 404, "model_not_found");
        assertThat(response.text().length()).isLessThan(2000);
    }

    static Stream<Arguments> invalidUtf8() {
        return Stream.of(
                Arguments.of("a lone continuation byte", new byte[] {(byte) 0x80}),
                Arguments.of("a start without its continuation", new byte[] {(byte) 0xc3, 0x28}),
                Arguments.of("an overlong slash", new byte[] {(byte) 0xc0, (byte) 0xaf}),
                Arguments.of("half a surrogate pair", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}),
                Arguments.of("beyond Unicode", new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}),
                Arguments.of("a byte that never occurs", new byte[] {(byte) 0xff}),
                Arguments.of("Latin-1", "é".getBytes(StandardCharsets.ISO_8859_1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidUtf8")
    void refusesInvalidUtf8(String what, byte[] bytes) throws Exception {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        byte[] body = (HEAD + "\"messages\":[{\"role\":\"user\",\"content\":\"a" + text + "b\"}]}")
                .getBytes(StandardCharsets.ISO_8859_1);
        Problems.assertProblem(
                RawClient.exchange(gateway.port(), "POST", CHAT, body, "Content-Type: application/json"),
                400,
                "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type:",
                "Content-Type: text/plain",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data; boundary=x",
                "Content-Type: multipart/form-data",
                "Content-Type: application/xml",
                "Content-Type: application/jsonx",
                "Content-Type: application/json-patch+json",
                "Content-Type: text/json",
                "Content-Type: application/json; charset=utf-16",
                "Content-Type: application/json; charset=iso-8859-1",
                "Content-Type: application/x-java-serialized-object",
                "Content-Type: */*",
                "Content-Type: evil\u00ff"
            })
    void takesNothingButJson(String contentType) throws Exception {
        byte[] body = (HEAD + SAY + "}").getBytes(StandardCharsets.UTF_8);
        for (String path : new String[] {CHAT, EMBEDDINGS}) {
            RawResponse response = contentType.isEmpty()
                    ? RawClient.exchange(gateway.port(), "POST", path, body)
                    : RawClient.exchange(gateway.port(), "POST", path, body, contentType);
            Problems.assertProblem(response, 415, "unsupported_media_type");
        }
    }

    @Test
    void takesNoForms() throws Exception {
        String multipart = "--x\r\nContent-Disposition: form-data; name=\"model\"; filename=\"../../evil\"\r\n\r\n"
                + STEADY + "\r\n--x--\r\n";
        Problems.assertProblem(
                RawClient.exchange(
                        gateway.port(),
                        "POST",
                        CHAT,
                        multipart.getBytes(StandardCharsets.UTF_8),
                        "Content-Type: multipart/form-data; boundary=x"),
                415,
                "unsupported_media_type");
        Problems.assertProblem(
                RawClient.exchange(
                        gateway.port(),
                        "POST",
                        CHAT,
                        "model=steady&CamelHttpUri=http://evil".getBytes(StandardCharsets.UTF_8),
                        "Content-Type: application/x-www-form-urlencoded"),
                415,
                "unsupported_media_type");
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of("X-LLM-User", "${sysenv.OPENAI_API_KEY}"),
                Arguments.of("X-LLM-User", "{{llm.openai.key}}"),
                Arguments.of("X-LLM-User", "ana\"; DROP TABLE calls; --"),
                Arguments.of("X-LLM-User", "<script>x()</script>"),
                Arguments.of("X-LLM-User", "ana\\nX-Evil: 1"),
                Arguments.of("X-LLM-User", "ana\tben"),
                Arguments.of("X-LLM-User", "a".repeat(129)),
                Arguments.of("X-LLM-Team", "%0d%0aX-Evil:1"),
                Arguments.of("X-LLM-Team", "../../etc/passwd;x"),
                Arguments.of("X-LLM-Team", "*"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("names")
    void refusesNamesThatAreNone(String header, String value) throws Exception {
        RawResponse response = post(CHAT, HEAD + SAY + "}", header + ": " + value);
        JsonNode error = Problems.assertProblem(response, 400, "invalid_request");
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(response.header("x-evil")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ana\r X-Evil: 1", "ana\rX-Evil: 1", "ana\nX-Evil 1", "ana\u0000b", "ana\u001b[31m"})
    void refusesHeadersThatBreakOutOfTheirLine(String value) throws Exception {
        RawResponse response = post(CHAT, HEAD + SAY + "}", "X-LLM-User: " + value);
        assertThat(response.status()).isEqualTo(400);
        Problems.assertSafe(response);
        assertThat(response.header("x-evil")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "TRACE", "EVIL"})
    void allowsOnlyTheMethodOfAPath(String method) throws Exception {
        for (String path : new String[] {CHAT, EMBEDDINGS}) {
            RawResponse response = RawClient.exchange(gateway.port(), method, path, null);
            Problems.assertProblem(response, 405, "method_not_allowed");
            assertThat(response.header("allow")).isEqualTo("POST, OPTIONS");
        }
        if (!method.equals("GET")) {
            for (String path : new String[] {"/v1/models", "/health", "/metrics"}) {
                RawResponse response = RawClient.exchange(gateway.port(), method, path, null);
                Problems.assertProblem(response, 405, "method_not_allowed");
                assertThat(response.header("allow")).isEqualTo("GET, HEAD, OPTIONS");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/",
                "/v2/chat/completions",
                "/v1/chat",
                "/v1/completions",
                "/v1/chat/completions/x",
                "/v1/chat/completions.json",
                "/V1/Chat/Completions",
                "/v1/chat/completions;evil=1",
                "/v1/chat%2Fcompletions",
                "/v1%2fchat/completions",
                "/v1/chat/completions%00",
                "/v1/chat/completions%20",
                "/v1/chat/completions%0d%0aX-Evil:1",
                "/v1/chat\\completions",
                "/v1/models/../../etc/passwd",
                "/..%2f..%2fetc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/favicon.ico",
                "/actuator/env",
                "/q/dev",
                "/${sysenv.OPENAI_API_KEY}"
            })
    void knowsNoSuchPath(String path) throws Exception {
        for (String method : new String[] {"POST", "GET"}) {
            byte[] body = method.equals("GET") ? null : (HEAD + SAY + "}").getBytes(StandardCharsets.UTF_8);
            RawResponse response =
                    RawClient.exchange(gateway.port(), method, path, body, "Content-Type: application/json");
            Problems.assertProblem(response, 404, "not_found");
            assertThat(response.header("x-evil")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1//chat/completions",
                "//v1/chat/completions",
                "/v1/./chat/completions",
                "/v1/../v1/chat/completions",
                "/v1/x/../chat/completions",
                "/%2e%2e/v1/chat/completions",
                "/v1/chat/completions/",
                "/v1/chat/completions/.",
                "/v1/%63hat/completions",
                "http://evil.example/v1/chat/completions"
            })
    void looksAtARequestTheSameHoweverItsPathIsSpelt(String path) throws Exception {
        byte[] body = "{".getBytes(StandardCharsets.UTF_8);
        Problems.assertProblem(
                RawClient.exchange(gateway.port(), "POST", path, body, "Content-Type: text/plain"),
                415,
                "unsupported_media_type");
        Problems.assertProblem(
                RawClient.exchange(gateway.port(), "POST", path, body, "Content-Type: application/json"),
                400,
                "invalid_request");
    }

    static Stream<String> noHttp() {
        String post = "POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        return Stream.of(
                "hello\r\n\r\n",
                "POST " + CHAT + " HTTP/9.9\r\n\r\n",
                post + "Content-Length: -5\r\n\r\n",
                post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}xx",
                post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
                "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nX-Long: " + "a".repeat(100_000) + "\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /v1/%c0%ae%c0%ae/x HTTP/1.1\r\nHost: a\r\n\r\n",
                "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\r\n\r\n");
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("noHttp")
    void survivesWhatIsNoHttp(String bytes) throws Exception {
        try (RawClient client = RawClient.connect(gateway.port()).send(bytes).patience(Duration.ofSeconds(5))) {
            RawResponse response = client.head();
            assertThat(response.status()).isBetween(400, 499);
            Problems.assertSafe(response);
        } catch (EOFException | SocketException e) {
            assertThat(e)
                    .as("closed without an answer, as one may for what is no HTTP")
                    .isNotNull();
        }
        assertThat(RawClient.exchange(gateway.port(), "GET", "/health", null).status())
                .isEqualTo(200);
    }

    @Test
    void doesNotLetOneRequestSmuggleAnother() throws Exception {
        String inner = "POST " + CHAT
                + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                    + (5 + inner.length()) + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner);
            Problems.assertProblem(client.response(), 400, "invalid_request");
        }
    }
}
