package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard, both ways: what it must refuse, and what says the same and must pass. */
class GuardsTest {

    private static final Path FILES = Path.of("src/test/resources/semantic");
    private static final Lexicon LEXICON = Lexicon.builtIn();
    private static final Guards ALL = new Guards(LEXICON, EnumSet.allOf(Guard.class));

    record Pair(String text, String other, boolean same, Guard guard) {}

    static List<Pair> pairs() throws Exception {
        return Evaluation.read(FILES.resolve("pairs.jsonl")).stream()
                .map(pair -> new Pair(
                        pair.text(),
                        pair.other(),
                        pair.same(),
                        Guard.valueOf(pair.note().toUpperCase(Locale.ROOT))))
                .toList();
    }

    /** Of every kind that words can make: number, entity, role, scope and so on, whichever guard sees it. */
    static List<Evaluation.Pair> kinds() throws Exception {
        return Evaluation.read(FILES.resolve("near-misses.jsonl"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesNearMissesOfEveryKind(Evaluation.Pair pair) {
        assertThat(ALL.refusal(pair.text(), pair.other())).isPresent();
        assertThat(ALL.refusal(pair.other(), pair.text())).isPresent();
    }

    /** Questions as people ask them, put in other words before any guard had seen them: not all are to be let through. */
    @Test
    void letsThroughMostOfWhatPeopleAskInOtherWords() throws Exception {
        List<Evaluation.Pair> pairs = Evaluation.read(FILES.resolve("questions.jsonl"));
        assertThat(pairs).hasSize(100);
        assertThat(pairs.stream()
                        .filter(pair -> ALL.refusal(pair.text(), pair.other()).isEmpty()))
                .hasSizeGreaterThanOrEqualTo(60);
    }

    static Stream<Pair> nearMisses() throws Exception {
        return pairs().stream().filter(pair -> !pair.same());
    }

    static Stream<Pair> paraphrases() throws Exception {
        return pairs().stream().filter(Pair::same);
    }

    @ParameterizedTest
    @MethodSource("nearMisses")
    void refusesWhatIsNotTheSame(Pair pair) {
        assertThat(ALL.refusal(pair.text(), pair.other())).isPresent();
        assertThat(ALL.refusal(pair.other(), pair.text())).isPresent();
    }

    @ParameterizedTest
    @MethodSource("nearMisses")
    void theGuardDoesSoOnItsOwn(Pair pair) {
        Guards alone = new Guards(LEXICON, EnumSet.of(pair.guard()));
        assertThat(alone.refusal(pair.text(), pair.other())).contains(pair.guard());
        assertThat(alone.refusal(pair.other(), pair.text())).contains(pair.guard());
    }

    @ParameterizedTest
    @MethodSource("paraphrases")
    void letsThroughWhatIsTheSame(Pair pair) {
        assertThat(ALL.refusal(pair.text(), pair.other())).isEmpty();
        assertThat(ALL.refusal(pair.other(), pair.text())).isEmpty();
    }

    @Test
    void everyGuardIsTried() throws Exception {
        assertThat(nearMisses().map(Pair::guard)).containsAll(EnumSet.allOf(Guard.class));
        assertThat(nearMisses()).hasSizeGreaterThanOrEqualTo(150);
    }

    @Test
    void withoutGuardsEverythingPasses() {
        Guards none = new Guards(LEXICON, List.of());
        assertThat(none.refusal("Is it safe?", "Is it unsafe?")).isEmpty();
    }

    @Test
    void theSameTextPassesInALanguageThatNoGuardKnows() {
        assertThat(ALL.refusal("東京の天気は?", "東京の天気は?")).isEmpty();
        assertThat(ALL.refusal("Che tempo fa a Roma?", "Che tempo fa a Milano?"))
                .contains(Guard.LANGUAGE);
    }

    @Test
    void neverShowsTheWordsOfAQuestion() {
        assertThat(ALL.traits("Is my salary known to Bob?").toString()).doesNotContainIgnoringCase("salary");
    }
}
