package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import org.junit.jupiter.api.Test;

class AnswerComparisonTest {

    /** All texts lie on one line, but for those that speak of bananas. */
    private final AnswerComparison comparison =
            new AnswerComparison(text -> text.contains("banana") ? new float[] {0, 1} : new float[] {1, 0}, 0.9f);

    private static final String LONG =
            "the refund is paid to the card that was used for the order within a few working days at most";

    private static Answer answer(String content, String arguments) {
        ObjectNode tree = Json.object();
        ObjectNode message = tree.putArray("choices").addObject().putObject("message");
        message.put("content", content);
        if (arguments != null) {
            ObjectNode tool = message.putArray("tool_calls").addObject();
            tool.put("id", "call-" + System.nanoTime());
            tool.putObject("function").put("name", "look").put("arguments", arguments);
        }
        return new Answer(null, tree);
    }

    @Test
    void shortAnswersMustBeEqualInWordsAndNumbers() {
        assertThat(comparison.same("Paris.", "paris")).isTrue();
        assertThat(comparison.same("It is Paris!", "It is “Paris”")).isTrue();
        assertThat(comparison.same("42", "43")).isFalse();
        assertThat(comparison.same("It is safe", "It is not safe")).isFalse();
        assertThat(comparison.same("safe", "not safe")).isFalse();
        assertThat(comparison.same("-5", "5")).isFalse();
        assertThat(comparison.same("5 %", "5")).isFalse();
        assertThat(comparison.same("", "Paris")).isFalse();
        assertThat(comparison.same("", "")).isTrue();
    }

    @Test
    void longAnswersMustLieClose() {
        assertThat(comparison.same("Well, " + LONG, "You see, " + LONG)).isTrue();
        assertThat(comparison.same(LONG, LONG + " banana")).isFalse();
    }

    @Test
    void yesIsNotNoHoweverCloseTheVectors() {
        assertThat(comparison.same("Yes, " + LONG, "No, " + LONG)).isFalse();
        assertThat(comparison.same("Nein, " + LONG, "Ja, " + LONG)).isFalse();
        assertThat(comparison.same("Yes, " + LONG, "Yes, surely " + LONG)).isTrue();
    }

    @Test
    void callsOfToolsMustBeEqualButForTheirIds() {
        assertThat(comparison.same(answer("x", "{\"a\":1}"), answer("x", "{\"a\":1}")))
                .isTrue();
        assertThat(comparison.same(answer("x", "{\"a\":1}"), answer("x", "{\"a\":2}")))
                .isFalse();
        assertThat(comparison.same(answer("x", "{\"a\":1}"), answer("x", null))).isFalse();
    }

    @Test
    void asManyAnswersMustBeThere() {
        Answer two = answer("x", null);
        two.tree().withArray("choices").addObject().putObject("message").put("content", "y");
        assertThat(comparison.same(answer("x", null), two)).isFalse();
    }
}
