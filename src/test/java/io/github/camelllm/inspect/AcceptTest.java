package io.github.camelllm.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.inspect.InspectedChain.Outcome;
import io.github.camelllm.problem.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The step accept in a route, below failover. */
class AcceptTest {

    @TempDir
    Path directory;

    private InspectedChain chain;

    @BeforeEach
    void open() {
        chain = new InspectedChain(directory);
    }

    @AfterEach
    void close() {
        chain.close();
    }

    private Outcome ask(boolean stream, String request) throws Exception {
        chain.asked.clear();
        return stream ? chain.stream(request) : chain.ask(request);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void flagsByDefaultAndTakesFencesOff(boolean stream) throws Exception {
        chain.says("{\"b\":1}", "", " \n ", "```json\n{\"a\":1}\n```");

        Outcome wrong = ask(stream, InspectedChain.JSON);
        assertThat(wrong.text()).isEqualTo("{\"b\":1}");
        assertThat(wrong.flags()).containsExactly("wrong_form");
        assertThat(ask(stream, InspectedChain.HI).flags()).containsExactly("empty");
        assertThat(ask(stream, InspectedChain.JSON).flags()).containsExactly("empty");
        Outcome fenced = ask(stream, InspectedChain.JSON);
        assertThat(fenced.text()).isEqualTo("{\"a\":1}");
        assertThat(fenced.flags()).isEmpty();
        assertThat(ask(stream, InspectedChain.HI).text()).startsWith("```json"); // no JSON was asked for
        assertThat(chain.counted("wrong_form")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void asksTheSameModelAgainAndThenTheNext(boolean stream) throws Exception {
        chain.rules("structured: { invalid: failover, streams: hold }");
        chain.says("no json", "{\"b\":1}", "{\"a\":1}");

        Outcome outcome = ask(stream, InspectedChain.JSON);

        assertThat(chain.asked).containsExactly("m1", "m1", "m2");
        assertThat(outcome.text()).isEqualTo("{\"a\":1}");
        assertThat(outcome.flags()).isEmpty();
        assertThat(outcome.call().getAttempts().get(0).problem().upstream().orElseThrow())
                .hasToString("WRONG_FORM");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsTheClientWhenNobodyGivesTheForm(boolean stream) throws Exception {
        chain.rules("structured: { invalid: failover, streams: hold }").says("no json, my secret");
        Outcome outcome = ask(stream, InspectedChain.JSON);
        assertThat(outcome.problem().code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(outcome.problem()).hasMessage("The answer of 'm1' is not the JSON that the request asks for.");
        assertThat(outcome.events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failsAtOnceWhereThatIsSet(boolean stream) throws Exception {
        chain.rules("empty: error\nstructured: { invalid: error, streams: hold }")
                .says("no json", "", "x");
        assertThat(ask(stream, InspectedChain.JSON).problem()).hasMessageContaining("is not the JSON");
        assertThat(chain.asked).containsExactly("m1");
        assertThat(ask(stream, InspectedChain.HI).problem()).hasMessage("The answer of 'm1' is empty.");
        assertThat(chain.asked).containsExactly("m1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmptyAnswerFailsOver(boolean stream) throws Exception {
        chain.rules("empty: failover").says("", " ", "text");
        Outcome outcome = ask(stream, InspectedChain.HI);
        assertThat(chain.asked).containsExactly("m1", "m1", "m2");
        assertThat(outcome.text()).isEqualTo("text");
        assertThat(outcome.flags()).isEmpty();
    }

    @Test
    void aStreamThatIsNotHeldIsFlaggedAtItsEnd() throws Exception {
        chain.rules("structured: { invalid: failover }").says("no json");
        Outcome outcome = ask(true, InspectedChain.JSON);
        assertThat(outcome.text()).isEqualTo("no json");
        assertThat(outcome.problem()).isNull();
        assertThat(outcome.flags()).containsExactly("wrong_form");
    }

    @ParameterizedTest
    @ValueSource(strings = {"length", "content_filter"})
    void anAnswerThatWasCutIsNotJudged(String finishReason) throws Exception {
        chain.rules("empty: failover\nstructured: { invalid: failover, streams: hold }")
                .says("{\"a\":", "");
        chain.finishReason = finishReason;
        assertThat(ask(false, InspectedChain.JSON).flags()).isEmpty();
        Outcome empty = ask(false, InspectedChain.JSON);
        assertThat(empty.problem()).isNull();
        assertThat(empty.flags())
                .isEqualTo(finishReason.equals("length") ? java.util.List.of("empty") : java.util.List.of());
        assertThat(chain.asked).containsExactly("m1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aToolCallIsAnAnswer(boolean stream) throws Exception {
        chain.rules("empty: failover\nstructured: { invalid: failover, streams: hold }");
        ObjectNode message = Json.object().put("role", "assistant");
        message.putArray("tool_calls")
                .addObject()
                .put("id", "1")
                .putObject("function")
                .put("arguments", "{}");
        chain.messages.add(message);
        Outcome outcome = ask(stream, InspectedChain.JSON);
        assertThat(outcome.problem()).isNull();
        assertThat(outcome.flags()).isEmpty();
    }

    @Test
    void aSchemaThatCannotBeUsedIsTold() throws Exception {
        chain.rules("structured: { invalid: failover }").says("{}");
        Outcome outcome = ask(
                false,
                "{'messages':[],'response_format':{'type':'json_schema','json_schema':{'schema':{'$ref':'https://127.0.0.1:1/x'}}}}");
        assertThat(outcome.problem()).isNull();
        assertThat(outcome.flags()).containsExactly("unchecked_form");
    }

    @Test
    void readsAnthropicsWordsForAForm() throws Exception {
        chain.says("{\"b\":1}");
        assertThat(ask(
                                false,
                                "{'messages':[],'output_config':{'format':{'type':'json_schema','schema':{'type':'object','required':['a']}}}}")
                        .flags())
                .containsExactly("wrong_form");
    }
}
