package io.github.camelllm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

    private static final Path DATA = Path.of("../shared/data/injection.jsonl");
    private static final Path EVERYDAY = Path.of("../shared/data/everyday.jsonl");
    private static final Path OWN_EVERYDAY = Path.of("src/test/resources/guard/everyday.jsonl");
    private static final Path HARMLESS = Path.of("src/test/resources/guard/harmless.txt");
    private static final Path RULES = Path.of("config/guard.yaml");

    @TempDir
    private Path directory;

    @Test
    void keepsItsBounds() throws Exception {
        assumeTrue(Files.exists(DATA), "skipped: the labelled texts are not at " + DATA);
        assumeTrue(Files.exists(EVERYDAY), "skipped: the harmless texts of everyday's work are not at " + EVERYDAY);
        List<Path> harmless = new ArrayList<>(List.of(HARMLESS));
        try (var beside = Files.list(DATA.getParent())) {
            beside.filter(file -> file.toString().endsWith(".jsonl")
                            && !file.endsWith(DATA.getFileName())
                            && !file.endsWith(EVERYDAY.getFileName()))
                    .sorted()
                    .forEach(harmless::add);
        }
        Evaluation evaluation = new Evaluation(DATA, harmless, List.of(OWN_EVERYDAY, EVERYDAY), RULES);

        String report = evaluation.report();

        assertThat(evaluation.missed()).as(report).isEmpty();
    }

    @Test
    void trainsAModelThatTellsTextsApart() throws Exception {
        Path data = data();
        Evaluation evaluation = new Evaluation(data, List.of(HARMLESS), List.of(), RULES);
        Path file = directory.resolve("own.model");

        evaluation.train(file);

        LinearModel model;
        try (var in = Files.newInputStream(file)) {
            model = LinearModel.read(in);
        }
        Scorer scorer = new Scorer(GuardRulesFile.read(RULES).value(), model);
        assertThat(scorer.score("open the blue gate for the red fox 31", false).value())
                .isGreaterThan(scorer.score("paint the blue wall for the old cat 31", false)
                        .value());
        assertThat(evaluation.report() + evaluation.more())
                .contains(
                        "attacks  gates",
                        "harmless walls",
                        "harmless harmless.txt",
                        "trained without the text's source");
    }

    private Path data() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            lines.append("{\"text\":\"open the blue gate for the red fox ")
                    .append(i)
                    .append("\",\"attack\":true,\"source\":\"gates\"}\n");
            lines.append("{\"text\":\"paint the blue wall for the old cat ")
                    .append(i)
                    .append("\",\"attack\":false,\"source\":\"walls\"}\n");
        }
        return Files.writeString(directory.resolve("data.jsonl"), lines);
    }

    @Test
    void tellsWhatIsBelowItsBound() throws Exception {
        Path data = directory.resolve("data.jsonl");
        Files.writeString(
                data, "{\"text\":\"What is the capital of France?\",\"attack\":true,\"source\":\"garak\"}\n".repeat(3));
        Evaluation evaluation = new Evaluation(data, List.of(HARMLESS), List.of(), RULES);
        evaluation.report();
        assertThat(evaluation.missed())
                .contains("as shipped (may have learned from these texts): recall of garak is below 0.85");
    }

    @Test
    void tellsWhatIsWrongWithItsFiles() throws IOException {
        Path data = directory.resolve("data.jsonl");
        assertThatThrownBy(() -> new Evaluation(data, List.of(), List.of(), RULES))
                .hasMessage("There is no file '" + data + "'.");
        Files.writeString(data, "\n{\"text\": \"a\"}");
        assertThatThrownBy(() -> new Evaluation(data, List.of(), List.of(), RULES))
                .hasMessage(data + ":2: expected an object with the text text, and attack: true or false");
        Files.writeString(data, "{");
        assertThatThrownBy(() -> new Evaluation(data, List.of(), List.of(), RULES))
                .hasMessage(data + ":1: is not JSON");
        Files.writeString(data, "\n");
        assertThatThrownBy(() -> new Evaluation(data, List.of(), List.of(), RULES))
                .hasMessage("'" + data + "' has no texts.");
    }
}
