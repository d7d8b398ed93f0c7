package io.github.camelllm.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.failover.Beginning.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a continuation is one. */
class BeginningTest {

    private static final String ANSWER = "The quick brown fox ";

    private static ObjectNode content(String text) {
        return (ObjectNode) ChainOfModels.chunk("id", Json.object().put("content", text), null)
                .json();
    }

    private static List<Verdict> verdicts(String answer, String... pieces) {
        Beginning beginning = new Beginning(answer);
        List<Verdict> verdicts = new ArrayList<>();
        for (String piece : pieces) {
            verdicts.add(beginning.add(content(piece)));
        }
        return verdicts;
    }

    @Test
    void goesOnAtTheFirstCharacterThatDiffers() {
        assertThat(verdicts(ANSWER, "jumps")).containsExactly(Verdict.GOES_ON);
        assertThat(verdicts(ANSWER, "T", "h", "at")).containsExactly(Verdict.NOT_YET, Verdict.NOT_YET, Verdict.GOES_ON);
        assertThat(verdicts(ANSWER, "", "jumps")).containsExactly(Verdict.NOT_YET, Verdict.GOES_ON);
        assertThat(verdicts(ANSWER, "the quick brown fox ")).containsExactly(Verdict.GOES_ON);
    }

    @Test
    void isAfreshOnceAllOfAShortAnswerHasComeAgain() {
        assertThat(verdicts(ANSWER, "The quick ", "brown fox", " jumps"))
                .containsExactly(Verdict.NOT_YET, Verdict.NOT_YET, Verdict.AFRESH);
        assertThat(verdicts(ANSWER, "The quick brown fox jumps")).containsExactly(Verdict.AFRESH);
    }

    @Test
    void isAfreshOnceEnoughOfALongAnswerHasComeAgain() {
        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            answer.append("line ").append(i).append('\n');
        }
        String start = answer.substring(0, Beginning.ENOUGH);

        assertThat(verdicts(answer.toString(), start.substring(0, start.length() - 1), start.substring(63)))
                .containsExactly(Verdict.NOT_YET, Verdict.AFRESH);
        assertThat(verdicts(answer.toString(), start.substring(0, start.length() - 1), "#"))
                .containsExactly(Verdict.NOT_YET, Verdict.GOES_ON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1234567", "--------------------", "ha ha ha ha ", "| a | a |"})
    void believesTheModelWhereNothingCanBeTold(String answer) {
        assertThat(verdicts(answer, answer)).as("short, or a repetition").containsExactly(Verdict.GOES_ON);
    }

    @Test
    void believesTheModelWhereTheAnswerHasComeBackToItsBeginningBefore() {
        String refrain = "Row, row, row your boat, gently down the stream; merrily, merrily we go.\n";

        assertThat(verdicts(refrain + "Second verse.\n" + refrain + "Third verse.\n", refrain))
                .containsExactly(Verdict.GOES_ON);
    }

    @Test
    void goesOnWhereTheModelHasNoMoreToSay() {
        Beginning beginning = new Beginning(ANSWER);

        assertThat(beginning.add(content("The"))).isEqualTo(Verdict.NOT_YET);
        assertThat(beginning.add((ObjectNode)
                        ChainOfModels.chunk("id", Json.object(), "stop").json()))
                .isEqualTo(Verdict.GOES_ON);
        assertThat(beginning.held()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"tool_calls", "refusal"})
    void goesOnWithAnythingButText(String field) {
        ObjectNode delta = Json.object();
        if (field.equals("refusal")) {
            delta.put(field, "I would rather not.");
        } else {
            delta.putArray(field).addObject().put("index", 0);
        }

        assertThat(new Beginning(ANSWER)
                        .add((ObjectNode) ChainOfModels.chunk("id", delta, null).json()))
                .isEqualTo(Verdict.GOES_ON);
    }
}
