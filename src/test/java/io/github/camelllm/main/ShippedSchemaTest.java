package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Each route file that is shipped is valid by the schema that Camel publishes for its YAML DSL, by which editors check. */
class ShippedSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void routesAreValidByCamelsSchema() throws IOException {
        Schema schema;
        try (InputStream in = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                    .getSchema(JSON.readTree(in));
        }
        List<Path> files = files();
        assertThat(files).hasSizeGreaterThan(6);
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            JsonNode tree = JSON.valueToTree(yaml);
            schema.validate(tree)
                    .forEach(problem ->
                            problems.add(file + " " + problem.getInstanceLocation() + ": " + problem.getMessage()));
        }
        assertThat(problems).isEmpty();
    }

    private static List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String directory : List.of("routes", "examples", "src/main/resources")) {
            if (Files.isDirectory(Path.of(directory))) {
                try (Stream<Path> all = Files.walk(Path.of(directory))) {
                    all.filter(file -> file.toString().endsWith(".camel.yaml")).forEach(found::add);
                }
            }
        }
        return found;
    }
}
