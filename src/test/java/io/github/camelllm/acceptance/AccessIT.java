package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.models.Model;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.VirtualKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway with virtual keys. */
class AccessIT extends GatewayAcceptance {

    private static final String OPS = "sk-llm-ops-0123456789";
    private static final String FRONTEND = "sk-llm-frontend-0123456789";
    private static final String NARROW = "sk-llm-narrow-0123456789";
    private static final String GONE = "sk-llm-gone-0123456789";
    private static final String OVER = "sk-llm-over-0123456789";

    @Override
    void prepare(GatewaySetup setup) {
        setup.write(
                "config/keys.yaml",
                "keys:\n"
                        + "  - { id: ops, sha256: " + VirtualKey.sha256(OPS)
                        + ", tenant: acme, user: olga, team: ops, tier: pro }\n"
                        + "  - { id: frontend, sha256: " + VirtualKey.sha256(FRONTEND)
                        + ", user: frontend, speaks-for-others: true }\n"
                        + "  - { id: narrow, sha256: " + VirtualKey.sha256(NARROW) + ", models: [simulator, fast] }\n"
                        + "  - { id: gone, sha256: " + VirtualKey.sha256(GONE) + ", enabled: false }\n"
                        + "  - { id: over, sha256: " + VirtualKey.sha256(OVER) + ", expires: 2020-01-01 }\n");
    }

    @Test
    void knowsACallerByEitherHeader() throws Exception {
        for (String header :
                new String[] {"Authorization: Bearer " + OPS, "x-api-key: " + OPS, "AUTHORIZATION: bearer " + OPS}) {
            RawResponse response = post(CHAT, chatJson(STEADY), header);
            assertThat(response.status()).isEqualTo(200);
            JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
            assertThat(record.path("key_id").asText()).isEqualTo("ops");
            assertThat(record.path("tenant").asText()).isEqualTo("acme");
            assertThat(record.path("user").asText()).isEqualTo("olga");
            assertThat(record.path("team").asText()).isEqualTo("ops");
            assertThat(record.path("tier").asText()).isEqualTo("pro");
            assertThat(record.toString()).doesNotContain(OPS, VirtualKey.sha256(OPS));
        }
        assertThat(upstream.lastRequest().header("x-api-key")).isNull();
        assertThat(upstream.lastRequest().header("authorization")).doesNotContain(OPS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Nothing: x",
                "Authorization: Bearer sk-llm-unknown-0123456789",
                "Authorization: Bearer " + GONE,
                "Authorization: Bearer " + OVER,
                "Authorization: Bearer",
                "Authorization: Basic b3BzOm9wcw==",
                "Authorization: " + OPS,
                "x-api-key: " + OPS + "x",
                "x-api-key: ops",
                "Cookie: Authorization=" + OPS,
                "CamelAuthentication: ops",
                "llm.keyId: ops"
            })
    void refusesWhoHasNoValidKey(String header) throws Exception {
        for (String path : new String[] {CHAT, CHAT + "?llm.keyId=ops&x-api-key=" + OPS}) {
            RawResponse response = post(path, chatJson(STEADY), header);
            JsonNode error = Problems.assertProblem(response, 401, "invalid_api_key");
            assertThat(error.path("type").asText()).isEqualTo("authentication_error");
            assertThat(response.text()).doesNotContain("0123456789");
        }
        Problems.assertProblem(post(CHAT, chatJson(STEADY, "\"stream\":true"), header), 401, "invalid_api_key");
        Problems.assertProblem(
                post(EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":\"a\"}", header), 401, "invalid_api_key");
        Problems.assertProblem(
                RawClient.exchange(gateway.port(), "GET", "/v1/models", null, header), 401, "invalid_api_key");
        assertThat(upstream.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1//chat/completions",
                "//v1/chat/completions",
                "/v1/./chat/completions",
                "/v1/x/../chat/completions",
                "/%2e%2e/v1/chat/completions",
                "/v1/chat/completions/",
                "/v1/%63hat/completions",
                "http://other.example/v1/chat/completions"
            })
    void asksForAKeyHoweverThePathIsSpelt(String path) throws Exception {
        Problems.assertProblem(post(path, chatJson(STEADY)), 401, "invalid_api_key");
        assertThat(upstream.received()).isEmpty();
        assertThat(post(path, chatJson(STEADY), "x-api-key: " + OPS).status()).isEqualTo(200);
        assertThat(upstream.lastRequest().target()).isEqualTo(CHAT);
    }

