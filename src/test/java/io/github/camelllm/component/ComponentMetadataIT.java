package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of src/generated are those that the generator makes of the classes as they are; the build has run it before. */
class ComponentMetadataIT {

    private static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }

    @Test
    void whatIsCommittedIsWhatIsGenerated() throws IOException {
        Map<String, String> generated = files(Path.of("target/component-metadata"));
        assertThat(generated).hasSizeGreaterThan(5);
        assertThat(files(Path.of("src/generated")))
                .as("run: mvn process-classes camel-component:generate")
                .isEqualTo(generated);
    }
}
