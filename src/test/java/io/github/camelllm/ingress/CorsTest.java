package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cross-origin requests of web pages, on a real server. */
@Timeout(60)
class CorsTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String PAGE = "https://app.example.com";
    private static final String FROM_PAGE = "Origin: " + PAGE;
    private static final String JSON = "Content-Type: application/json";
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    private ServedGateway gateway;

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private RawResponse preflight(String path, String origin, String method, String... more) throws Exception {
        String[] headers = new String[more.length + 2];
        headers[0] = "Origin: " + origin;
        headers[1] = "Access-Control-Request-Method: " + method;
        System.arraycopy(more, 0, headers, 2, more.length);
        return RawClient.exchange(gateway.port(), "OPTIONS", path, null, headers);
    }

    @Test
    void saysNothingToAnyPageUnlessToldTo() throws Exception {
        gateway = ServedGateway.start();

        for (RawResponse response : new RawResponse[] {
            gateway.get("/v1/things", FROM_PAGE), gateway.get("/nowhere", FROM_PAGE), preflight(CHAT, PAGE, "POST")
        }) {
            assertThat(response.headers())
                    .noneMatch(header -> header.name().toLowerCase().startsWith("access-control"));
            assertThat(response.header("Vary")).isNull();
        }
    }

    @Test
    void answersAPreflightBeforeAnybodyAsksForAKey() throws Exception {
        gateway = ServedGateway.start(Cors.of(PAGE, false)); // its chain refuses every call for want of a key

        RawResponse response = preflight(
                CHAT, PAGE, "POST", "Access-Control-Request-Headers: authorization,content-type,x-stainless-os");

        assertThat(response.status()).isEqualTo(204);
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(response.header("Access-Control-Allow-Methods")).isEqualTo("POST, OPTIONS");
        assertThat(response.header("Access-Control-Allow-Headers"))
                .isEqualTo("authorization,content-type,x-stainless-os");
        assertThat(response.header("Access-Control-Max-Age")).isEqualTo("600");
        assertThat(response.header("Access-Control-Allow-Credentials")).isNull();
        assertThat(response.header("Vary"))
                .isEqualTo("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        assertThat(preflight("/v1/things", PAGE, "DELETE").header("Access-Control-Allow-Methods"))
                .isEqualTo("GET, HEAD, PUT, DELETE, OPTIONS");
        assertThat(preflight("/v1/nowhere", PAGE, "DELETE").header("Access-Control-Allow-Methods"))
                .contains("DELETE");
        assertThat(preflight(CHAT, PAGE, "POST", "Access-Control-Request-Headers: a;b\"<>")
                        .header("Access-Control-Allow-Headers"))
                .isNull();
    }

    @Test
    void everyAnswerMayBeReadErrorsIncluded() throws Exception {
        gateway = ServedGateway.start(Cors.of("https://other.example, " + PAGE, false));
        int port = gateway.port();

        assertReadable(gateway.get("/v1/things", FROM_PAGE), 200);
        assertReadable(gateway.get("/", FROM_PAGE), 200);
        assertReadable(gateway.head("/v1/things", FROM_PAGE), 200);
        assertReadable(RawClient.exchange(port, "POST", CHAT, BODY, JSON, FROM_PAGE), 401);
        assertReadable(gateway.get("/nowhere", FROM_PAGE), 404);
        assertReadable(gateway.get(CHAT, FROM_PAGE), 405);
        assertReadable(RawClient.exchange(port, "POST", CHAT, BODY, FROM_PAGE), 415);
        assertReadable(RawClient.exchange(port, "POST", CHAT, new byte[10_000], JSON, FROM_PAGE), 413);
        try (RawClient client = RawClient.connect(port)) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\n" + JSON + "\r\n" + FROM_PAGE
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + "x".repeat(0x2000) + "\r\n");
            assertReadable(client.interimOrFinalHead(), 413);
        }
    }

    private static void assertReadable(RawResponse response, int status) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(response.header("Access-Control-Expose-Headers"))
                .contains("X-Request-Id", "X-LLM-Model", "X-LLM-Warnings", "Retry-After", "x-ratelimit-reset-tokens");
        assertThat(response.header("Vary")).contains("Origin");
    }

    @Test
    void aStreamMayBeReadAndSoMayOneThatBreaksOff() throws Exception {
        gateway = ServedGateway.start(
                Cors.of(PAGE, false), exchange -> exchange.getMessage().setBody(broken()));

        RawResponse response = RawClient.exchange(gateway.port(), "POST", CHAT, BODY, JSON, FROM_PAGE);

        assertReadable(response, 200);
        assertThat(response.text()).contains("data: {\"a\":1}", "upstream_error");
    }

    private static TokenStream broken() {
        return new TokenStream() {
            private boolean begun;

            @Override
            protected StreamEvent pull() {
                if (begun) {
                    throw Problem.of(ErrorCode.UPSTREAM_ERROR, "gone");
                }
                begun = true;
                return new StreamEvent(Json.write(Json.object().put("a", 1)));
            }

            @Override
            protected void release() {}
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://app.example.com.evil.net",
                "https://evilapp.example.com",
                "https://app-example.com",
                "null"
            })
    void anotherOriginIsServedButMayNotReadIt(String origin) throws Exception {
        gateway = ServedGateway.start(Cors.of(PAGE, true));

        RawResponse response = gateway.get("/v1/things", "Origin: " + origin);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Access-Control-Allow-Origin")).isNull();
        assertThat(response.header("Access-Control-Allow-Credentials")).isNull();
        assertThat(response.header("Vary")).isEqualTo("Origin");
        assertThat(preflight(CHAT, origin, "POST").header("Access-Control-Allow-Origin"))
                .isNull();
        assertThat(gateway.get("/v1/things").header("Vary")).isEqualTo("Origin");
    }

    @ParameterizedTest
    @CsvSource({
        "https://*.example.com, https://a.b.example.com, true",
        "https://*.example.com, https://example.com, false",
        "https://*.example.com, https://evilexample.com, false",
        "https://*.example.com, https://a.example.com.evil, false",
        "http://localhost:*, http://localhost:5173, true",
        "http://localhost:*, http://localhost, true",
        "http://localhost:*, http://localhost:5173.evil, false",
        "http://[::1]:8080, http://[::1]:8080, true",
        "HTTPS://App.Example.com, https://app.example.com, true"
    })
    void oneStarStandsForSubdomainsOrAPort(String allowed, String origin, boolean readable) throws Exception {
        gateway = ServedGateway.start(Cors.of(allowed, false));

        String told = gateway.get("/v1/things", "Origin: " + origin).header("Access-Control-Allow-Origin");

        assertThat(told).isEqualTo(readable ? origin : null);
    }

    @Test
    void aStarLetsEveryPageRead() throws Exception {
        gateway = ServedGateway.start(Cors.of("*", false));

        RawResponse response = gateway.get("/v1/things", "Origin: null");

        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(response.header("Vary")).isNull();
    }

    @Test
    void credentialsGoToNamedOriginsAlone() throws Exception {
        gateway = ServedGateway.start(Cors.of(PAGE, true));

        assertThat(gateway.get("/v1/things", FROM_PAGE).header("Access-Control-Allow-Credentials"))
                .isEqualTo("true");
        assertThat(preflight(CHAT, PAGE, "POST").header("Access-Control-Allow-Credentials"))
                .isEqualTo("true");
        assertThatThrownBy(() -> Cors.of("*", true)).hasMessageContaining("name the origins");
    }

    @Test
    void whatARouteSaysOfVaryStays() throws Exception {
        gateway = ServedGateway.start(Cors.of(PAGE, false));

        assertThat(gateway.get("/").header("Vary")).isEqualTo("Accept, Origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.example.com",
                "https://app.example.com/",
                "https://a b",
                "*, https://a.b",
                "https://a,,",
                "null"
            })
    void refusesWhatIsNoOrigin(String origins) {
        assertThat(Cors.areOrigins(origins)).isFalse();
        assertThatThrownBy(() -> Cors.of(origins, false)).hasMessageContaining("https://app.example.com");
    }
}
