package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PromptHashTest {

    private static JsonNode json(String text) throws Exception {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isTheSameForEqualPrompts() throws Exception {
        assertThat(PromptHash.of(json("[{\"role\":\"user\",\"content\":\"a\"}]")))
                .isEqualTo(PromptHash.of(json(" [ {\"content\":\"\\u0061\", \"role\":\"user\"} ] ")))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void differsForDifferentPrompts() throws Exception {
        assertThat(PromptHash.of(json("[\"a\",\"b\"]"))).isNotEqualTo(PromptHash.of(json("[\"b\",\"a\"]")));
    }

    @Test
    void isOfTheMessagesOrTheInput() throws Exception {
        assertThat(PromptHash.promptOf((ObjectNode) json("{\"messages\":[1],\"input\":2}")))
                .isEqualTo(json("[1]"));
        assertThat(PromptHash.promptOf((ObjectNode) json("{\"input\":\"two\"}")))
                .isEqualTo(json("\"two\""));
        assertThat(PromptHash.promptOf((ObjectNode) json("{}"))).isNull();
        assertThat(PromptHash.of(null)).isNull();
    }
}
