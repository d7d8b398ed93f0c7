package io.github.camelllm.privacy.detect;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Any text: no exception, no hang, findings in order, apart, within the text and of known types. */
class DetectorsFuzz {

    private static final Detectors DETECTORS = Detectors.builtIn();
    private static final int STEPS_A_CHARACTER = 40;

    @FuzzTest(maxDuration = "1m")
    void find(FuzzedDataProvider data) {
        String field = data.consumeBoolean() ? data.consumeString(20) : null;
        String text = data.consumeRemainingAsString();
        List<Finding> found = DETECTORS.find(text, field, java.util.Set.of());
        int end = 0;
        for (Finding one : found) {
            boolean within = one.start() >= end && one.end() > one.start() && one.end() <= text.length();
            if (!within
                    || !(one.score() > 0 && one.score() <= 1)
                    || !DETECTORS.types().contains(one.type())) {
                throw new AssertionError(one + " after " + end + " in " + text.length() + " characters");
            }
            end = one.end();
        }
        if (DETECTORS.steps(text) > (long) STEPS_A_CHARACTER * text.length() + 1_000) {
            throw new AssertionError(DETECTORS.steps(text) + " steps for " + text.length() + " characters");
        }
    }
}
