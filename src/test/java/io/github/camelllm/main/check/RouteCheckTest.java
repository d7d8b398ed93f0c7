package io.github.camelllm.main.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each directory of {@code routecheck} holds route files and, in expected.txt, all that is to be said of them. */
class RouteCheckTest {

    private static final Path CASES = Path.of("src/test/resources/routecheck");

    private static final Map<String, String> PROPERTIES = Map.of("llm.http.port", "8080", "llm.files.enabled", "false");

    @TestFactory
    Stream<DynamicTest> says() throws IOException {
        List<Path> cases;
        try (Stream<Path> found = Files.list(CASES)) {
            cases = found.sorted().toList();
        }
        assertThat(cases).hasSizeGreaterThan(10);
        return cases.stream()
                .map(dir -> DynamicTest.dynamicTest(dir.getFileName().toString(), () -> {
                    String expected = Files.readString(dir.resolve("expected.txt"));
                    assertThat(said(dir)).isEqualTo(expected);
                }));
    }

    @Test
    void saysWhenThereIsNoDirectory(@TempDir Path dir) {
        assertThat(said(dir.resolve("none")))
                .isEqualTo("none: there is no such directory of routes. Name one with --routes DIR\n");
    }

    @Test
    void saysWhenTheDirectoryIsEmpty(@TempDir Path dir) throws IOException {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        assertThat(said(empty))
                .isEqualTo(
                        "empty: the directory holds no route file. Put one there; its name must end in .camel.yaml\n");
    }

    @Test
    void saysWhenAFileIsNotUtf8(@TempDir Path dir) throws IOException {
        Files.write(dir.resolve("a.camel.yaml"), new byte[] {'-', ' ', (byte) 0xC3, '(', '\n'});
        assertThat(said(dir)).isEqualTo("a.camel.yaml: the file is not UTF-8. Save it as UTF-8\n");
    }

    @Test
    void saysWhenAnLlmEndpointActsForNoKey(@TempDir Path dir) throws IOException {
        Path keys = Files.writeString(
                dir.resolve("keys.yaml"), "keys:\n  - id: batch\n    sha256: \"" + "0".repeat(63) + "1\"\n");
        Files.writeString(
                dir.resolve("a.camel.yaml"),
                """
                - route: { from: { uri: direct:llm-chat, steps: [ { setBody: { constant: hi } } ] } }
                - route:
                    from:
                      uri: direct:a
                      steps:
                        - to: llm:chat?keyId=batch
                        - to: llm:chat?keyId=bacth
                """);
        assertThat(said(dir, Map.of("llm.access.keys-file", keys.toString())))
                .isEqualTo(
                        "a.camel.yaml:7: llm:chat acts for the key 'bacth', and no key has that id. Did you mean 'batch'?\n");
    }

    private static String said(Path dir) {
        return said(dir, PROPERTIES);
    }

    private static String said(Path dir, Map<String, String> properties) {
        RouteCheck check =
                new RouteCheck(properties, Map.of(), Set.of("vertx"), registry -> {}, file -> file.getFileName()
                        .toString());
        StringBuilder lines = new StringBuilder();
        check.check(dir).forEach(problem -> lines.append(problem).append('\n'));
        return lines.toString();
    }
}
