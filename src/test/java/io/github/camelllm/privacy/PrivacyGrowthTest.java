package io.github.camelllm.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.privacy.detect.Finding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A megabyte that is made to be slow is no slower than another: what has grown with its square took a minute. */
@Timeout(20)
class PrivacyGrowthTest {

    private static final int MEGABYTE = 1_000_000;

    @Test
    void knownValuesOfManyLengths() {
        KnownValues known = new KnownValues();
        StringBuilder value = new StringBuilder("eyJ.eyJ");
        for (int i = 0; i < 900; i++) {
            known.add(value.append(i % 10).toString() + "-end", "<JWT_" + i + ">");
        }
        String text = "eyJ ".repeat(MEGABYTE / 4);
        StringBuilder out = new StringBuilder();
        known.append(text, 0, text.length(), out);
        assertThat(out).hasToString(text);
    }

    @Test
    void blocksThatDoNotEnd() {
        AnswerRedactor redactor = new AnswerRedactor(
                Hold.WORDS, (before, part, least) -> new AnswerRedactor.Looked(part, part.length(), false));
        String text = "-----BEGIN a a a a a a a a a a a a a a a a a a a a ".repeat(MEGABYTE / 51);
        assertThat(redactor.push(text) + redactor.end()).isEqualTo(text);
    }

    /** Places are given in code points, which only characters beyond the first plane tell from characters. */
    @Test
    void manyFindingsOfAnAnalyzerInOneText() {
        int words = 20_000;
        AnalyzerTexts texts = new AnalyzerTexts(List.of("x", "\ud83d\ude00 Ann Lee ".repeat(words)));
        StringBuilder answer = new StringBuilder("[");
        for (int i = 0; i < words; i++) {
            int at = 3 + i * 10 + 2;
            answer.append(i == 0 ? "" : ",")
                    .append("{\"entity_type\":\"PERSON\",\"score\":0.9,\"start\":" + at + ",\"end\":" + (at + 7) + "}");
        }
        List<Finding> found = texts.findings(answer.append("]").toString().getBytes(StandardCharsets.UTF_8), 0.5)
                .get(1);
        assertThat(found).hasSize(words);
        Finding last = found.get(words - 1);
        assertThat(last.start()).isEqualTo((words - 1) * 11 + 3);
        assertThat(last.end() - last.start()).isEqualTo(7);
        byte[] beyond = "[{\"entity_type\":\"PERSON\",\"score\":0.9,\"start\":0,\"end\":210000}]"
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> texts.findings(beyond, 0.5)).isInstanceOf(AnalyzerFailure.class);
    }

    @Test
    void theLongestKnownValueWinsAndOnlyWholeWordsCount() {
        KnownValues known = new KnownValues();
        known.add("ann@a.org", "1");
        known.add("ann@a.org.uk", "2");
        known.add("ann@a.org.uk.example", "3");
        known.add("anna-lee", "4");
        String text = "ann@a.org.uk.examples ann@a.org.ukraine ann@a.organ anna-lee, ann@a.org.uk";
        StringBuilder out = new StringBuilder();
        known.append(text, 0, text.length(), out);
        assertThat(out).hasToString("2.examples 1.ukraine ann@a.organ 4, 2");
    }
}
