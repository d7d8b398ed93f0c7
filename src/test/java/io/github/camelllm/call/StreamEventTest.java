package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamEventTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[{'delta':{'content':'a'}}]}",
                "{'choices':[{'delta':{'role':'assistant','content':' '}}]}",
                "{'choices':[{'delta':{'reasoning_content':'hm'}}]}",
                "{'choices':[{'delta':{'refusal':'no'}}]}",
                "{'choices':[{'delta':{'tool_calls':[{'index':0,'function':{'arguments':''}}]}}]}",
                "{'choices':[{'delta':{'function_call':{'name':'f'}}}]}",
                "{'choices':[{'delta':{}},{'delta':{'content':'a'}}]}"
            })
    void hasContent(String json) {
        assertThat(event(json).hasContent()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[{'delta':{'role':'assistant','content':'','refusal':null}}]}",
                "{'choices':[{'delta':{},'finish_reason':'stop'}]}",
                "{'choices':[{'delta':{'tool_calls':[]}}]}",
                "{'choices':[],'usage':{'prompt_tokens':1}}",
                "{'choices':[{'delta':null}]}",
                "{'choices':[{}]}",
                "{'choices':'a'}",
                "{}",
                "[]",
                "7",
                "not JSON",
                ""
            })
    void hasNone(String json) {
        assertThat(event(json).hasContent()).isFalse();
    }

    @Test
    void keepsTheBytesOfTheProvider() {
        byte[] bytes = "{ \"a\" : 1 }".getBytes(StandardCharsets.UTF_8);
        StreamEvent event = new StreamEvent(bytes);

        event.json();

        assertThat(event.data()).isSameAs(bytes);
        assertThat(event.json()).isSameAs(event.json());
    }

    @Test
    void writesWhatIsMadeHereOnOneLine() {
        assertThat(new String(new StreamEvent(Json.object().put("a", "line\r\nbreak\u2028")).data()))
                .isEqualTo("{\"a\":\"line\\r\\nbreak\u2028\"}");
    }

    @Test
    void isMissingWhereItIsNoJson() {
        assertThat(event("}{").json().isMissingNode()).isTrue();
        assertThat(event("{'a':1e99999999999}").json().isMissingNode()).isTrue();
    }

    private static StreamEvent event(String json) {
        return new StreamEvent(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
