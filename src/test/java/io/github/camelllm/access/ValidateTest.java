package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Request;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The step in a route of YAML, in flow mode. */
class ValidateTest {

    private static final Map<String, Object> NONE = Map.of();
    private static final String ROUTE =
            """
            - beans:
                - name: authenticate
                  type: io.github.camelllm.access.Authenticate
                  properties: { keysFile: "%s" }
                - name: validate
                  type: io.github.camelllm.access.Validate
                  properties: { maxCharacters: %s, maxOutputTokens: 4096, maxChoices: 4, maxInputs: 8, contentTypes: "text,image_url" }
            - route:
                from:
                  uri: direct:in
                  steps:
                    - policy: { ref: %s }
                    - policy: { ref: %s }
                    - process: { ref: model }
            """;

    @TempDir
    Path directory;

    private TestRoute route;

    @BeforeEach
    void start() throws Exception {
        route = new TestRoute(ROUTE.formatted("", "1000", "authenticate", "validate"));
    }

    @AfterEach
    void stop() {
        route.close();
    }

    private Problem refused(String body) throws Exception {
        Problem problem = route.refused(body, NONE, NONE);
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem.status()).isEqualTo(400);
        return problem;
    }

    private static String saying(String content) {
        return "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
    }

    @Test
    void letsASoundRequestPassAsItCame() throws Exception {
        String body = saying("hi").replace("}]}", "}],\"top_k\":1.50,\"x\":{\"y\":1e400}}");

        Call call = route.send(body, NONE, NONE);

        assertThat(new String(call.getRequest().bytes(), StandardCharsets.UTF_8))
                .isEqualTo(body);
    }

    @Test
    void takesControlCharactersOutOfWhatTheModelReads() throws Exception {
        Call call = route.send(saying("a\\u0000b\\u001b[31m\\u0085c\\ud800\\n"), NONE, NONE);

        assertThat(call.getRequest().tree())
                .isEqualTo(Json.read(saying("ab[31mc\\ufffd\\n").getBytes(StandardCharsets.UTF_8)));
        assertThat(call.getRequest().bytes()).isNotEmpty();
    }

    @Test
    void checksEmbeddingsByTheirOwnRules() throws Exception {
        Map<String, Object> embeddings = Map.of("llm.operation", "embeddings");

        assertThat(route.send("{\"model\":\"embed\",\"input\":\"a\"}", NONE, embeddings)
                        .getAsked())
                .isEqualTo("embed");
        assertThat(route.refused("{\"model\":\"embed\",\"input\":[]}", NONE, embeddings)
                        .param())
                .contains("input");
        assertThat(route.refused("{\"model\":\"sim\",\"input\":\"a\"}", NONE, embeddings)
                        .param())
                .contains("model");
        assertThat(route.refused("{\"model\":\"embed\",\"input\":[1,2,3,4,5,6,7,8,9]}", NONE, Map.of())
                        .param())
                .contains("model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "nonsense", "{\"model\":\"sim\",}", "{\"a\":\"\u0000\"}", "\u0000", "{\"a\":01}"})
    void refusesWhatIsNoJson(String body) throws Exception {
        assertThat(refused(body).param()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"text\"", "null", "42", "true"})
    void refusesWhatIsNoJsonObject(String body) throws Exception {
        assertThat(refused(body)).hasMessageEndingWith("; an object is expected.");
    }

    @Test
    void refusesInvalidUtf8() {
        byte[] body = saying("?").getBytes(StandardCharsets.ISO_8859_1);
        body[new String(body, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xff;

        assertThatThrownBy(() -> new Request(body).tree())
                .isInstanceOf(Problem.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void refusesWhatIsNestedTooDeeply() throws Exception {
        String deep = "[".repeat(Json.MAX_DEPTH + 1) + "]".repeat(Json.MAX_DEPTH + 1);

        assertThat(refused("{\"model\":\"sim\",\"x\":" + deep + "}"))
                .hasMessageStartingWith("The body is nested more than 200 levels deep");
        assertThat(refused("[".repeat(1_000_000))).hasMessageStartingWith("The body is nested more than 200 levels");
    }

    @Test
    void walksWhatIsNestedAsDeeplyAsAllowed() throws Exception {
        String deep = "{\"a\":".repeat(Json.MAX_DEPTH - 5) + "\"\\u0007x\"" + "}".repeat(Json.MAX_DEPTH - 5);
        String body = saying("hi")
                .replace(
                        "}]}",
                        "}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + deep
                                + "}}]}");

        assertThat(new String(route.send(body, NONE, NONE).getRequest().bytes(), StandardCharsets.UTF_8))
                .isEqualTo(body.replace("\\u0007", ""));
    }

    @Test
    void refusesAFieldThatStandsTwice() throws Exception {
        assertThat(refused("{\"model\":\"sim\",\"model\":\"gpt-4o\"}"))
                .hasMessageStartingWith("The body names a field twice in one object (line 1, column ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "1e-99999999999", "0.1e-2147483647"})
    void refusesANumberThatNoDecimalCanHold(String number) throws Exception {
        assertThat(refused(saying("hi").replace("}]}", "}],\"x\":" + number + "}")))
                .hasMessageContaining("a number of more than 1000 digits or with a giant exponent");
    }

    @Test
    void holdsToItsProperties() throws Exception {
        assertThat(refused(saying("x".repeat(1001))))
                .hasMessage("messages is too long: 1001 characters of text in all; expected at most 1000.");
        assertThat(refused(saying("hi").replace("}]}", "}],\"max_tokens\":4097}"))
                        .param())
                .contains("max_tokens");
        assertThat(refused(saying("hi").replace("}]}", "}],\"n\":5}")).param()).contains("n");
        assertThat(refused(saying("hi").replace("\"hi\"", "[{\"type\":\"file\",\"file\":{\"file_id\":\"f\"}}]")))
                .hasMessage("messages[0].content[0].type is 'file'; expected one of text, image_url.");
    }

    @Test
    void refusesUnknownModels() throws Exception {
        Problem problem = route.refused(saying("hi").replace("sim", "gpt-9"), NONE, NONE);

        assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(problem.param()).contains("model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"authenticate,validate", "validate,authenticate"})
    void refusesAModelThatIsNotForTheKeyInWhicheverOrderTheStepsStand(String order) throws Exception {
        NewKey key = NewKey.generate();
        Path keys =
                Files.writeString(directory.resolve("keys.yaml"), "keys:\n" + key.yaml("ci") + "    models: [fast]\n");
        String[] steps = order.split(",");
        Map<String, Object> headers = Map.of("x-api-key", key.key());
        try (TestRoute keyed = new TestRoute(ROUTE.formatted(keys, "1000", steps[0], steps[1]))) {
            Problem problem = keyed.refused(saying("hi"), headers, NONE);

            assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_NOT_ALLOWED);
            assertThat(problem.param()).contains("model");
            assertThat(problem).hasMessage("This key may not use the model 'sim'. It may use fast.");
            assertThat(keyed.send(saying("hi").replace("sim", "fast"), headers, NONE)
                            .getAsked())
                    .isEqualTo("fast");
        }
    }

    @Test
    void doesNotStartWithAPropertyOutOfRange() {
        assertThatThrownBy(() -> new TestRoute(ROUTE.formatted("", "0", "authenticate", "validate")))
                .hasRootCauseMessage("validate: maxCharacters is 0; expected 1 to 2147483647");
    }
}
