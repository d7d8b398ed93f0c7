package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tables of {@code docs/faults.md} are those that are tried. */
class FaultsDocTest {

    @Test
    void showsEveryFault() throws Exception {
        assertThat(rows("| fault |"))
                .containsExactlyElementsOf(
                        FaultTable.ROWS.stream().map(Fault::row).toList());
    }

    @Test
    void showsEveryBreak() throws Exception {
        assertThat(rows("| break |"))
                .containsExactlyElementsOf(Break.ROWS.stream().map(Break::row).toList());
    }

    /** The rows of the table whose head begins so. */
    private static List<String> rows(String head) throws Exception {
        List<String> lines = Files.readAllLines(Path.of("docs/faults.md"));
        return lines.stream()
                .dropWhile(line -> !line.startsWith(head))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
