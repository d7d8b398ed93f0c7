package io.github.camelllm.privacy.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.privacy.DetectorCost;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Texts made to hurt: the steps of a scan grow with the text and no faster, and every one is read to its end. */
class DetectorsGrowthTest {

    private static final int MOST_STEPS_A_CHARACTER = 40;

    @Test
    void stepsGrowWithTheTextAlone() {
        Detectors detectors = Detectors.builtIn();
        for (Map.Entry<String, String> hostile : DetectorCost.hostile().entrySet()) {
            String text = hostile.getValue().substring(0, 200_000);
            long one = detectors.steps(text.substring(0, 20_000));
            long ten = detectors.steps(text);
            assertThat(ten).as(hostile.getKey()).isLessThan(11 * one + 1_000);
            assertThat(ten).as(hostile.getKey()).isLessThan((long) MOST_STEPS_A_CHARACTER * text.length());
        }
    }

    @Test
    void findsWhatStandsBehindThem() {
        Detectors detectors = Detectors.builtIn();
        DetectorCost.hostile().forEach((name, whole) -> {
            String text = whole.substring(0, 100_000);
            assertThat(detectors.find(text + " \n jane@example.com"))
                    .as(name)
                    .anyMatch(found -> found.type().equals("EMAIL_ADDRESS") && found.end() == text.length() + 19);
        });
    }
}
