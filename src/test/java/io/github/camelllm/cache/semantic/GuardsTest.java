package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard, both ways: what it must refuse, and what says the same and must pass. */
class GuardsTest {

    private static final Lexicon LEXICON = Lexicon.builtIn();
    private static final Guards ALL = new Guards(LEXICON, EnumSet.allOf(Guard.class));

    record Pair(String text, String other, boolean same, Guard guard) {}

    static List<Pair> pairs() throws IOException {
        List<Pair> pairs = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                GuardsTest.class.getResourceAsStream("/semantic/pairs.jsonl"), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode pair = Json.MAPPER.readTree(line);
                pairs.add(new Pair(
                        pair.get("text").asText(),
                        pair.get("other").asText(),
                        pair.get("same").asBoolean(),
                        Guard.valueOf(pair.get("note").asText().toUpperCase(Locale.ROOT))));
            }
        }
        return pairs;
    }

    static Stream<Pair> nearMisses() throws IOException {
        return pairs().stream().filter(pair -> !pair.same());
    }

    static Stream<Pair> paraphrases() throws IOException {
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
    void everyGuardIsTried() throws IOException {
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
