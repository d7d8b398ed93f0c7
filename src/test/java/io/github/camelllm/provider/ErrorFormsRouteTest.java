package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors in the forms in which servers, their frameworks and the proxies before them give them. */
@Timeout(120)
class ErrorFormsRouteTest {

    private static final String NO_REASON = "The provider refused the request and gave no reason.";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            {'detail':'temperature must be below 2'}                                   | temperature must be below 2 |
            {'detail':[{'loc':['body','messages',0,'role'],'msg':'field required','type':'missing'}]} | messages[0].role: field required | messages[0].role
            {'detail':[{'loc':['body','n'],'msg':'too large'},{'loc':['body','top_p'],'msg':'no'}]} | n: too large; top_p: no | n
            {'detail':['a','b']}                                                       | a; b |
            {'detail':{'message':'inner'}}                                             | inner |
            {'detail':{'error':{'message':'inner','param':'n'}}}                       | inner | n
            {'object':'error','message':{'detail':[{'loc':['body','stop'],'msg':'bad'}]},'type':'invalid_request_error'} | stop: bad | stop
            {'message':'plain message'}                                                | plain message |
            {'error':'a text'}                                                         | a text |
            {'error':'bad_request','message':'a text beside it'}                       | a text beside it |
            {'error':{'error':{'message':'nested'}}}                                   | nested |
            {'error':{'message':null,'detail':'in detail'}}                            | in detail |
            [{'error':{'code':400,'message':'in an array'}}]                           | in an array |
            {'errors':[{'message':'the first'},{'message':'the second'}]}              | the first |
            {'errors':['the first']}                                                   | the first |
            {'title':'Bad Request','detail':'problem details','status':400}            | problem details |
            {'msg':'short'}                                                            | short |
            "a JSON text"                                                              | a JSON text |
            temperature must be below 2                                                | temperature must be below 2 |
            see http://10.0.0.7:8000/x with key sk-proj-abcdef123                      | see [removed] with key [removed] |
            <html><body>nginx 10.0.0.7</body></html>                                   | NONE |
            {'error':                                                                  | NONE |
            Traceback (most recent call last): x                                       | NONE |
            {'detail':'java.lang.IllegalStateException: org.acme.Secret'}              | NONE |
            {'error':{}}                                                               | NONE |
            {'error':null}                                                             | NONE |
            {'detail':[]}                                                              | NONE |
            """)
    void aReasonIsFoundInWhateverFormItIsGiven(String body, String message, String param) throws Exception {
        String json = body.startsWith("see ") ? body : body.replace('\'', '"');
        for (boolean stream : new boolean[] {false, true}) {
            Heard heard = Heard.ask(
                    Dialect.OPENAI, stream, Reply.of(400, "text/plain", json.getBytes(StandardCharsets.UTF_8)), "");

            assertThat(heard.problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(heard.problem).hasMessage(message.equals("NONE") ? NO_REASON : message);
            assertThat(heard.problem.param().orElse(null)).isEqualTo(param);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "{\"detail\":\"This model's maximum context length is 8 tokens\"}",
        "This model's maximum context length is 8 tokens",
        "{\"detail\":[{\"msg\":\"prompt is too long: 9 tokens\"}]}"
    })
    void aPromptThatIsTooLongIsKnownByAnyForm(String body) throws Exception {
        Heard heard = Heard.ask(
                Dialect.OPENAI, false, Reply.of(400, "text/plain", body.getBytes(StandardCharsets.UTF_8)), "");

        assertThat(heard.problem.upstream()).contains(UpstreamFailure.CONTEXT_LENGTH);
    }

    @Test
    void aPlainTextOfAServerThatFailedIsNoClientsToRead() throws Exception {
        Heard heard = Heard.ask(
                Dialect.OPENAI,
                false,
                Reply.of(503, "text/plain", "db-7 is down".getBytes(StandardCharsets.UTF_8)),
                "");

        assertThat(heard.problem.getMessage()).doesNotContain("db-7");
        assertThat(heard.problem.detail().orElse("")).contains("db-7 is down");
    }

    private static Duration told(int status, String error, String... headers) throws Exception {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : headers) {
            all.put(
                    header.substring(0, header.indexOf(':')),
                    header.substring(header.indexOf(':') + 1).strip());
        }
        byte[] body = error.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ErrorAnswers.of("m", status, body, all::get, Instant.parse("2026-01-01T00:00:00Z"))
                .retryAfter()
                .orElse(null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            retry-after-ms: 250                                                          | PT0.25S
            retry-after-ms: 1500.5                                                       | PT2S
            retry-after-ms: 99999999999                                                  | PT1H
            retry-after-ms: soon                                                         |
            retry-after-ms: -5                                                           |
            retry-after-ms: 250 & Retry-After: 9                                          | PT0.25S
            retry-after-ms: x & Retry-After: 9                                            | PT9S
            Retry-After: 0.4                                                             | PT0.4S
            Retry-After: 1.5                                                             | PT2S
            Retry-After: 2.0                                                             | PT2S
            Retry-After: 7 & x-ratelimit-reset-requests: 6m0s                             | PT7S
            x-ratelimit-reset-requests: 6m0s                                             | PT6M
            x-ratelimit-reset-tokens: 250ms                                              | PT0.25S
            x-ratelimit-reset-tokens: 1h2m3.5s                                           | PT1H
            x-ratelimit-reset-tokens: 7.66s                                              | PT8S
            x-ratelimit-reset-tokens: 12                                                 | PT12S
            x-ratelimit-reset-requests: 6m & x-ratelimit-reset-tokens: 20s                | PT20S
            x-ratelimit-reset-requests: 6m & x-ratelimit-remaining-requests: 0 & x-ratelimit-reset-tokens: 20s | PT6M
            x-ratelimit-reset-requests: 1s & x-ratelimit-remaining-requests: 9 & x-ratelimit-reset-tokens: 20s & x-ratelimit-remaining-tokens: 0 | PT20S
            anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:31Z                       | PT31S
            anthropic-ratelimit-tokens-reset: 2025-01-01T00:00:31Z                       |
            x-ratelimit-reset-tokens: never                                              |
            x-ratelimit-reset-tokens: 5x                                                 |
            """)
    void timesToWaitAreReadByTheMostExactOfThem(String headers, Duration time) throws Exception {
        assertThat(told(429, "{}", headers.split(" & "))).isEqualTo(time);
    }

