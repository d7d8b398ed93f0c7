package io.github.camelllm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiWireTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"say hello there\"}]";
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":"
                    + "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"}}}}}]";

    private static FakeUpstream upstream;

    @BeforeAll
    static void start() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterAll
    static void stop() throws IOException {
        upstream.close();
    }

    @Test
    void completesAChat() throws Exception {
        JsonNode json = chat("\"n\":2," + MESSAGES).json();
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("choices")).hasSize(2);
        assertThat(json.at("/choices/1/message/content").asText()).isEqualTo("echo: say hello there");
        assertThat(json.at("/choices/1/finish_reason").asText()).isEqualTo("stop");
        assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(4); // "user" counts as a word
        assertThat(json.at("/usage/completion_tokens").asInt()).isEqualTo(8);
    }

    @Test
    void streamsAChatWithoutUsageUnlessAsked() throws Exception {
        List<JsonNode> events = stream("\"stream\":true," + MESSAGES);
        assertThat(text(events)).isEqualTo("echo: say hello there");
        assertThat(events.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(events.get(events.size() - 1).at("/choices/0/finish_reason").asText())
                .isEqualTo("stop");
        assertThat(events).noneMatch(event -> event.has("usage"));
    }

    @Test
    void streamsUsageLastWhenAsked() throws Exception {
        List<JsonNode> events =
                stream("\"stream\":true,\"stream_options\":{\"include_usage\":true},\"n\":2," + MESSAGES);
        JsonNode last = events.remove(events.size() - 1);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(12);
        assertThat(events).allMatch(event -> event.path("usage").isNull() && event.has("usage"));
        assertThat(events).anyMatch(event -> event.at("/choices/0/index").asInt() == 1);
    }

    @Test
    void callsTheFirstTool() throws Exception {
        JsonNode message = chat(TOOLS + "," + MESSAGES).json().at("/choices/0");
        assertThat(message.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(message.at("/message/content").isNull()).isTrue();
        assertThat(message.at("/message/tool_calls/0/function/name").asText()).isEqualTo("weather");
        assertThat(message.at("/message/tool_calls/0/function/arguments").asText())
                .isEqualTo("{\"city\":\"sample\",\"days\":7}");
    }

    @Test
    void streamsTheArgumentsOfAToolInPieces() throws Exception {
        List<JsonNode> events = stream("\"stream\":true," + TOOLS + "," + MESSAGES);
        assertThat(events.get(0)
                        .at("/choices/0/delta/tool_calls/0/function/name")
                        .asText())
                .isEqualTo("weather");
        StringBuilder arguments = new StringBuilder();
        events.forEach(event -> arguments.append(
                event.at("/choices/0/delta/tool_calls/0/function/arguments").asText()));
        assertThat(arguments).hasToString("{\"city\":\"sample\",\"days\":7}");
        assertThat(events).hasSizeGreaterThan(5);
    }

    @Test
    void answersInTextWhenAToolsResultIsThere() throws Exception {
        String messages = "\"messages\":[{\"role\":\"tool\",\"content\":\"sunny\"}]";
        assertThat(chat(TOOLS + "," + messages)
                        .json()
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("echo: sunny");
        assertThat(chat("\"tool_choice\":\"none\"," + TOOLS + "," + messages)
                        .json()
                        .at("/choices/0/finish_reason")
                        .asText())
                .isEqualTo("stop");
    }

    @Test
    void fillsTheSchemaOfStructuredOutput() throws Exception {
        String schema =
                "{\"$defs\":{\"c\":{\"enum\":[\"red\"]}},\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\","
                        + "\"items\":{\"$ref\":\"#/$defs/c\"}},\"b\":{\"type\":[\"boolean\",\"null\"]},"
                        + "\"o\":{\"anyOf\":[{\"type\":\"number\"}]},\"z\":{\"type\":\"null\"}}}";
        String format = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + schema + "}}";
        assertThat(chat(format + "," + MESSAGES)
                        .json()
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("{\"a\":[\"red\"],\"b\":true,\"o\":7,\"z\":null}");
    }

    @Test
    void namesPartsThatAreNoText() throws Exception {
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"see\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]}]";
        assertThat(chat(messages).json().at("/choices/0/message/content").asText())
                .isEqualTo("echo: see [image_url]");
    }

    @Test
    void embedsAsFloatsAndAsBase64Alike() throws Exception {
        String input = "\"model\":\"e\",\"input\":[\"a b\",\"c\"]";
        JsonNode floats = embed("{" + input + "}");
        JsonNode base64 = embed("{\"encoding_format\":\"base64\"," + input + "}");
        assertThat(floats.path("data")).hasSize(2);
        assertThat(floats.at("/data/0/embedding")).hasSize(8);
        assertThat(floats.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
        byte[] bytes = Base64.getDecoder().decode(base64.at("/data/1/embedding").asText());
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode value : floats.at("/data/1/embedding")) {
            assertThat(buffer.getFloat()).isEqualTo((float) value.doubleValue());
        }
        assertThat(embed("{\"model\":\"e\",\"dimensions\":3,\"input\":[1,2]}").at("/data/0/embedding"))
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "fake-status-529, 529, '\"error\"'",
        "fake-html-502, 502, <html>",
        "fake-empty, 200, ''",
        "fake-bad-json, 200, '{\"id\":'",
        "fake-wait-10, 200, echo: say",
        "fake-words-3, 200, word0 word1 word2"
    })
    void repliesAsTheModelsNameOrders(String model, int status, String part) throws Exception {
        RawResponse response = RawClient.post(
                upstream.port(), "/v1/chat/completions", "{\"model\":\"" + model + "\"," + MESSAGES + "}");
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.text()).contains(part);
    }

    @ParameterizedTest
    @CsvSource({"fake-no-done", "fake-no-finish", "fake-no-usage", "fake-garbage-2", "fake-error-2", "fake-pace-1"})
    void streamsAsTheModelsNameOrders(String model) throws Exception {
        String body = "{\"model\":\"" + model + "\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + MESSAGES + "}";
        String text =
                RawClient.post(upstream.port(), "/v1/chat/completions", body).text();
        assertThat(text.contains("[DONE]")).isEqualTo(!model.equals("fake-no-done") && !model.equals("fake-error-2"));
        assertThat(text.contains("\"stop\""))
                .isEqualTo(!model.equals("fake-no-finish") && !model.equals("fake-error-2"));
        assertThat(text.contains("total_tokens"))
                .isEqualTo(!model.equals("fake-no-usage") && !model.equals("fake-error-2"));
        assertThat(text.contains("}{ not JSON")).isEqualTo(model.equals("fake-garbage-2"));
        assertThat(text.contains("\"error\"")).isEqualTo(model.equals("fake-error-2"));
    }

    @Test
    void saysWhichNameItDoesNotKnow() throws Exception {
        RawResponse response = RawClient.post(
                upstream.port(), "/v1/chat/completions", "{\"model\":\"fake-nonsense\"," + MESSAGES + "}");
        assertThat(response.status()).isEqualTo(500);
        assertThat(upstream.oddities()).anyMatch(oddity -> oddity.contains("fake-nonsense"));
    }

    private static RawResponse chat(String fields) throws IOException {
        return RawClient.post(upstream.port(), "/v1/chat/completions", "{\"model\":\"gpt\"," + fields + "}");
    }

    private static JsonNode embed(String body) throws IOException {
        return RawClient.post(upstream.port(), "/v1/embeddings", body).json();
    }

    private static List<JsonNode> stream(String fields) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        String[] lines = chat(fields).text().split("\n\n");
        assertThat(lines[lines.length - 1]).isEqualTo("data: [DONE]");
        for (int i = 0; i < lines.length - 1; i++) {
            events.add(Json.MAPPER.readTree(lines[i].substring("data: ".length())));
        }
        return events;
    }

    private static String text(List<JsonNode> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.at("/choices/0/delta/content").asText("")));
        return text.toString();
    }
}
