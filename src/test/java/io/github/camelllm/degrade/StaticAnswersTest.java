package io.github.camelllm.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of static answers: what it answers, and what is said of a bad one. */
class StaticAnswersTest {

    @TempDir
    Path directory;

    private StaticAnswers.Read read(String yaml) throws Exception {
        return StaticAnswers.read(Files.writeString(directory.resolve("static-answers.yaml"), yaml));
    }

    private List<String> problems(String yaml) throws Exception {
        return read(yaml).problems().stream()
                .map(problem -> problem.line() + ": " + problem.message())
                .toList();
    }

    @Test
    void readsTheShippedExample() {
        StaticAnswers.Read read = StaticAnswers.read(Path.of("config/static-answers.example.yaml"));

        assertThat(read.problems()).isEmpty();
        assertThat(read.answers().find("what are your OPENING hours")).isPresent();
    }

    @Test
    void hasNoAnswersWithoutAFile() {
        assertThat(StaticAnswers.read(directory.resolve("none.yaml")).problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "When are you open?, open",
        "  WHEN are   you open , open",
        "'when are you open!!!', open",
        "Please tell me about refunds for my order, refund",
        "'refunds, order', refund",
        "Is my order late, ",
        "a refundsorder, ",
        "When are you open on Sunday?, ",
        "'', ",
    })
    void knowsAQuestionByItsTextOrItsPhrases(String question, String expected) throws Exception {
        StaticAnswers answers =
                read("""
                        answers:
                          - id: hours
                            questions: [ "When are you open?" ]
                            answer: open
                          - id: refund
                            phrases: [ refunds, order ]
                            answer: refund
                        """)
                        .answers();

        assertThat(answers.find(question).orElse(null)).isEqualTo(expected);
    }

    @Test
    void foldsWhatUnicodeSaysIsTheSame() {
        assertThat(StaticAnswers.normalise("ﬁle\u00a0№１ — Ａ")).isEqualTo("file no1 a");
    }

    @Test
    void saysOfEachProblemWhereItIsAndWhatToDo() throws Exception {
        assertThat(problems("answers: 5"))
                .singleElement()
                .asString()
                .startsWith("1: holds no list of answers; expected");
        assertThat(problems("nothing: here"))
                .anySatisfy(problem -> assertThat(problem).contains("unknown field"));
        assertThat(problems("answers:\n  - text"))
                .containsExactly("2: an answer is a single value; expected a mapping with an id");
        assertThat(problems("answers:\n  - answer: x\n    questions: [ y ]"))
                .containsExactly("2: answer: id is missing; give the answer a name of its own");
        assertThat(problems("answers:\n  - id: a\n    questions: [ y ]"))
                .containsExactly("2: answer 'a': answer is missing; write what is to be said");
        assertThat(problems("answers:\n  - id: a\n    answer: x"))
                .containsExactly(
                        "2: answer 'a': neither questions nor phrases; write by which of them the question is known");
        assertThat(problems("answers:\n  - id: a\n    answer: x\n    questions: [ '?!' ]"))
                .containsExactly("4: answer 'a': questions has an entry without letters or digits; expected a text");
        assertThat(problems("answers:\n  - id: a\n    answer: x\n    question: y\n    phrases: [ z ]"))
                .containsExactly("4: answer 'a': unknown field 'question'; expected 'questions:' with a list under it");
        assertThat(
                        problems(
                                "answers:\n  - id: a\n    answer: x\n    phrases: [ z ]\n  - id: a\n    answer: x\n    phrases: [ z ]"))
                .containsExactly("5: answer 'a': id stands in the file already; give each answer its own");
        assertThat(problems("answers: [")).hasSize(1);
    }
}