    @Test
    void saysTheSameOfEveryKeyThatIsNotValid() throws Exception {
        String unknown = message("sk-llm-unknown-0123456789");
        assertThat(message(GONE)).isEqualTo(unknown);
        assertThat(message(OVER)).isEqualTo(unknown);
    }

    private String message(String key) throws Exception {
        return post(CHAT, chatJson(STEADY), "x-api-key: " + key)
                .json()
                .at("/error/message")
                .asText();
    }

    @Test
    void asksWhoItIsBeforeItLooksAtTheRequest() throws Exception {
        Problems.assertProblem(post(CHAT, "{ no JSON"), 401, "invalid_api_key");
    }

    @Test
    void keepsAKeyToItsModels() throws Exception {
        assertThat(post(CHAT, chatJson("simulator"), "x-api-key: " + NARROW).status())
                .isEqualTo(200);
        assertThat(post(CHAT, chatJson("fast"), "x-api-key: " + NARROW).status())
                .isEqualTo(200);
        upstream.reset();
        JsonNode error =
                Problems.assertProblem(post(CHAT, chatJson(STEADY), "x-api-key: " + NARROW), 403, "model_not_allowed");
        assertThat(error.path("type").asText()).isEqualTo("permission_error");
        Problems.assertProblem(
                post(EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":\"a\"}", "x-api-key: " + NARROW),
                403,
                "model_not_allowed");
        assertThat(upstream.received()).isEmpty();
        String list = RawClient.exchange(gateway.port(), "GET", "/v1/models", null, "x-api-key: " + NARROW)
                .text();
        assertThat(list).contains("\"simulator\"", "\"fast\"").doesNotContain(STEADY, "smart", "gpt-4o");
    }

    @Test
    void believesWhoAKeySpeaksForOnlyIfItMay() throws Exception {
        String[] claims = {"X-LLM-User: ana maría", "X-LLM-Team: web"};
        JsonNode trusted = record(FRONTEND, claims);
        assertThat(trusted.path("key_id").asText()).isEqualTo("frontend");
        assertThat(trusted.path("user").asText()).isEqualTo("ana maría");
        assertThat(trusted.path("team").asText()).isEqualTo("web");
        JsonNode own = record(OPS, claims);
        assertThat(own.path("user").asText()).isEqualTo("olga");
        assertThat(own.path("team").asText()).isEqualTo("ops");
        JsonNode silent = record(FRONTEND);
        assertThat(silent.path("user").asText()).isEqualTo("frontend");
    }

    private JsonNode record(String key, String... headers) throws Exception {
        RawResponse response = post(CHAT, chatJson(STEADY), with(headers, "x-api-key: " + key));
        assertThat(response.status()).isEqualTo(200);
        return gateway.awaitRecord(response.header("x-request-id"));
    }

    @Test
    void recordsWhoWasRefusedWithoutTheKey() throws Exception {
        RawResponse response = post(CHAT, chatJson(STEADY), "x-api-key: " + GONE);
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("status").asInt()).isEqualTo(401);
        assertThat(record.path("error_code").asText()).isEqualTo("invalid_api_key");
        assertThat(record.path("input_tokens").asInt()).isZero();
        assertThat(record.path("attempts")).isEmpty();
        assertThat(record.toString()).doesNotContain("0123456789");
    }

    @Test
    void leavesHealthAndMetricsOpen() throws Exception {
        for (String path : new String[] {"/health", "/health/ready", "/metrics"}) {
            assertThat(RawClient.exchange(gateway.port(), "GET", path, null).status())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void speaksToOpenAisSdkInItsExceptions() {
        assertThatThrownBy(() -> ask("sk-llm-unknown-0123456789", STEADY))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class, e -> assertThat(e.code()).contains("invalid_api_key"));
        assertThatThrownBy(() -> ask(NARROW, STEADY))
                .isInstanceOfSatisfying(PermissionDeniedException.class, e -> assertThat(e.code())
                        .contains("model_not_allowed"));
        OpenAIClient client = client(OPS);
        assertThat(client.models().list().data().stream().map(Model::id)).contains(STEADY);
        client.close();
    }

    private void ask(String key, String model) {
        OpenAIClient client = client(key);
        try {
            client.chat()
                    .completions()
                    .create(ChatCompletionCreateParams.builder()
                            .model(model)
                            .addUserMessage("x")
                            .build());
        } finally {
            client.close();
        }
    }

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }
}
