package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of which it is not clear where they end, for whom they are or what they are (RFC 9112). */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpFramingTest {

    private static final String POST =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    private static final String MESSAGES =
            "POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    /** What an attacker would have the server take for a request of its own. */
    private static final String INNER = "GET /v1/models HTTP/1.1\r\nHost: inner\r\n\r\n";

    private HttpGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = HttpGateway.start(exchange -> exchange.getMessage().setBody(new Answer(null, Json.object())));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    static Stream<Arguments> ambiguous() {
        return Stream.of(
                of("length and chunks", 400, POST + "Content-Length: 5\r\n" + CHUNKED + "\r\n0\r\n\r\n"),
                of("chunks and length", 400, POST + CHUNKED + "Content-Length: 5\r\n\r\n0\r\n\r\n"),
                of("length of nothing, and chunks", 400, POST + "Content-Length: 0\r\n" + CHUNKED + "\r\n0\r\n\r\n"),
                of("no length, and chunks", 400, POST + "Content-Length:\r\n" + CHUNKED + "\r\n0\r\n\r\n"),
                of("two lengths", 400, POST + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
                of("a length twice", 400, POST + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
                of("lengths in a list", 400, POST + "Content-Length: 2, 2\r\n\r\n{}"),
                of("a length with a sign", 400, POST + "Content-Length: +2\r\n\r\n{}"),
                of("a negative length", 400, POST + "Content-Length: -2\r\n\r\n{}"),
                of("a hexadecimal length", 400, POST + "Content-Length: 0x2\r\n\r\n{}"),
                of("a length that is no number", 400, POST + "Content-Length: two\r\n\r\n{}"),
                of("a length beyond all numbers", 400, POST + "Content-Length: 99999999999999999999\r\n\r\n{}"),
                of("a final coding other than chunked", 400, POST + "Transfer-Encoding: chunked, gzip\r\n\r\n{}"),
                of("another coding", 400, POST + "Transfer-Encoding: gzip\r\n\r\n{}"),
                of("another coding before chunked", 400, POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                of("chunked twice", 400, POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                of("chunked in two lines", 400, POST + CHUNKED + CHUNKED + "\r\n0\r\n\r\n"),
                of("identity", 400, POST + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}"),
                of("no coding at all", 400, POST + "Transfer-Encoding:\r\nContent-Length: 2\r\n\r\n{}"),
                of("chunked with a parameter", 400, POST + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"),
                of("chunked in quotes", 400, POST + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
                of("chunked with a control", 400, POST + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
                of("chunks in HTTP/1.0", 400, POST.replace("1.1", "1.0") + CHUNKED + "\r\n0\r\n\r\n"),
                of("two hosts", 400, POST + "Host: b\r\nContent-Length: 2\r\n\r\n{}"),
                of("a host twice", 400, POST + "Host: a\r\nContent-Length: 2\r\n\r\n{}"),
                of("no host", 400, POST.replace("Host: a\r\n", "") + "Content-Length: 2\r\n\r\n{}"),
                of("hosts in a list", 400, POST.replace("Host: a", "Host: a, b") + "Content-Length: 2\r\n\r\n{}"),
                of("a host with a path", 400, POST.replace("Host: a", "Host: a/b") + "Content-Length: 2\r\n\r\n{}"),
                of("a folded line", 400, POST + "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}"),
                of("a line folded by a tab", 400, POST + "Transfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n"),
                of("a first line that is folded", 400, "GET /health HTTP/1.1\r\n Host: a\r\n\r\n"),
                of("a blank before the colon", 400, POST + "Content-Length : 2\r\n\r\n{}"),
                of("a tab before the colon", 400, POST + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"),
                of("a name that is no word", 400, POST + "X(A: b\r\nContent-Length: 2\r\n\r\n{}"),
                of("a method that is no word", 400, "G(ET /health HTTP/1.1\r\nHost: a\r\n\r\n"),
                of("no colon", 400, POST + "Content-Length 2\r\n\r\n{}"),
                of("no name", 400, POST + ": 2\r\n\r\n{}"),
                of("a bare CR in a value", 400, POST + "X-A: b\rContent-Length: 2\r\n\r\n{}"),
                of("a NUL in a value", 400, POST + "X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}"),
                of("a chunk size that is none", 400, POST + CHUNKED + "\r\nzz\r\n{}\r\n0\r\n\r\n"),
                of("a chunk size with a sign", 400, POST + CHUNKED + "\r\n+2\r\n{}\r\n0\r\n\r\n"),
                of("a negative chunk size", 400, POST + CHUNKED + "\r\n-2\r\n{}\r\n0\r\n\r\n"),
                of("a chunk size with 0x", 400, POST + CHUNKED + "\r\n0x2\r\n{}\r\n0\r\n\r\n"),
                of("a chunk size beyond all numbers", 400, POST + CHUNKED + "\r\nfffffffffffffffff\r\n{}"),
                of("no chunk size", 400, POST + CHUNKED + "\r\n\r\n{}\r\n0\r\n\r\n"),
                of("a chunk longer than it says", 400, POST + CHUNKED + "\r\n1\r\n{}\r\n0\r\n\r\n"),
                of("a chunk that ends in a bare LF", 400, POST + CHUNKED + "\r\n2\n{}\r\n0\r\n\r\n"),
                of("a chunk extension with a bare LF", 400, POST + CHUNKED + "\r\n2;a=\nb\r\n{}\r\n0\r\n\r\n"),
                of("a version of the future", 400, POST.replace("1.1", "9.9") + "\r\n"),
                of("HTTP/2 by prior knowledge", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                of("no version", 400, "GET /health\r\n\r\n"),
                of("a percent sign without digits", 400, "GET /v1/%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
                of("a percent sign at the end", 400, "GET /% HTTP/1.1\r\nHost: a\r\n\r\n"),
                of("a percent sign in the query", 400, "GET /v1/models?a=%4 HTTP/1.1\r\nHost: a\r\n\r\n"),
                of("too many words", 400, "GET /health x HTTP/1.1\r\nHost: a\r\n\r\n"),
                of("no HTTP", 400, "hello\r\n\r\n"),
                of("TLS", 400, "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\r\n\r\n"),
                of("too long a line", 414, "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
                of("too large a header", 431, POST + "X-A: " + "a".repeat(100_000) + "\r\n\r\n"),
                of("too many headers", 431, POST + "X-A: aaaaaaaa\r\n".repeat(10_000) + "\r\n"));
    }

    private static Arguments of(String what, int status, String request) {
        return Arguments.of(what, status, request);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguous")
    void refusesAndClosesAndTakesNoSecondRequestOutOfIt(String what, int status, String request) throws Exception {
        int before = gateway.ended.size();
        try (RawClient client = RawClient.connect(gateway.port())) {
            sendAll(client, request + INNER);
            RawResponse response = client.response();
            assertThat(response.status()).as(response.toString()).isEqualTo(status);
            JsonNode error = response.json().path("error");
            assertThat(error.path("code").asText())
                    .isEqualTo(
                            status == 414 ? "uri_too_long" : status == 431 ? "headers_too_large" : "invalid_request");
            assertThat(error.path("request_id").asText()).isNotBlank().isEqualTo(response.header("x-request-id"));
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(response.text()).doesNotContain("netty", "Exception", "java");
            assertThatIsAllOf(client);
        }
        assertThat(gateway.ended).as("no call was made of it").hasSize(before);
    }

    /** A client that is cut off while it sends may still read what it was answered. */
    private static void sendAll(RawClient client, String request) throws IOException {
        try {
            client.send(request);
        } catch (SocketException e) {
            assertThat(request.length()).isGreaterThan(50_000);
        }
    }

    private static void assertThatIsAllOf(RawClient client) {
        try {
            RawResponse more = client.interimOrFinalHead();
            throw new AssertionError("a second answer: " + more);
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    @Test
    void saysItInTheWordsOfThePathAndWithTheClientsId() throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(MESSAGES + "X-Request-Id: my-id\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n");
            JsonNode json = client.response().json();
            assertThat(json.path("type").asText()).isEqualTo("error");
            assertThat(json.path("error").path("type").asText()).isEqualTo("invalid_request_error");
            assertThat(json.path("request_id").asText()).isEqualTo("my-id");
        }
    }

    static Stream<Arguments> unambiguous() {
        return Stream.of(
                Arguments.of("chunks in upper case", POST + "Transfer-Encoding: CHUNKED\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
                Arguments.of("chunks with extensions", POST + CHUNKED + "\r\n2;a=b\r\n{}\r\n0\r\n\r\n"),
                Arguments.of("chunks with trailers", POST + CHUNKED + "\r\n2\r\n{}\r\n0\r\nX-A: b\r\n\r\n"),
                Arguments.of("zeros before a length", POST + "Content-Length: 002\r\n\r\n{}"),
                Arguments.of("blanks around a value", POST + "Content-Length:  2 \r\n\r\n{}"),
                Arguments.of("a port", POST.replace("Host: a", "Host: [::1]:8080") + "Content-Length: 2\r\n\r\n{}"),
                Arguments.of("an empty host", POST.replace("Host: a", "Host:") + "Content-Length: 2\r\n\r\n{}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unambiguous")
    void takesWhatIsMerelyUnusual(String what, String request) throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.send(request).head().status()).isEqualTo(200);
        }
    }

    @Test
    void http10NeedsNoHost() throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(POST.replace("1.1", "1.0").replace("Host: a\r\n", "") + "Content-Length: 2\r\n\r\n{}");
            assertThatThrownBy(client::head).hasMessageContaining("HTTP/1.0 200 OK");
        }
    }

    @Test
    void aHeadInPiecesIsAHeadAllTheSame() throws Exception {
        String request = POST + "X-A: b\r\nContent-Length: 2\r\n\r\n{}";
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
            }
            assertThat(client.head().status()).isEqualTo(200);
        }
    }

    @Test
    void requestsInARowAreAnsweredInARow() throws Exception {
        String request = POST + "Content-Length: 2\r\n\r\n{}";
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(request.repeat(3) + POST + CHUNKED + "\r\n2\r\n{}\r\n0\r\n\r\n" + request);
            for (int i = 0; i < 5; i++) {
                assertThat(client.response().status()).isEqualTo(200);
            }
        }
    }

    /** Java's client asks for HTTP/2 by an upgrade, and is content with HTTP/1.1. */
    @Test
    void aClientThatWouldRatherHaveHttp2IsAnsweredInHttp1() throws Exception {
        HttpResponse<String> response = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .build()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + gateway.port() + "/v1/chat/completions"))
                                .header("Content-Type", "application/json")
                                .timeout(Duration.ofSeconds(10))
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }
}
