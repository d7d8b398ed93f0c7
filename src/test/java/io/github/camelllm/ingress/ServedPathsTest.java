package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Header;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HEAD, OPTIONS, 404, 405 and the index page, on a real server with routes that a user has added. */
@Timeout(60)
class ServedPathsTest {

    private static final byte[] TEXT = "hello".getBytes(StandardCharsets.UTF_8);

    private ServedGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = ServedGateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private RawResponse request(String method, String target, String... headers) throws Exception {
        return RawClient.exchange(gateway.port(), method, target, null, headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/things", "/v1/models/a", "/v1/models/a/b%2Fc?d=e"})
    void headHasTheHeadersOfGetAndNoBody(String target) throws Exception {
        RawResponse get = gateway.get(target, "X-Request-Id: mine");

        RawResponse head = gateway.head(target, "X-Request-Id: mine");

        assertThat(head.status()).isEqualTo(200);
        assertThat(names(head)).isEqualTo(names(get)).contains("content-length", "content-type");
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(get.body().length));
    }

    private static List<String> names(RawResponse response) {
        return response.headers().stream()
                .map(Header::name)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !name.equals("connection"))
                .sorted()
                .toList();
    }

    @Test
    void aRouteThatTakesEveryMethodIsLeftHeadAndOptions() throws Exception {
        assertThat(gateway.head("/any").status()).isEqualTo(200);
        assertThat(request("OPTIONS", "/any").text()).isEqualTo("OPTIONS");
        assertThat(request("PUT", "/any").text()).isEqualTo("PUT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/; GET, HEAD, OPTIONS",
                "/v1/chat/completions; POST, OPTIONS",
                "/v1/things; GET, HEAD, PUT, DELETE, OPTIONS",
                "/v1/things/; GET, HEAD, PUT, DELETE, OPTIONS",
                "/v1/models/x; GET, HEAD, OPTIONS",
                "/v1/models/x/y; GET, HEAD, OPTIONS"
            })
    void optionsAndRefusedMethodsTellAllMethodsOfThePath(String path, String allow) throws Exception {
        RawResponse options = request("OPTIONS", path);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo(allow);
        assertThat(options.header("Access-Control-Allow-Origin")).isNull();

        RawResponse refused = request("PATCH", path);
        assertError(refused, 405, "method_not_allowed");
        assertThat(refused.header("Allow")).isEqualTo(allow);
    }

    @Test
    void headOfAPathWithoutGetIsRefusedAndHeadOfNothingIsNotFound() throws Exception {
        assertThat(gateway.head("/v1/chat/completions").status()).isEqualTo(405);
        assertThat(gateway.head("/nowhere").status()).isEqualTo(404);
    }

    @Test
    void aPostOfNoJsonIsToldThatThePathOrMethodIsWrongRatherThanTheMediaType() throws Exception {
        String type = "Content-Type: text/plain";
        assertError(RawClient.exchange(gateway.port(), "POST", "/v1/nowhere", TEXT, type), 404, "not_found");
        assertError(RawClient.exchange(gateway.port(), "POST", "/v1/models/x", TEXT), 405, "method_not_allowed");
        assertError(
                RawClient.exchange(gateway.port(), "POST", "/v1/chat/completions", TEXT, type),
                415,
                "unsupported_media_type");
    }

    @Test
    void aUsersRouteTakesTheMediaTypesItDeclares() throws Exception {
        assertThat(RawClient.exchange(gateway.port(), "POST", "/v1/audio", TEXT, "Content-Type: audio/wav")
                        .text())
                .isEqualTo("heard");
        RawResponse refused =
                RawClient.exchange(gateway.port(), "POST", "/v1/audio", TEXT, "Content-Type: application/json");
        assertError(refused, 415, "unsupported_media_type");
        assertThat(refused.text()).contains("audio/wav");
    }

    @Test
    void aPathThatIsNotServedIsToldWhatIsRoutesOfUsersIncluded() throws Exception {
        assertThat(message(gateway.get("/v1/completions")))
                .isEqualTo(
                        "There is nothing at this path. Served are GET /, GET|POST|PUT|PATCH|DELETE /any,"
                                + " POST /v1/audio, POST /v1/chat/completions, GET /v1/models/{id}, GET|PUT|DELETE /v1/things.");

        gateway.load(
                """
                - route:
                    id: late
                    from:
                      uri: platform-http:/late/{x}/y*
                      parameters: { httpMethodRestrict: GET }
                      steps:
                        - setBody: { constant: "late" }
                """);
        assertThat(message(gateway.get("/nowhere"))).contains("GET /late/{x}/y*, ");
        assertThat(request("POST", "/late/1/yes").header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(request("OPTIONS", "/late/1/no").status()).isEqualTo(404);

        gateway.context.getRouteController().stopRoute("late");
        gateway.context.removeRoute("late");
        assertThat(message(gateway.get("/nowhere"))).doesNotContain("/late");
        assertThat(request("OPTIONS", "/late/1/yes").status()).isEqualTo(404);
    }

    @Test
    void anthropicsClientsAreToldInTheirWords() throws Exception {
        JsonNode error = Json.read(
                gateway.get("/v1/nowhere", "anthropic-version: 2023-06-01").body());
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.at("/error/type").asText()).isEqualTo("not_found_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "application/json, text/html", ""})
    void theIndexIsJsonForProgrammes(String accept) throws Exception {
        RawResponse response = gateway.get("/", "Accept: " + accept);

        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        JsonNode index = Json.read(response.body());
        assertThat(index.path("name").asText()).isEqualTo("camel-llm-gateway");
        assertThat(index.path("version").asText()).isNotBlank();
        assertThat(index.path("endpoints").findValuesAsText("path"))
                .containsExactly("/", "/any", "/v1/audio", "/v1/chat/completions", "/v1/models/{id}", "/v1/things");
        assertThat(index.at("/endpoints/0/description").asText()).isEqualTo("this <page>");
        assertThat(index.at("/endpoints/5/methods")).hasToString("[\"GET\",\"HEAD\",\"PUT\",\"DELETE\",\"OPTIONS\"]");
    }

    @Test
    void theIndexIsAPageForBrowsersAndShowsDescriptionsAsText() throws Exception {
        RawResponse response =
                gateway.get("/", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

        assertThat(response.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(response.header("Vary")).isEqualTo("Accept");
        assertThat(response.header("Content-Security-Policy")).startsWith("default-src 'none'");
        assertThat(response.text())
                .contains("this &lt;page&gt;", "<a href=\"/v1/things\">", "/v1/models/{id}", "Version")
                .doesNotContain("<page>");
    }

    private static String message(RawResponse response) throws Exception {
        assertError(response, 404, "not_found");
        return Json.read(response.body()).at("/error/message").asText();
    }

    private static void assertError(RawResponse response, int status, String code) throws Exception {
        assertThat(response.status()).as(response.text()).isEqualTo(status);
        JsonNode error = Json.read(response.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("request_id").asText()).isEqualTo(response.header("X-Request-Id"));
    }
}
