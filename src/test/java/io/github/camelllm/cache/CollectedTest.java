package io.github.camelllm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Replay;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream was is told as a whole answer, or not at all. */
class CollectedTest {

    private static final String CHUNK =
            "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[%s]}";

    private final Call call =
            new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(new byte[0]));
    private final Collected collected = new Collected(1000);

    private void choice(String choice) {
        event(CHUNK.formatted(choice));
    }

    private void event(String json) {
        collected.add(new StreamEvent(json.getBytes(StandardCharsets.UTF_8)));
    }

    private ObjectNode answer() {
        return collected.answer(call).orElseThrow();
    }

    private static ObjectNode json(String text) throws Exception {
        return (ObjectNode) Json.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void putsChoicesTextsToolCallsAndUsageTogether() throws Exception {
        choice(
                "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}");
        choice("{\"index\":1,\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"hm\"}}");
        choice(
                "{\"index\":0,\"delta\":{\"content\":\"He\"}},{\"index\":1,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"b\","
                        + "\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}]}}");
        choice(
                "{\"index\":1,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\"\"}},"
                        + "{\"index\":1,\"function\":{\"arguments\":\"{}\"}}]}}");
        choice(
                "{\"index\":0,\"delta\":{\"content\":\"y\"},\"finish_reason\":\"stop\"},"
                        + "{\"index\":1,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]},\"finish_reason\":\"tool_calls\"}");
        event(
                "{\"id\":\"c1\",\"system_fingerprint\":\"fp\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}");

        assertThat(answer())
                .isEqualTo(
                        json(
                                """
                                {"id":"c1","object":"chat.completion","created":7,"model":"m","system_fingerprint":"fp","choices":[
                                {"index":0,"message":{"role":"assistant","content":"Hey"},"finish_reason":"stop"},
                                {"index":1,"message":{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
                                {"id":"a","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}},
                                {"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
                                "usage":{"prompt_tokens":3,"completion_tokens":4}}
                                """));
    }

    @Test
    void theCallKnowsTheUsageWhereTheStreamDoesNotSay() {
        call.used(Usage.reported(5, 6, 0, 0));
        choice("{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}");
        assertThat(answer().at("/usage/completion_tokens").asInt()).isEqualTo(6);
    }

    /** A replayed answer, collected again, is the answer. */
    @Test
    void undoesAReplay() throws Exception {
        ObjectNode whole = json(
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"a\\nb \\ud83e\\udd4a\"},\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}");
        try (var stream = Replay.of(whole.deepCopy(), true)) {
            for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                collected.add(event);
            }
        }
        assertThat(answer()).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"delta\":{\"audio\":{\"id\":\"a\"}}}",
                "{\"index\":0,\"delta\":{\"thinking_blocks\":[{\"type\":\"thinking\"}]}}",
                "{\"index\":0,\"delta\":{\"content\":[\"x\"]}}",
                "{\"index\":0,\"delta\":{\"role\":\"user\"}}",
                "{\"index\":0,\"delta\":{},\"logprobs\":{\"content\":[]} }",
                "{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"extra_content\":{}}]}}",
                "{\"index\":0,\"delta\":{},\"native_fields\":{\"container\":1}}"
            })
    void givesUpAtWhatItDoesNotKnow(String choice) {
        choice("{\"index\":0,\"delta\":{\"content\":\"x\"}}");
        choice(choice);
        choice("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}");
        assertThat(collected.answer(call)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no json", "[]", "{\"error\":{\"message\":\"x\"}}"})
    void givesUpAtWhatIsNoChunk(String event) {
        choice("{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}");
        event(event);
        assertThat(collected.answer(call)).isEmpty();
    }

    @Test
    void givesUpAtTooMuch() {
        choice("{\"index\":0,\"delta\":{\"content\":\"" + "x".repeat(1000) + "\"},\"finish_reason\":\"stop\"}");
        assertThat(collected.answer(call)).isPresent();
        choice("{\"index\":0,\"delta\":{\"content\":\"x\"}}");
        assertThat(collected.answer(call)).isEmpty();
    }

    @Test
    void nothingIsNoAnswer() {
        assertThat(collected.answer(call)).isEmpty();
    }
}
