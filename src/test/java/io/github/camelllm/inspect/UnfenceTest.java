package io.github.camelllm.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnfenceTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "```json@{\"a\":1}@```|{\"a\":1}",
                "@ ```@{\"a\":1}@```@ @|{\"a\":1}",
                "```json@{\"a\":\"``` @ x\"}@```|{\"a\":\"``` @ x\"}",
                "{\"a\":1}|{\"a\":1}",
                "``|``",
                "```not json at all, of course it is not a label@x@```|```not json at all, of course it is not a label@x@```",
                "```json@{\"a\":1|{\"a\":1",
                "```json@{\"a\":1}@```@more|{\"a\":1}@```@more"
            })
    void takesTheFenceOffHoweverTheTextIsCut(String written, String expected) {
        String text = written.replace('@', '\n');
        for (int i = 0; i <= text.length(); i++) {
            Unfence filter = new Unfence();
            String out = filter.push(text.substring(0, i)) + filter.push(text.substring(i)) + filter.end();
            assertThat(out).as("cut at %d", i).isEqualTo(expected.replace('@', '\n'));
        }
    }

    @Test
    void passesPlainTextOnAtOnce() {
        Unfence filter = new Unfence();
        assertThat(filter.push("{")).isEqualTo("{");
        String piece = "\"a\":1}";
        assertThat(filter.push(piece)).isSameAs(piece);
        assertThat(filter.isDone()).isFalse();
    }
}
