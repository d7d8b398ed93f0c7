package io.github.camelllm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application on Camel Main that includes the routes of the jar, and has no file of the gateway's own. */
class IncludedRoutesTest {

    private static final String OWN =
            """
            - route:
                id: summarise
                from:
                  uri: direct:summarise
                  steps:
                    - setBody: { simple: "Summarise: ${body}" }
                    - to: { uri: direct:llm-chat }
            """;

    @TempDir
    Path directory;

    @Test
    void answersWithoutASettingOrAFile() throws Exception {
        Path own = Files.writeString(directory.resolve("own.camel.yaml"), OWN);
        Set<String> before = workingDirectory();
        Main main = new Main();
        main.configure()
                .setRoutesIncludePattern("classpath:camel-llm/gateway.camel.yaml,classpath:camel-llm/models.camel.yaml,"
                        + "classpath:camel-llm/completed.camel.yaml," + own.toUri());
        main.start();
        try {
            String answer = main.getCamelTemplate().requestBody("direct:summarise", "a long text", String.class);

            assertThat(answer).contains("simulator").contains("Summarise: a long text");
            assertThat(main.getCamelContext().getRegistry().lookupByName("http"))
                    .isNull();
            assertThat(workingDirectory())
                    .as("nothing is written to the working directory")
                    .isEqualTo(before);
        } finally {
            main.stop();
        }
    }

    private static Set<String> workingDirectory() throws Exception {
        try (Stream<Path> all = Files.list(Path.of(""))) {
            return all.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
