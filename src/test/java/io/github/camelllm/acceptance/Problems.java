package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import java.util.ArrayList;
import java.util.List;

/** What every error answer of the gateway is, and what none may ever say. */
final class Problems {

    private static final List<String> FORBIDDEN = List.of(
            GatewaySetup.UPSTREAM_KEY,
            "camelllm",
            "org.apache",
            "io.vertx",
            "com.fasterxml",
            "java.",
            "Exception",
            "\tat ",
            "http://",
            "https://",
            "direct:",
            "llm-model-",
            "127.0.0.1",
            "10.0.0.7",
            "evil");

    private Problems() {}

    /** Fails unless the response is the error object with that status and code; returns its {@code error}. */
    static JsonNode assertProblem(RawResponse response, int status, String code) {
        assertThat(response.status()).as(response.toString()).isEqualTo(status);
        assertThat(response.header("content-type")).startsWith("application/json");
        JsonNode error = assertProblem(response.json(), code);
        assertThat(response.header("x-request-id"))
                .isNotBlank()
                .isEqualTo(error.path("request_id").asText());
        assertSafe(response);
        return error;
    }

    /** Fails unless it is the error object with that code; returns its {@code error}. */
    static JsonNode assertProblem(JsonNode json, String code) {
        JsonNode error = json.path("error");
        assertThat(fieldNames(json)).as(json.toString()).containsExactly("error");
        assertThat(fieldNames(error)).contains("message", "type", "code", "param", "request_id");
        assertThat(error.path("code").asText()).as(json.toString()).isEqualTo(code);
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("type").asText()).isNotBlank();
        assertThat(error.path("request_id").asText()).isNotBlank();
        return error;
    }

    /** Fails if the response tells anything of the gateway's inside. */
    static void assertSafe(RawResponse response) {
        assertThat(response.toString()).doesNotContain(FORBIDDEN);
        assertThat(response.header("server")).isNull();
        assertThat(response.header("x-powered-by")).isNull();
    }

    static List<String> fieldNames(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
