package io.github.camelllm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardRulesFileTest {

    @TempDir
    private Path directory;

    private List<String> problems(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("guard.yaml"), yaml);
        return GuardRulesFile.problemsOf(file).stream()
                .map(ConfigProblem::toString)
                .map(text -> text.replace(file.toString(), "guard.yaml"))
                .toList();
    }

    @Test
    void theShippedFileIsInOrderAndInTheJar() {
        Path shipped = Path.of("config/guard.yaml");
        assertThat(GuardRulesFile.problemsOf(shipped)).isEmpty();
        var read = GuardRulesFile.read(directory.resolve("none.yaml"));
        assertThat(read.problems()).isEmpty();
        assertThat(read.value().rules().rules())
                .extracting(Rule::name)
                .isEqualTo(GuardRulesFile.read(shipped).value().rules().rules().stream()
                        .map(Rule::name)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a .. ~ a gap (..) stands at the end; it stands between two words",
                ".. a ~ a gap (..) stands between two words",
                "a .. .. b ~ a gap (..) stands between two words",
                "a ..21 b ~ the gap ..21 is none of .. and ..1 to ..20",
                "a ..x b ~ the gap ..x is none of .. and ..1 to ..20",
                "a b|| ~ 'b||' is not made of words, with | between them and * at their ends",
                "a*b ~ 'a*b' is not made of words, with | between them and * at their ends",
                "(a+)+ - ~ '-' is not made of words, with | between them and * at their ends",
                "a ..2! b ~ '' is not made of words, with | between them and * at their ends",
                "a ..2=x-y b ~ the gap ..2=x-y has several words in a row; single ones are allowed",
                "a ..x! b ~ the gap ..x! is none of .. and ..1 to ..20",
                "a !b c ~ what may not follow (!...) stands at the end",
                "!b ~ it has no word",
                "a ..20 b ..20 c ..20 d ~ it stretches over 64 words; 59 are allowed",
            })
    void refusesAPhraseWithItsLine(String phrase, String message) throws IOException {
        String yaml =
                "rules:\n  - rule: r\n    weight: 0.5\n    phrases:\n      - \"fine\"\n      - \"" + phrase + "\"\n";
        assertThat(problems(yaml)).containsExactly("guard.yaml:6: phrase '" + phrase + "': " + message);
    }

    @Test
    void namesEverythingThatIsWrong() throws IOException {
        assertThat(
                        problems(
                                """
                        rules:
                          - rule: Big Words
                            weight: 2
                            in: users
                            phrases: [a]
                          - rule: twice
                            weight: 0.5
                            phrases: [a]
                          - rule: twice
                            phrases: {}
                          - nothing
                          - weight: 0.1
                            pattern: a
                        special-tokens: [a]
                        """))
                .containsExactly(
                        "guard.yaml:2: rule 'Big Words': its name is 'Big Words'; expected small letters, digits and hyphens, 40 at most",
                        "guard.yaml:3: rule 'Big Words': weight is '2'; expected 0 to 1",
                        "guard.yaml:4: rule 'Big Words': in is 'users'; expected data or all",
                        "guard.yaml:9: rule 'twice': the name stands in the file already; give each rule its own",
                        "guard.yaml:9: rule 'twice': weight is missing; expected 0 to 1",
                        "guard.yaml:10: rule 'twice': phrases is no list with an entry; expected a list of phrases",
                        "guard.yaml:11: a rule is a single value; expected a mapping",
                        "guard.yaml:12: rule: its name is missing; expected small letters, digits and hyphens, 40 at most",
                        "guard.yaml:12: rule: phrases is missing; expected a list of phrases",
                        "guard.yaml:13: rule: unknown field 'pattern'; known are rule, weight, in, phrases",
                        "guard.yaml:14: special-tokens has an entry that is no text of 3 to 40 characters");
        assertThat(problems("")).singleElement().asString().startsWith("guard.yaml: is empty; expected 'rules:'");
        assertThat(problems("rules: []")).singleElement().asString().contains("rules is no list with an entry");
        assertThat(problems("special-tokens: [abc]")).singleElement().asString().contains("rules is missing");
        assertThat(problems("rules: [")).singleElement().asString().contains("is not valid YAML");
    }
}
