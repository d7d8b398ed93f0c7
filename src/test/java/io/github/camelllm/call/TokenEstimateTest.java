package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenEstimateTest {

    /** The counts are o200k_base's. */
    @ParameterizedTest
    @CsvSource({
        "'The quick brown fox jumps over the lazy dog.', 10",
        "'Apache Camel is an open source integration framework that empowers you to quickly and easily integrate"
                + " various systems consuming or producing data.', 26",
        "'今日はとても天気がいいので、散歩に行きましょう。', 15",
        "'Привет, как у тебя дела сегодня?', 9",
        "'public static void main(String[] args) { System.out.println(42); }', 16"
    })
    void isOfTheRightOrderOfMagnitude(String text, long tokens) {
        assertThat(TokenEstimate.ofText(text)).isBetween(tokens / 3, tokens * 3);
    }

    @Test
    void growsWithTheText() {
        assertThat(TokenEstimate.ofText("")).isZero();
        assertThat(TokenEstimate.ofText("a")).isEqualTo(1);
        assertThat(TokenEstimate.ofText("a".repeat(4_000))).isEqualTo(1_000);
        assertThat(TokenEstimate.ofText("a".repeat(4_000_000))).isEqualTo(1_000_000);
        assertThat(TokenEstimate.ofText("語".repeat(1_600))).isEqualTo(1_100);
    }

    @Test
    void countsWhatTheModelReads() throws IOException {
        long bare = ofRequest("{'messages':[{'role':'user','content':'" + "a".repeat(400) + "'}]}");

        assertThat(bare).isBetween(100L, 110L);
        assertThat(ofRequest(
                        "{'messages':[{'role':'user','content':[{'type':'text','text':'" + "a".repeat(400) + "'}]}]}"))
                .isBetween(bare, bare + 5);
        assertThat(ofRequest("{'messages':[{'role':'user','content':'" + "a".repeat(400)
                        + "'}],'tools':[{'function':{'description':'" + "b".repeat(400) + "'}}]}"))
                .isBetween(bare + 100, bare + 110);
        assertThat(ofRequest("{'input':['" + "a".repeat(400) + "']}")).isEqualTo(100);
        assertThat(ofRequest("{'input':[1,2,3,4,5]}")).isEqualTo(5);
    }

    @Test
    void countsNeitherImagesNorAudio() throws IOException {
        String blob = "x".repeat(100_000);

        assertThat(ofRequest("{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'" + blob
                        + "'}},{'type':'input_audio','input_audio':{'data':'" + blob
                        + "'}},{'type':'file','file':{'file_data':'" + blob + "'}}]}]}"))
                .isLessThan(30);
    }

    @Test
    void makesNothingOfARequestWithoutAPrompt() throws IOException {
        assertThat(ofRequest("{}")).isZero();
        assertThat(ofRequest("{'messages':'not a list'}")).isEqualTo(3);
        assertThat(ofRequest("{'messages':null,'tools':7,'input':true}")).isEqualTo(1);
    }

    private static long ofRequest(String json) throws IOException {
        JsonNode request = Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return TokenEstimate.ofRequest(request);
    }
}