    @Test
    void limitsThatResetAreNoReasonToWaitAfterAnotherError() throws Exception {
        assertThat(told(500, "{}", "x-ratelimit-reset-tokens: 20s")).isNull();
        assertThat(told(503, "{}", "retry-after-ms: 20")).isEqualTo(Duration.ofMillis(20));
    }

    @ParameterizedTest
    @CsvSource({"17s, PT17S", "0.25s, PT0.25S", "3.1s, PT4S", "7200s, PT1H", "1m, PT1M", "soon,", "-4s,"})
    void retryInfoIsRead(String delay, Duration time) throws Exception {
        assertThat(told(429, "{'error':{'message':'x','details':[{'a':1},{'retryDelay':'" + delay + "'}]}}"))
                .isEqualTo(time);
    }

    @Test
    void timesToWaitAreReadOffTheWire() throws Exception {
        Heard heard = Heard.ask(Dialect.OPENAI, true, Reply.error(429).header("X-RateLimit-Reset-Tokens", "6m0s"), "");
        Heard exact = Heard.ask(Dialect.OPENAI, false, Reply.error(503).header("Retry-After-Ms", "1200"), "");

        assertThat(heard.problem.retryAfter()).contains(Duration.ofMinutes(6));
        assertThat(exact.problem.retryAfter()).contains(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            OPENAI    | {'error':{'message':'x','code':'rate_limit_exceeded'}}               | STATUS_429 | GLOBAL_RATE_LIMITED
            OPENAI    | {'error':{'message':'x','type':'insufficient_quota'}}                | STATUS_402 | NO_MODEL_AVAILABLE
            OPENAI    | {'error':{'message':'x','code':429}}                                 | STATUS_429 | GLOBAL_RATE_LIMITED
            OPENAI    | {'error':{'message':'x','code':'503'}}                               | STATUS_503 | UPSTREAM_ERROR
            OPENAI    | {'error':{'message':'x','code':529}}                                 | STATUS_529 | UPSTREAM_ERROR
            OPENAI    | {'error':{'message':'The server is currently overloaded','type':'server_error'}} | STATUS_503 | UPSTREAM_ERROR
            OPENAI    | {'error':{'message':'x','type':'server_error'}}                      | IN_BAND_ERROR | UPSTREAM_ERROR
            OPENAI    | {'object':'error','message':'x','code':503}                          | STATUS_503 | UPSTREAM_ERROR
            ANTHROPIC | {'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}} | STATUS_529 | UPSTREAM_ERROR
            ANTHROPIC | {'type':'error','error':{'type':'rate_limit_error','message':'x'}}   | STATUS_429 | GLOBAL_RATE_LIMITED
            ANTHROPIC | {'type':'error','error':{'type':'api_error','message':'x'}}          | IN_BAND_ERROR | UPSTREAM_ERROR
            GEMINI    | {'error':{'code':503,'message':'x','status':'UNAVAILABLE'}}          | STATUS_503 | UPSTREAM_ERROR
            GEMINI    | {'error':{'code':429,'message':'x','status':'RESOURCE_EXHAUSTED'}}   | STATUS_429 | GLOBAL_RATE_LIMITED
            GEMINI    | [{'error':{'code':503,'message':'x'}}]                               | STATUS_503 | UPSTREAM_ERROR
            """)
    void anOverloadInThePlaceOfAnAnswerIsOne(Dialect dialect, String body, UpstreamFailure failure, ErrorCode code)
            throws Exception {
        String error = body.replace('\'', '"');
        if (!error.startsWith("[")) {
            Heard plain = Heard.ask(dialect, false, Reply.json(200, error), "");
            assertThat(plain.problem.upstream()).contains(failure);
            assertThat(plain.problem.code()).isEqualTo(code);
        }
        for (Reply reply : new Reply[] {Reply.json(200, error), Reply.sse(Sse.of(error)), early(dialect, error)}) {
            Heard streamed = Heard.ask(dialect, true, reply, "");
            assertThat(streamed.problem.upstream()).contains(failure);
            assertThat(streamed.problem.code()).isEqualTo(code);
            assertThat(streamed.events).isEmpty();
        }
    }

    /** The same behind an event that says nothing yet. */
    private static Reply early(Dialect dialect, String error) {
        return Reply.sse(Sse.of(dialect.idleEvent(), error));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anOverloadInTheMiddleBreaksTheAnswerOff(Dialect dialect) throws Exception {
        Sse sse = dialect.sse("one ", "two ", "three");
        int position = dialect.events(2);

        Heard heard = Heard.ask(
                dialect,
                true,
                Reply.sse(sse.insert(position, dialect.errorBody(529, "Overloaded"))
                        .endAfter(position + 1)),
                "");

        assertThat(heard.content()).isEqualTo("one two ");
        assertThat(heard.problem.upstream()).contains(UpstreamFailure.IN_BAND_ERROR);
    }

    @Test
    void anOverloadInThePlaceOfAnAnswerSaysHowLong() throws Exception {
        Heard heard = Heard.ask(
                Dialect.GEMINI,
                true,
                Reply.sse(Sse.of("{\"error\":{\"code\":429,\"message\":\"x\",\"status\":\"RESOURCE_EXHAUSTED\","
                        + "\"details\":[{\"retryDelay\":\"17s\"}]}}")),
                "");

        assertThat(heard.problem.retryAfter()).contains(Duration.ofSeconds(17));
    }
}
