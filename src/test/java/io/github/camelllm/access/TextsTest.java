package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextsTest {

    private final Texts texts = new Texts();

    private static JsonNode json(String json) throws IOException {
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesOutControlCharactersAndNoOther() {
        for (int c = 0; c <= 0xffff; c++) {
            boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c >= 0x7f && c <= 0x9f;
            boolean surrogate = c >= 0xd800 && c <= 0xdfff;
            String text = "a" + (char) c + "b";

            assertThat(texts.clean(text)).as("U+%04X", c).isEqualTo(control ? "ab" : surrogate ? "a\ufffdb" : text);
        }
    }

    @Test
    void keepsSurrogatePairsAndReplacesTheirHalves() {
        assertThat(texts.clean("\ud83d\ude00")).isEqualTo("\ud83d\ude00");
        assertThat(texts.clean("\0\ud83d\ude00")).isEqualTo("\ud83d\ude00");
        assertThat(texts.clean("\ude00\ud83d")).isEqualTo("\ufffd\ufffd");
        assertThat(texts.clean("\ud83d\ud83d\ude00")).isEqualTo("\ufffd\ud83d\ude00");
        assertThat(texts.clean("a\ud83d")).isEqualTo("a\ufffd");
        assertThat(texts.clean("\ud83d\0\ude00"))
                .as("no pair is made of halves")
                .isEqualTo("\ufffd\ufffd");
    }

    @Test
    void copiesNothingThatIsClean() {
        String clean = "a\tb\r\n\u00e9\u4e2d\ud83d\ude00";

        assertThat(texts.clean(clean)).isSameAs(clean);
    }

    @Test
    void countsCodePointsOfWhatIsLeft() {
        texts.clean("ab\ud83d\ude00");
        assertThat(texts.characters()).isEqualTo(3);

        texts.clean("\0\ud83d\ude00\ud800");
        assertThat(texts.characters()).isEqualTo(5);
    }

    @Test
    void cleansMessagesButForBinaryData() throws IOException {
        JsonNode messages = json(
                """
                [{"role":"user","name":"a\\u0001","content":[
                    {"type":"text","text":"b\\u0002"},
                    {"type":"image_url","image_url":{"url":"c\\u0003"}},
                    {"type":"file","file":{"filename":"d\\u0004","file_data":"e\\u0005"}}]},
                 {"role":"assistant","reasoning_content":"f\\u0006","tool_calls":[
                    {"id":"g\\u0007","function":{"name":"h\\u0008","arguments":"{\\"i\\u000e\\":1}"}}]},
                 {"role":"tool","tool_call_id":"g\\u0007","content":"j\\u007f"}]""");

        texts.cleanMessages(messages, Where.ROOT.field("messages"));

        assertThat(messages)
                .isEqualTo(
                        json(
                                """
                        [{"role":"user","name":"a","content":[
                            {"type":"text","text":"b"},
                            {"type":"image_url","image_url":{"url":"c\\u0003"}},
                            {"type":"file","file":{"filename":"d","file_data":"e\\u0005"}}]},
                         {"role":"assistant","reasoning_content":"f","tool_calls":[
                            {"id":"g","function":{"name":"h","arguments":"{\\"i\\":1}"}}]},
                         {"role":"tool","tool_call_id":"g","content":"j"}]"""));
        assertThat(texts.characters()).isEqualTo(15);
    }

    @Test
    void cleansEveryTextOfASchema() throws IOException {
        JsonNode tools = json(
                """
                [{"function":{"parameters":{"url":{"description":"a\\u0001","enum":["b\\u0002",3,["c\\u0003"]]}}}}]""");

        texts.cleanSchema(tools, Where.ROOT.field("tools"));

        assertThat(tools)
                .isEqualTo(
                        json(
                                """
                        [{"function":{"parameters":{"url":{"description":"a","enum":["b",3,["c"]]}}}}]"""));
    }

    @Test
    void refusesFieldNamesThatItWouldHaveToChange() throws IOException {
        JsonNode schema = json("{\"a\":[{\"b\\ud800\":1}]}");

        assertThatThrownBy(() -> texts.cleanSchema(schema, Where.ROOT.field("response_format")))
                .isInstanceOf(Problem.class)
                .hasMessage("response_format.a[0] is an object with a control character or half a surrogate pair in"
                        + " the field name 'b?'; expected names without.");
    }

    @Test
    void namesTheEndOfAVeryLongPath() {
        Where where = Where.ROOT;
        for (int i = 0; i < 200; i++) {
            where = where.field("x".repeat(100));
        }

        assertThat(where.field("end").toString()).hasSize(259).startsWith("...").endsWith(".end");
    }

    @Test
    void leavesSignaturesAlone() throws IOException {
        JsonNode messages = json("[{\"thinking_blocks\":[{\"thinking\":\"ab\",\"signature\":\"s\\u0001\"}]}]");
        JsonNode before = messages.deepCopy();

        texts.cleanMessages(messages, Where.ROOT);

        assertThat(messages).isEqualTo(before);
        assertThat(texts.characters()).isEqualTo(2);
    }
}
