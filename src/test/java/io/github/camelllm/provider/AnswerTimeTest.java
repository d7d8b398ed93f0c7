package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The waits of docs/failover.md, as shipped. */
class AnswerTimeTest {

    private static AnswerTime shipped(boolean reasons) {
        return new AnswerTime(
                Duration.ofSeconds(120), Duration.ofSeconds(15), Duration.ofSeconds(120), reasons, 25, 2500, 2000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model':'m'} | 95",
                "{'model':'m','max_tokens':250} | 25",
                "{'model':'m','max_completion_tokens':500,'max_tokens':25} | 35",
                "{'model':'m','max_tokens':100000} | 120",
                "{'model':'m','max_tokens':-7} | 95",
                "{'model':'m','reasoning_effort':'high','max_tokens':250} | 130"
            })
    void aPlainAnswerHasTimeForItsTokens(String request, int seconds) {
        assertThat(shipped(false).head(Tries.chat(request))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"true, 25000, 25", "true, 250000, 115", "true, 2500000, 120", "false, 25000, 29", "false, 2500000, 120"
    })
    void aLongPromptHasTimeToBeRead(boolean stream, int tokens, int seconds) {
        String prompt = "word ".repeat(tokens);
        Call call = Tries.chat("{'model':'m','max_tokens':100,'stream':" + stream
                + ",'messages':[{'role':'user','content':'" + prompt + "'}]}");
        long estimate = call.promptEstimate();
        assertThat(estimate).isBetween(tokens * 9L / 10, tokens * 13L / 10);

        Duration wait = stream ? shipped(false).content(call) : shipped(false).head(call);

        assertThat(wait.toSeconds())
                .isBetween((long) seconds, Math.min(120, seconds + estimate / 2500 - tokens / 2500));
    }

    @ParameterizedTest
    @CsvSource({"false, 15", "true, 120"})
    void aStreamBeginsSoonUnlessTheModelReasons(boolean reasons, int seconds) {
        assertThat(shipped(reasons).content(Tries.chat("{'model':'m','stream':true}")))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'reasoning_effort':'low'}",
                "{'reasoning':{'effort':'high'}}",
                "{'reasoning':{'max_tokens':2000}}",
                "{'thinking':{'type':'enabled','budget_tokens':1024}}",
                "{'thinking':{'type':'adaptive'}}",
                "{'output_config':{'effort':'high'}}",
                "{'enable_thinking':true}",
                "{'chat_template_kwargs':{'enable_thinking':true}}",
                "{'extra_body':{'google':{'thinking_config':{'thinking_budget':1024}}}}"
            })
    void knowsARequestThatAsksToReason(String request) throws Exception {
        assertThat(AnswerTime.asksToReason(Json.read(bytes(request)))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'reasoning_effort':'none'}",
                "{'reasoning_effort':'minimal'}",
                "{'reasoning_effort':7}",
                "{'reasoning':{}}",
                "{'reasoning':{'effort':'none'}}",
                "{'reasoning':{'enabled':false}}",
                "{'thinking':{'type':'disabled'}}",
                "{'thinking':'yes'}",
                "{'enable_thinking':false}",
                "{'extra_body':{'google':{'thinking_config':{'thinking_budget':0}}}}"
            })
    void andOneThatDoesNot(String request) throws Exception {
        assertThat(AnswerTime.asksToReason(Json.read(bytes(request)))).isFalse();
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
