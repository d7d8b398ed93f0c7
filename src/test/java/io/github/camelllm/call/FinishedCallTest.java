package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FinishedCallTest {

    private static final Identity WHO = new Identity("k1", "acme", "ann", "search", "pro", Set.of());

    @Test
    void tellsAllThatIsKnown() {
        FinishedCall finished = new FinishedCall(
                "call_1",
                "req_1",
                "0af7651916cd43dd8448eb211c80319c",
                Instant.parse("2026-01-01T00:00:00.123456Z"),
                "chat",
                WHO,
                "fast",
                "code",
                true,
                "gpt-4o-mini",
                "openai",
                Usage.reported(10, 20, 3, 4).withCacheWrites(2),
                new BigDecimal("0.000012"),
                1_234_567_891L,
                200_000_499L,
                150_000_000L,
                160_000_000L,
                "stop",
                "miss",
                List.of(
                        new FinishedCall.Try(
                                "gpt-4o",
                                "openai",
                                100_000_000L,
                                503,
                                "upstream_error",
                                "status_503",
                                "it failed",
                                Usage.estimate(5, 6),
                                null),
                        new FinishedCall.Try("gpt-4o-mini", "openai", 50_000_000L, 200, null, null, null, null, null)),
                200,
                null,
                "static",
                "no_model_available",
                "continued",
                List.of("top_k left out"),
                List.of("refusal"),
                null,
                "confidential",
                List.of(new Redaction("EMAIL_ADDRESS", "request", "pseudonym", 2)),
                new GuardNote("flagged", 0.61234, "messages[1].content", List.of("reveal-prompt", "model")),
                "ab12");

        assertThat(finished.ok()).isTrue();
        assertThat(finished.toJson())
                .hasToString(
                        "{\"time\":\"2026-01-01T00:00:00.123456Z\",\"call_id\":\"call_1\",\"request_id\":\"req_1\","
                                + "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"operation\":\"chat\",\"key_id\":\"k1\","
                                + "\"tenant\":\"acme\",\"user\":\"ann\",\"team\":\"search\",\"tier\":\"pro\",\"asked\":\"fast\","
                                + "\"task\":\"code\",\"stream\":true,\"model\":\"gpt-4o-mini\",\"provider\":\"openai\","
                                + "\"input_tokens\":10,\"output_tokens\":20,\"cached_input_tokens\":3,\"cache_write_tokens\":2,\"reasoning_tokens\":4,"
                                + "\"tokens_estimated\":false,\"cost_usd\":0.000012,\"latency_ms\":1234.568,\"time_to_first_token_ms\":200.0,"
                                + "\"upstream_ms\":150.0,\"finish_reason\":\"stop\",\"cache\":\"miss\",\"attempts\":[{"
                                + "\"model\":\"gpt-4o\",\"provider\":\"openai\",\"waited_ms\":100.0,\"status\":503,"
                                + "\"error_code\":\"upstream_error\",\"failure\":\"status_503\",\"cause\":\"it failed\",\"input_tokens\":5,"
                                + "\"output_tokens\":6,\"cached_input_tokens\":0,\"cache_write_tokens\":0,\"reasoning_tokens\":0,"
                                + "\"tokens_estimated\":true,\"cost_usd\":null},{\"model\":\"gpt-4o-mini\","
                                + "\"provider\":\"openai\",\"waited_ms\":50.0,\"status\":200,\"error_code\":null,"
                                + "\"failure\":null,\"cause\":null}],\"status\":200,"
                                + "\"error_code\":null,\"degraded\":\"static\",\"degraded_by\":\"no_model_available\","
                                + "\"recovery\":\"continued\",\"warnings\":[\"top_k left out\"],\"classification\":\"confidential\","
                                + "\"redactions\":[{\"type\":\"EMAIL_ADDRESS\",\"direction\":\"request\",\"action\":\"pseudonym\","
                                + "\"count\":2}],"
                                + "\"guard\":{\"action\":\"flagged\",\"score\":0.612,\"place\":\"messages[1].content\","
                                + "\"rules\":[\"reveal-prompt\",\"model\"]},\"flags\":[\"refusal\"],\"prompt_sha256\":\"ab12\"}");
    }

    @Test
    void saysNullWhereNothingIsKnown() {
        FinishedCall finished = new FinishedCall(
                "call_1",
                "req_1",
                "t",
                Instant.EPOCH,
                "chat",
                Identity.ANONYMOUS,
                null,
                null,
                false,
                null,
                null,
                Usage.NONE,
                null,
                0,
                -1,
                0,
                -1,
                null,
                "bypass",
                List.of(new FinishedCall.Try("m", "p", -1, 0, null, null, null, null, null)),
                400,
                "invalid_request",
                null,
                null,
                null,
                List.of(),
                List.of(),
                null,
                "public",
                List.of(),
                null,
                null);

        assertThat(finished.ok()).isFalse();
        assertThat(finished.toJson())
                .hasToString(
                        "{\"time\":\"1970-01-01T00:00:00Z\",\"call_id\":\"call_1\",\"request_id\":\"req_1\",\"trace_id\":\"t\","
                                + "\"operation\":\"chat\",\"key_id\":\"anonymous\",\"tenant\":\"default\","
                                + "\"user\":\"anonymous\",\"team\":\"default\",\"tier\":\"free\",\"asked\":null,\"task\":null,"
                                + "\"stream\":false,\"model\":null,\"provider\":null,\"input_tokens\":0,\"output_tokens\":0,"
                                + "\"cached_input_tokens\":0,\"cache_write_tokens\":0,\"reasoning_tokens\":0,\"tokens_estimated\":false,\"cost_usd\":null,"
                                + "\"latency_ms\":0.0,\"time_to_first_token_ms\":null,\"upstream_ms\":0.0,"
                                + "\"finish_reason\":null,\"cache\":\"bypass\",\"attempts\":[{\"model\":\"m\","
                                + "\"provider\":\"p\",\"waited_ms\":null,\"status\":null,\"error_code\":null,"
                                + "\"failure\":null,\"cause\":null}],"
                                + "\"status\":400,\"error_code\":\"invalid_request\",\"degraded\":null,\"degraded_by\":null,"
                                + "\"recovery\":null,\"warnings\":[],\"classification\":\"public\",\"redactions\":[],"
                                + "\"flags\":[],\"prompt_sha256\":null}");
    }
}
