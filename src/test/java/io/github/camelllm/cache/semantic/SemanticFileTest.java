package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SemanticFileTest {

    @TempDir
    Path directory;

    private Path file(String yaml) throws Exception {
        return Files.writeString(directory.resolve("semantic.yaml"), yaml);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "threshold: 0.7|1: threshold is '0.7'; expected 0.8 to 1, or off",
                "treshold: 0.9|1: unknown field 'treshold'; did you mean 'threshold'?",
                "partitions: {}|1: partitions is a mapping; expected a list",
                "partitions: [x]|1: partitions has a single value; expected a mapping with a threshold",
                "partitions: [{model: fast}]|1: partitions: threshold is missing; expected 0.8 to 1, or off",
                "partitions: [{model: fast, threshold: 3}]|1: partitions: threshold is '3'; expected 0.8 to 1, or off",
                "guards-off: [speed]|1: guards-off has 'speed'; expected each of language, numbers, names, negation,"
                        + " opposites, question, tense, persons, order, words once at most",
                "guards-off: [words, words]|1: guards-off has 'words'; expected each of language, numbers, names,"
                        + " negation, opposites, question, tense, persons, order, words once at most",
                "synonyms: [a]|1: synonyms is a list; expected languages with groups of words",
                "synonyms: {it: [[a, b]]}|1: synonyms: unknown field 'it'; known are en, de, es, fr",
                "antonyms: {en: [[hot]]}|1: antonyms: en has something else than groups of two words or more; expected"
                        + " such as [[cancel, annul], [shut, close]]",
                "- x|1: is a list; expected 'threshold:', 'partitions:', 'synonyms:' or 'antonyms:'",
            })
    void saysWhatIsWrong(String yaml, String problem) throws Exception {
        assertThat(SemanticFile.problemsOf(file(yaml)))
                .extracting(found -> found.line() + ": " + found.message())
                .containsExactly(problem);
    }

    @Test
    void withoutAFileAllGuardsAreOn() {
        SemanticRules rules = SemanticFile.read(directory.resolve("none.yaml")).value();
        assertThat(rules.threshold()).isEqualTo(0.95f);
        assertThat(rules.guards().refusal("What is good wine?", "What is bad wine?"))
                .contains(Guard.OPPOSITES);
    }

    @Test
    void theExampleIsInOrder() {
        assertThat(SemanticFile.problemsOf(Path.of("config/semantic.example.yaml")))
                .isEmpty();
    }

    @Test
    void wordsOfTheFileCount() throws Exception {
        SemanticRules rules = SemanticFile.read(
                        file(
                                "synonyms:\n  en: [[ticket, case]]\nantonyms:\n  de: [[vorkasse, rechnung]]\nguards-off: [words]\n"))
                .value();
        Guards all = new Guards(Lexicon.builtIn(), java.util.EnumSet.allOf(Guard.class));
        assertThat(all.refusal("How do I close a ticket?", "How do I close a case?"))
                .contains(Guard.WORDS);
        assertThat(rules.guards().refusal("How do I close a ticket?", "How do I close a case?"))
                .isEmpty();
        assertThat(rules.guards().refusal("Kann ich per Vorkasse zahlen?", "Kann ich per Rechnung zahlen?"))
                .contains(Guard.OPPOSITES);
    }
}
