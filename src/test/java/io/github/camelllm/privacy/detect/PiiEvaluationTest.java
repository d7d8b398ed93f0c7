package io.github.camelllm.privacy.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PiiEvaluationTest {

    private static final Path SHARED = Path.of("../shared/data");

    @TempDir
    Path directory;

    @Test
    void theBoundsAreKeptOnTheSharedData() throws Exception {
        assumeThat(SHARED.resolve("pii_recognisers.jsonl"))
                .as("the labelled texts are not beside this project: the evaluation is skipped")
                .isRegularFile();
        PiiEvaluation evaluation = PiiEvaluation.of(Detectors.builtIn(), SHARED);
        assertThat(evaluation.passes()).as(evaluation.report()).isTrue();
    }

    private void write(String recognisers, String synthetic, String benign) throws Exception {
        Files.writeString(directory.resolve("pii_recognisers.jsonl"), recognisers);
        Files.writeString(directory.resolve("pii_synthetic.jsonl"), synthetic);
        Files.writeString(directory.resolve("injection.jsonl"), benign);
    }

    @Test
    void countsWhatIsRightWrongAndMissed() throws Exception {
        write(
                """
                {"text": "4111111111111111", "entity": "CREDIT_CARD", "spans": [{"start": 0, "end": 16, "type": "CREDIT_CARD"}]}
                {"text": "4111111111111112", "entity": "CREDIT_CARD", "spans": [{"start": 0, "end": 16, "type": "CREDIT_CARD"}]}
                {"text": "4111111111111111", "entity": "CREDIT_CARD", "spans": []}
                {"text": "4111111111111111", "entity": "IBAN_CODE", "spans": null}
                """,
                """
                {"text": "a@b.example and Bob", "spans": [{"start": 0, "end": 3, "type": "EMAIL_ADDRESS"}, {"start": 16, "end": 19, "type": "PERSON"}]}
                """,
                """
                {"text": "Hello", "attack": false}
                {"text": "a@b.example", "attack": true}
                """);
        PiiEvaluation evaluation = PiiEvaluation.of(Detectors.builtIn(), directory);
        assertThat(evaluation.microF1()).isEqualTo(2 * 2 / (2 * 2 + 1.0 + 1.0));
        assertThat(evaluation.negativesHit()).isEqualTo(1 / 2.0);
        assertThat(evaluation.passes()).isFalse();
        assertThat(evaluation.report())
                .containsPattern("CREDIT_CARD +\\| +1 +1 +1 0\\.500 0\\.500 0\\.500 \\| 0\\.500")
                .containsPattern("EMAIL_ADDRESS +\\| +1 +0 +0 1\\.000 1\\.000 1\\.000 \\| 0\\.000")
                .contains("not looked for: PERSON", "NOT KEPT");
    }

    @Test
    void saysWhatIsWrongWithTheData() throws Exception {
        assertThatThrownBy(() -> PiiEvaluation.of(Detectors.builtIn(), directory))
                .hasMessageContaining("There is no file '" + directory.resolve("pii_recognisers.jsonl"));
        write("\n{\"text\": \"a\"}\n", "{}\n", "{}\n");
        assertThatThrownBy(() -> PiiEvaluation.of(Detectors.builtIn(), directory))
                .hasMessageContaining("pii_recognisers.jsonl:2: expected an object with text");
        write("{]\n", "{}\n", "{}\n");
        assertThatThrownBy(() -> PiiEvaluation.of(Detectors.builtIn(), directory))
                .hasMessageContaining(":1: is not JSON");
    }
}
