package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProblemJsonTest {

    @Test
    void hasAllFiveFieldsInOpenAiOrder() {
        Problem problem = Problem.invalid("messages[0].role", "The role is unknown.");

        assertThat(text(ProblemJson.bytes(problem, "req_1")))
                .isEqualTo("{\"error\":{\"message\":\"The role is unknown.\",\"type\":\"invalid_request_error\","
                        + "\"code\":\"invalid_request\",\"param\":\"messages[0].role\",\"request_id\":\"req_1\"}}");
    }

    @Test
    void writesNullWhereThereIsNoParamAndNoRequestId() {
        assertThat(text(ProblemJson.bytes(Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "None."), null)))
                .endsWith("\"code\":\"no_model_available\",\"param\":null,\"request_id\":null}}");
    }

    @Test
    void keepsDetailAndCauseFromTheClient() {
        Problem problem = Problem.from(new IllegalStateException("password=hunter2"));

        assertThat(text(ProblemJson.bytes(problem, "req_1")))
                .contains("internal_error")
                .doesNotContain("hunter2", "IllegalState");
    }

    @Test
    void survivesHalfASurrogatePairInWhatTheProblemQuotes() throws IOException {
        Problem problem = Problem.invalid("metadata.\udc00", "The field 'a\ud800b' is unknown. \ud83d\ude00");

        var error = Json.read(ProblemJson.bytes(problem, "req_1")).path("error");

        assertThat(error.path("message").textValue()).isEqualTo("The field 'a\ufffdb' is unknown. \ud83d\ude00");
        assertThat(error.path("param").textValue()).isEqualTo("metadata.\ufffd");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
