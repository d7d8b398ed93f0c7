package io.github.camelllm.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTest {

    /** DESIGN's table of errors, and what the HTTP edge adds to it. */
    @Test
    void everyCodeHasItsStatus() {
        List<String> table = new ArrayList<>();
        for (ErrorCode code : ErrorCode.values()) {
            table.add(code.status() + " " + code.code());
        }

        assertThat(table)
                .containsExactly(
                        "400 invalid_request",
                        "400 context_length_exceeded",
                        "400 content_policy_violation",
                        "400 prompt_injection",
                        "400 sensitive_data",
                        "401 invalid_api_key",
                        "403 model_not_allowed",
                        "403 admin_key_needed",
                        "404 model_not_found",
                        "404 not_found",
                        "405 method_not_allowed",
                        "408 request_timeout",
                        "409 idempotency_conflict",
                        "409 config_refused",
                        "413 request_too_large",
                        "414 uri_too_long",
                        "415 unsupported_media_type",
                        "429 global_rate_limited",
                        "429 user_rate_limited",
                        "429 quota_exhausted",
                        "429 budget_exceeded",
                        "429 request_over_budget",
                        "429 too_many_in_flight",
                        "431 headers_too_large",
                        "499 client_gone",
                        "500 internal_error",
                        "502 upstream_error",
                        "503 no_model_available",
                        "503 store_unavailable",
                        "503 overloaded",
                        "503 shutting_down",
                        "503 starting",
                        "504 upstream_timeout");
    }

    @Test
    void changesNothingButWhatItIsToldTo() {
        Throwable cause = new IllegalStateException("why");
        Problem problem = Problem.invalid("messages[0].role", "wrong")
                .withRetryAfter(Duration.ofSeconds(3))
                .withDetail("for operators")
                .withCause(cause);

        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem).hasMessage("wrong").hasCause(cause);
        assertThat(problem.param()).contains("messages[0].role");
        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(3));
        assertThat(problem.detail()).contains("for operators");
        assertThat(problem.withParam(null).param()).isEmpty();
        assertThat(problem.withDetail(null).detail()).isEmpty();
        assertThat(problem.withRetryAfter(null).retryAfter()).isEmpty();
    }

    @Test
    void findsTheProblemBehindWhatCamelWrapsItIn() {
        Problem problem = Problem.of(ErrorCode.UPSTREAM_ERROR, "cut");

        assertThat(Problem.from(new RuntimeException(new IllegalStateException(problem))))
                .isSameAs(problem);
    }

    @Test
    void saysNothingOfABug() {
        RuntimeException bug = new RuntimeException("jdbc://user:password@host", new Error("deep"));

        Problem problem = Problem.from(bug);

        assertThat(problem.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(problem.getMessage()).doesNotContain("jdbc").doesNotContain("Exception");
        assertThat(problem).hasCause(bug);
    }

    @Test
    void costsNoStackTrace() {
        assertThat(Problem.of(ErrorCode.UPSTREAM_ERROR, "cut").getStackTrace()).isEmpty();
    }
}
