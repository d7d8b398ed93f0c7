package io.github.camelllm.guard;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;

/** Any text gets a score, and any answer is the same however it is cut. */
class GuardFuzz {

    private static final GuardRules RULES =
            GuardRulesFile.read(Path.of("config/guard.yaml")).value();
    private static final Scorer SCORER = new Scorer(RULES, LinearModel.shipped());

    @FuzzTest(maxDuration = "1m")
    void scores(FuzzedDataProvider data) {
        boolean untrusted = data.consumeBoolean();
        String text = data.consumeRemainingAsString();
        double score = SCORER.score(text, untrusted).value();
        if (!(score >= 0 && score <= 1)) {
            throw new AssertionError("a score of " + score);
        }
        String broken = new SpecialTokens(RULES).breakUp(text);
        if (RULES.hasSpecialToken(Folding.fold(broken))) {
            throw new AssertionError("a token is left");
        }
        new Sanitiser(SCORER).clean(text, untrusted, Evaluation.THRESHOLD);
    }

    @FuzzTest(maxDuration = "1m")
    void findsTheWordHoweverItIsCut(FuzzedDataProvider data) {
        String word = "cabcac";
        int cut = data.consumeInt(0, 60);
        String text = data.consumeRemainingAsString()
                .replace('x', 'c')
                .replace('y', 'a')
                .replace('z', 'b');
        int at = Math.min(cut, text.length());
        String whole = filtered(word, text);
        String parts = filtered(word, text.substring(0, at), text.substring(at));
        if (!whole.equals(parts)) {
            throw new AssertionError("cut at " + at + " it is another");
        }
    }

    private static String filtered(String word, String... pieces) {
        LeakFilter filter = new LeakFilter(word, () -> "#");
        StringBuilder out = new StringBuilder();
        for (String piece : pieces) {
            out.append(filter.push(piece));
        }
        return out.append(filter.end()).toString();
    }
}
