package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file per rule, in {@code bad-keys}; each says in its first lines what is to be said of it, and of which line. */
class BadKeysFilesTest {

    private static final Path FILES = Path.of("src/test/resources/io/github/camelllm/access/bad-keys");
    private static final String EXPECT = "# expect ";

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            List<Path> found = files.sorted().toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesLineProblemAndRemedy(Path file) throws IOException {
        List<String> expected = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(EXPECT))
                .map(line -> line.substring(EXPECT.length()))
                .toList();
        assertThat(expected).isNotEmpty();

        List<ConfigProblem> problems = Keys.read(file).problems();

        assertThat(problems).extracting(ConfigProblem::file).containsOnly(file);
        assertThat(problems)
                .extracting(problem -> problem.line() + ": " + problem.message())
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(problems.toString()).doesNotContain("SECRET").doesNotContain("\n");
    }

    @Test
    void reportsByLine() {
        assertThat(Keys.read(FILES.resolve("everything-at-once.yaml")).problems())
                .extracting(ConfigProblem::line)
                .isSorted();
    }

    @Test
    void writesProblemsAsCompilersDo() {
        assertThat(new ConfigProblem(Path.of("config", "keys.yaml"), 3, "id is missing"))
                .hasToString("config/keys.yaml:3: id is missing");
        assertThat(new ConfigProblem(Path.of("config", "keys.yaml"), 0, "is empty"))
                .hasToString("config/keys.yaml: is empty");
    }

    @Test
    void refusesWhatIsNotUtf8(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("keys.yaml"), new byte[] {'k', (byte) 0xe4, ':'});

        assertThat(Keys.read(file).problems())
                .containsExactly(new ConfigProblem(file, 0, "is not UTF-8; save it as UTF-8 text"));
    }

    @Test
    void refusesWhatCannotBeRead(@TempDir Path directory) {
        assertThat(Keys.read(directory).problems())
                .containsExactly(new ConfigProblem(
                        directory, 0, "cannot be read; expected a file that the gateway's user may read"));
    }

    @Test
    void takesALinkThatLeadsNowhereForAnErrorAndNotForNoKeys(@TempDir Path directory) throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("keys.yaml"), directory.resolve("gone"));

        assertThat(Keys.read(link).problems()).hasSize(1);
    }

    @Test
    void acceptsNoKeyThatAnythingIsWrongWith() {
        // Half-read, the first of them could ask for every model.
        assertThat(Keys.read(FILES.resolve("models-empty.yaml")).keys().all()).isEmpty();
        assertThat(Keys.read(FILES.resolve("id-missing.yaml")).keys().all())
                .extracting(Key::id)
                .containsExactly("ci");
    }
}
