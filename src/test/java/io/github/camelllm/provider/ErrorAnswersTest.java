package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorAnswersTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            400 | {'error':{'message':'bad temperature','param':'temperature','code':null}} | INVALID_REQUEST
            400 | {'error':{'message':'too long','code':'context_length_exceeded'}}         | CONTEXT_LENGTH_EXCEEDED
            400 | {'error':{'message':'too long','code':'string_above_max_length'}}         | CONTEXT_LENGTH_EXCEEDED
            400 | {'error':{'message':"This model's maximum context length is 4096"}}       | CONTEXT_LENGTH_EXCEEDED
            400 | {'object':'error','message':'maximum context length is 8','code':400}     | CONTEXT_LENGTH_EXCEEDED
            400 | {'error':{'message':'no','code':'content_policy_violation'}}              | CONTENT_POLICY_VIOLATION
            400 | {'error':{'message':'no','code':'content_filter'}}                        | CONTENT_POLICY_VIOLATION
            400 | {'error':{'message':'no','innererror':{'code':'ResponsibleAIPolicyViolation'}}} | CONTENT_POLICY_VIOLATION
            400 | {'type':'error','error':{'message':'prompt is too long: 210000 tokens > 200000 maximum'}} | CONTEXT_LENGTH_EXCEEDED
            400 | {'type':'error','error':{'message':'input length and `max_tokens` exceed context limit: 1 + 9 > 8'}} | CONTEXT_LENGTH_EXCEEDED
            400 | {'type':'error','error':{'type':'invalid_request_error','message':'Your credit balance is too low to access the Anthropic API.'}} | NO_MODEL_AVAILABLE
            400 | {'type':'error','error':{'type':'invalid_request_error','message':'max_tokens: 9 > 8'}} | INVALID_REQUEST
            413 | {'type':'error','error':{'type':'request_too_large','message':'Request exceeds the maximum size'}} | REQUEST_TOO_LARGE
            429 | {'type':'error','error':{'type':'rate_limit_error','message':'x'}} | GLOBAL_RATE_LIMITED
            529 | {'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}} | UPSTREAM_ERROR
            400 | {'error':'just text'}            | INVALID_REQUEST
            400 | <html>                           | INVALID_REQUEST
            400 | ''                               | INVALID_REQUEST
            422 | {'detail':[{'msg':'x'}]}         | INVALID_REQUEST
            400 | {'error':{'code':400,'message':'The input token count (9) exceeds the maximum number of tokens allowed (8).','status':'INVALID_ARGUMENT'}} | CONTEXT_LENGTH_EXCEEDED
            400 | {'error':{'code':400,'message':'API key not valid.','status':'INVALID_ARGUMENT','details':[{'reason':'API_KEY_INVALID'}]}} | UPSTREAM_ERROR
            400 | {'error':{'code':400,'message':'User location is not supported for the API use.','status':'FAILED_PRECONDITION'}} | UPSTREAM_ERROR
            400 | [{'error':{'code':400,'message':'The input token count exceeds the maximum'}}] | CONTEXT_LENGTH_EXCEEDED
            400 | []                               | INVALID_REQUEST
            401 | {'error':{'message':'bad key'}}  | UPSTREAM_ERROR
            402 | {}                               | UPSTREAM_ERROR
            403 | {}                               | UPSTREAM_ERROR
            404 | {}                               | UPSTREAM_ERROR
            405 | {}                               | UPSTREAM_ERROR
            408 | {}                               | UPSTREAM_TIMEOUT
            413 | {}                               | REQUEST_TOO_LARGE
            418 | {}                               | UPSTREAM_ERROR
            429 | {'error':{'code':'rate_limit_exceeded'}} | GLOBAL_RATE_LIMITED
            429 | {'error':{'code':'insufficient_quota'}}  | NO_MODEL_AVAILABLE
            429 | {'error':{'type':'insufficient_quota'}}  | NO_MODEL_AVAILABLE
            429 | not JSON                         | GLOBAL_RATE_LIMITED
            302 | ''                               | UPSTREAM_ERROR
            500 | {'error':{'message':'stack trace'}} | UPSTREAM_ERROR
            502 | <html>                           | UPSTREAM_ERROR
            503 | {}                               | UPSTREAM_ERROR
            504 | {}                               | UPSTREAM_TIMEOUT
            529 | {}                               | UPSTREAM_ERROR
            0   | ''                               | UPSTREAM_ERROR
            """)
    void meansForTheCaller(int status, String body, ErrorCode code) {
        assertThat(problem(status, body).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {'error':{'code':'context_length_exceeded','message':'x'}}  | CONTEXT_LENGTH
            {'error':{'message':'prompt is too long: 9 tokens > 8'}}    | CONTEXT_LENGTH
            {'error':{'code':'content_filter','message':'x'}}           | CONTENT_POLICY
            {'error':{'code':429,'message':'slow down'}}                | IN_BAND_ERROR
            {'error':{'message':'Your credit balance is too low'}}      | IN_BAND_ERROR
            {'error':'out of memory'}                                   | IN_BAND_ERROR
            """)
    void meansTheSameOfThePromptWithASuccessStatus(String body, UpstreamFailure failure) {
        byte[] json = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        Problem problem = ErrorAnswers.inBand("m", "failed", ErrorObjects.of(json), "none given");

        assertThat(problem.upstream()).contains(failure);
        assertThat(problem.detail()).isPresent();
    }

    @Test
    void passesOnAReasonThatTheCallerBroughtAbout() {
        Problem problem = problem(
                400, "{'error':{'message':'Invalid temperature: 7.','param':'temperature','code':'invalid_value'}}");

        assertThat(problem).hasMessage("Invalid temperature: 7.");
        assertThat(problem.param()).contains("temperature");
        assertThat(problem.detail()).contains("upstream answered 400: Invalid temperature: 7.");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 404, 429, 500, 503, 504})
    void keepsTheReasonOfEverythingElseToTheOperator(int status) {
        Problem problem = problem(status, "{'error':{'message':'internal secret'}}");

        assertThat(problem.getMessage()).contains("'m'").doesNotContain("internal secret");
        assertThat(problem.detail()).contains("upstream answered " + status + ": internal secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            Incorrect API key provided: sk-proj-abc123*******xyz. Find it at https://platform.openai.com/account | Incorrect API key provided: [removed]. Find it at [removed]
            see http://10.0.0.7:8000/v1/chat | see [removed]
            header was Bearer abc.def-ghi    | header was [removed]
            org-AbCd1234 has no access       | [removed] has no access
            key AIzaSyA1234567890abcdefghijk | key [removed]
            token eyJhbGciOiJIUzI1NiJ9.e30.abc | token [removed]
            key 0123456789abcdef0123456789ABCDEF was refused | key [removed] was refused
            sk_live_1234567890 and gsk_1234567890abcdef | [removed] and [removed]
            risk-based key-value pairs, org-wide | risk-based key-value pairs, org-wide
            """)
    void takesKeysAndAddressesOutOfReasons(String message, String shown) {
        assertThat(problem(400, error(message))).hasMessage(shown);
    }

    @Test
    void takesOutWhatCannotBeSeen() {
        assertThat(problem(400, error("a\\r\\nb\\u0000\\u001bc\\u0085d\\u202ee\\u200bf\\u2028g")))
                .hasMessage("a b c d e f g");
    }

    @Test
    void takesOutWhatIsNoText() {
        Problem problem = problem(400, error("a\\ud800b \\ud83d\\ude00"));

        assertThat(problem).hasMessage("a b 😀");
    }

    @Test
    void cutsReasonsWithoutCuttingCharactersOrLettingKeysThrough() {
        assertThat(problem(400, error("x".repeat(2000))).getMessage())
                .hasSize(501)
                .endsWith("…");
        assertThat(problem(400, error("x".repeat(499) + "😀y")).getMessage()).isEqualTo("x".repeat(499) + "…");
        assertThat(problem(400, error("x".repeat(490) + " sk-proj-abcdefgh")).getMessage())
                .doesNotContain("sk-p");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'messages[0]\\r\\nX-Evil: 1'",
                "'\\ud800'",
                "''",
                "'https://10.0.0.7/v1'",
                "{'a':1}",
                "7",
                "'a b c'"
            })
    void namesNoFieldThatIsNone(String param) {
        assertThat(problem(400, "{'error':{'message':'m','param':" + param + "}}")
                        .param())
                .isEmpty();
        assertThat(problem(400, "{'error':{'message':'m','param':'" + "a".repeat(300) + "'}}")
                        .param())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30",
        "' 30 ', 30",
        "0, 0",
        "3600, 3600",
        "3601, 3600",
        "99999999999, 3600",
        "'Thu, 01 Jan 2099 00:00:00 GMT', 3600",
        "'Thu, 01 Jan 2026 00:00:20 GMT', 20",
        "'Thu, 1 Jan 2026 00:01:00 GMT', 60",
        "1.5, 2",
        "11.0, 11",
        "' 0.0 ', 0",
        "'Thursday, 01-Jan-26 00:00:20 GMT', 20",
        "'Thu Jan  1 00:00:20 2026', 20",
        "'Thu Jan 1 00:00:20 2026', 20"
    })
    void tellsWhenToComeBack(String retryAfter, long seconds) {
        assertThat(problem(429, "{}", retryAfter).retryAfter()).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "-1",
                "999999999999999999999",
                "Wed, 31 Dec 2025 23:59:59 GMT",
                "Wednesday, 31-Dec-25 23:59:59 GMT",
                "Wed Dec 31 23:59:59 2025",
                "1.5.2",
                "1e9",
                "NaN",
                "30\r\nX: y",
                "٣٠"
            })
    void saysNothingWhereRetryAfterSaysNothing(String retryAfter) {
        assertThat(problem(429, "{}", retryAfter).retryAfter()).isEmpty();
    }

    @Test
    void alarmsWhenTheGatewayItselfIsRefused() {
        String bill = "{\"error\":{\"code\":\"insufficient_quota\"}}";

        assertThat(ErrorAnswers.isAlarm(problem(401, ""))).isTrue();
        assertThat(ErrorAnswers.isAlarm(problem(402, ""))).isTrue();
        assertThat(ErrorAnswers.isAlarm(problem(403, ""))).isTrue();
        assertThat(ErrorAnswers.isAlarm(problem(404, ""))).isTrue();
        assertThat(ErrorAnswers.isAlarm(problem(429, bill))).isTrue();
        assertThat(ErrorAnswers.isAlarm(problem(429, ""))).isFalse();
        assertThat(ErrorAnswers.isAlarm(problem(400, ""))).isFalse();
        assertThat(ErrorAnswers.isAlarm(problem(500, ""))).isFalse();
    }

    @Test
    void tellsNoAddressAndNoKey() {
        String body =
                "{\"error\":{\"message\":\"cannot reach vllm-7.internal.corp:8000 (10.0.0.7:8000, 10.1.2.3) with key"
                        + " Mistral-9aBcDeF0 or api key=abc123def456\"}}";

        assertThat(problem(400, body).getMessage())
                .isEqualTo("cannot reach [removed] ([removed], [removed]) with key [removed] or api key=[removed]");
        assertThat(problem(400, "{\"error\":{\"message\":\"unknown key presence_penalty at 2.5\"}}")
                        .getMessage())
                .isEqualTo("unknown key presence_penalty at 2.5");
    }

    @Test
    void survivesBodiesMadeToHurt() {
        assertThat(problem(400, "[".repeat(100_000)).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem(400, "{'error':1e99999999999}").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem(400, "{'error':{'message':{'a':1},'code':[1],'innererror':'x'}}")
                        .code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem(400, error("sk-".repeat(20_000))).getMessage()).hasSizeLessThan(600);
    }

    private static String error(String message) {
        return Json.object()
                .set("error", Json.object().put("message", "MESSAGE"))
                .toString()
                .replace("MESSAGE", message);
    }

    private static Problem problem(int status, String body) {
        return problem(status, body, null);
    }

    private static Problem problem(int status, String body, String retryAfter) {
        // 'x' for "x", but where an apostrophe stands in a text
        String json = body.contains("\"") && body.contains("'")
                ? body.replace("\"This", "'This").replace("4096\"", "4096'").replace("model's", "model´s")
                : body;
        byte[] bytes = json.replace('\'', '"').replace('´', '\'').getBytes(StandardCharsets.UTF_8);
        return ErrorAnswers.of("m", status, bytes, name -> name.equals("Retry-After") ? retryAfter : null, NOW);
    }
}
