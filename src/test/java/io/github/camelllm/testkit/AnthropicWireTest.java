package io.github.camelllm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicWireTest {

    private static final String ASK = "'max_tokens':9,'messages':[{'role':'user','content':'say hello there'}]}";
    private static final String TOOLS = "'tools':[{'name':'weather','input_schema':{'type':'object','properties':"
            + "{'city':{'type':'string'},'days':{'type':'integer'}}}}],";

    @Test
    void answersInText() throws IOException {
        JsonNode answer = answer("{'model':'claude'," + ASK);

        assertThat(answer.at("/content/0/text").asText()).isEqualTo("echo: say hello there");
        assertThat(answer.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(answer.at("/usage/output_tokens").asInt()).isEqualTo(4);
        assertThat(answer.path("model").asText()).isEqualTo("claude");
    }

    @Test
    void usesTheFirstTool() throws IOException {
        JsonNode answer = answer("{'model':'claude'," + TOOLS + ASK);

        assertThat(answer.path("stop_reason").asText()).isEqualTo("tool_use");
        assertThat(answer.at("/content/0/input").toString()).isEqualTo("{\"city\":\"sample\",\"days\":7}");
    }

    @Test
    void answersInTextWhenAToolsResultIsThere() throws IOException {
        JsonNode answer = answer("{'model':'claude'," + TOOLS + "'max_tokens':9,'messages':[{'role':'user','content':"
                + "[{'type':'tool_result','tool_use_id':'t','content':[{'type':'text','text':'sunny'}]}]}]}");

        assertThat(answer.at("/content/0/text").asText()).isEqualTo("echo: sunny");
    }

    @Test
    void streamsFromItsStartToItsStop() throws IOException {
        List<String> types = new ArrayList<>();
        for (String event : AnthropicScript.of("a ", "b").sse().data()) {
            types.add(Json.MAPPER.readTree(event).path("type").asText());
        }

        assertThat(types)
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "ping",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model':'m','messages':[{'role':'user','content':'a'}]}",
                "{'model':'m','max_tokens':9,'messages':[]}",
                "{'max_tokens':9,'messages':[{'role':'user','content':'a'}]}",
                "{'model':'m','max_tokens':9,'messages':[{'role':'assistant','content':[{'type':'text','text':'a '}]}]}"
            })
    void refusesWhatAnthropicRefuses(String body) throws IOException {
        JsonNode answer = answer(body);

        assertThat(answer.path("type").asText()).isEqualTo("error");
        assertThat(answer.at("/error/type").asText()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @CsvSource({
        "fake-status-529, 529, overloaded_error",
        "fake-status-401, 401, authentication_error",
        "fake-html-502, 502, <html>",
        "fake-words-2, 200, word0 word1",
        "fake-no-finish, 200, '\"stop_reason\":null'"
    })
    void repliesAsTheModelsNameOrders(String model, int status, String part) throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            RawResponse response =
                    RawClient.post(upstream.port(), "/v1/messages", quoted("{'model':'" + model + "'," + ASK));
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text()).contains(part);
        }
    }

    @ParameterizedTest
    @CsvSource({"fake-no-done", "fake-no-finish", "fake-garbage-2", "fake-error-2"})
    void streamsAsTheModelsNameOrders(String model) throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            String text = RawClient.post(
                            upstream.port(), "/v1/messages", quoted("{'model':'" + model + "','stream':true," + ASK))
                    .text();
            assertThat(text.contains("message_stop"))
                    .isEqualTo(!model.equals("fake-no-done") && !model.equals("fake-error-2"));
            assertThat(text.contains("end_turn"))
                    .isEqualTo(!model.equals("fake-no-finish") && !model.equals("fake-error-2"));
            assertThat(text.contains("}{ not JSON")).isEqualTo(model.equals("fake-garbage-2"));
            assertThat(text.contains("overloaded_error")).isEqualTo(model.equals("fake-error-2"));
        }
    }

    @Test
    void wantsAKey() throws IOException {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            RawResponse response = RawClient.post(upstream.port(), "/v1/messages", quoted("{'model':'claude'," + ASK));
            assertThat(response.status()).isEqualTo(401);
        }
    }

    private static JsonNode answer(String body) throws IOException {
        JsonNode json = Json.MAPPER.readTree(quoted(body));
        return Json.MAPPER.readTree(AnthropicWire.body(json));
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
