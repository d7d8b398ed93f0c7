package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Hosts that have left optional parts out: their chains run, and each feature says what to add. */
class OptionalPartsTest {

    private static final List<String> CHAIN =
            List.of("gateway.camel.yaml", "models.camel.yaml", "completed.camel.yaml", "probe.camel.yaml");
    private static final List<String> ALL_TRIGGERS = List.of(
            "gateway.camel.yaml",
            "models.camel.yaml",
            "completed.camel.yaml",
            "probe.camel.yaml",
            "queue.camel.yaml",
            "files.camel.yaml");
    private static final List<String> WITH_HTTP =
            List.of("gateway.camel.yaml", "models.camel.yaml", "completed.camel.yaml", "http.camel.yaml");

    /** What a host sets to have the feature, and the routes with it. */
    private record Wanted(List<String> files, Map<String, String> settings) {}

    private static final Map<Part, Wanted> FEATURES = new EnumMap<>(Part.class);

    @TempDir
    static Path directory;

    @BeforeAll
    static void features() throws Exception {
        System.setProperty("log4j2.level", "INFO");
        Path strict = directory.resolve("inspect.yaml");
        Files.writeString(strict, "structured:\n  invalid: failover\n");
        FEATURES.put(Part.HTTP_SERVER, new Wanted(WITH_HTTP, Map.of()));
        FEATURES.put(Part.JMS, queue(""));
        FEATURES.put(Part.BROKER, queue(""));
        FEATURES.put(Part.BROKER_CLIENT, queue("tcp://127.0.0.1:1"));
        FEATURES.put(Part.PROMETHEUS, new Wanted(CHAIN, Map.of()));
        FEATURES.put(Part.TOKEN_COUNT, new Wanted(CHAIN, Map.of()));
        FEATURES.put(Part.REDIS, new Wanted(CHAIN, Map.of("llm.store", "redis://127.0.0.1:1")));
        FEATURES.put(Part.H2, ledger("jdbc:h2:mem:parts"));
        FEATURES.put(Part.MIGRATION, ledger("jdbc:h2:mem:parts"));
        FEATURES.put(Part.POSTGRESQL, ledger("jdbc:postgresql://127.0.0.1:1/parts"));
        FEATURES.put(Part.MIGRATION_POSTGRESQL, ledger("jdbc:postgresql://127.0.0.1:1/parts"));
        FEATURES.put(Part.JSON_SCHEMA, new Wanted(CHAIN, Map.of("llm.inspect.file", strict.toString())));
        FEATURES.put(Part.LOCAL_EMBEDDINGS, new Wanted(CHAIN, Map.of("llm.cache.tiers", "exact,semantic")));
        FEATURES.put(Part.PHONE_NUMBERS, new Wanted(CHAIN, Map.of()));
    }

    @AfterAll
    static void forget() {
        System.clearProperty("log4j2.level");
    }

    private static Wanted queue(String url) {
        return new Wanted(
                ALL_TRIGGERS,
                Map.of(
                        "llm.queue.enabled",
                        "true",
                        "llm.queue.broker-url",
                        url,
                        "llm.queue.port",
                        "0",
                        "llm.queue.data",
                        directory.resolve("broker").toString()));
    }

    private static Wanted ledger(String url) {
        return new Wanted(
                CHAIN,
                Map.of(
                        "llm.ledger.enabled",
                        "true",
                        "llm.ledger.url",
                        url,
                        "llm.logs",
                        directory.resolve("logs").toString()));
    }

    /** Each optional dependency of the pom is some part's, and is hidden here. */
    @Test
    void everyOptionalDependencyIsAPart() throws Exception {
        NodeList dependencies = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile())
                .getElementsByTagName("dependency");
        Set<String> optional = new TreeSet<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if ("true".equals(text(dependency, "optional"))) {
                optional.add(text(dependency, "groupId") + ":" + text(dependency, "artifactId"));
            }
        }
        Set<String> parts = new TreeSet<>();
        for (Part part : Part.values()) {
            parts.addAll(part.artifacts());
        }
        assertThat(optional).isNotEmpty().isSubsetOf(parts);
    }

    private static String text(Element dependency, String name) {
        NodeList found = dependency.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    @ParameterizedTest
    @EnumSource(value = Part.class, names = "PHONE_NUMBERS", mode = EnumSource.Mode.EXCLUDE)
    void withoutAPartTheChainAnswers(Part part) throws Exception {
        assertThat(HostClassPath.all().filter(HostClassPath.without(part).negate()))
                .as("jars that are hidden")
                .isNotEmpty();
        String said = HostClassPath.probe(HostClassPath.without(part), false, CHAIN, Map.of());
        assertThat(said).contains("ANSWER This is the simulator").doesNotContain("FAILED", "NoClassDefFound");
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void withoutAPartItsFeatureSaysWhatToAdd(Part part) throws Exception {
        if (part == Part.LOG4J || part == Part.COMMAND_LINE) {
            assertThat(HostClassPath.command(HostClassPath.without(part)))
                    .startsWith("78 ")
                    .contains("add the jar " + part.artifacts().get(0))
                    .doesNotContain("Exception", "NoClassDefFound");
            return;
        }
        if (part == Part.JMX || part == Part.JSON_PATH) {
            return; // Camel's own: it says itself what it lacks
        }
        Wanted wanted = FEATURES.get(part);
        String said = HostClassPath.probe(HostClassPath.without(part), false, wanted.files(), wanted.settings());
        String message = "add the jar " + part.artifacts().get(0);
        assertThat(said).contains(message).doesNotContain("NoClassDefFound", "ClassNotFound");
        assertThat(said.lines().filter(line -> line.contains(message)))
                .as("lines that say so")
                .allSatisfy(line -> assertThat(line).contains(message));
    }

    @Test
    void theLightJarsAloneRunAMinimalChain() throws Exception {
        String said = HostClassPath.probe(HostClassPath::light, true, List.of("models.camel.yaml"), Map.of());
        assertThat(said)
                .contains("ANSWER")
                .contains("This is the simulator")
                .doesNotContain("FAILED", "NoClassDefFound");
    }

    @Test
    void theLightJarsAloneRunTheShippedChainWithItsTriggersOff() throws Exception {
        String said = HostClassPath.probe(HostClassPath::light, false, ALL_TRIGGERS, Map.of());
        assertThat(said)
                .contains("ANSWER This is the simulator")
                .contains("METRICS 404", "add the jar io.micrometer:micrometer-registry-prometheus")
                .contains("add the jar com.knuddels:jtokkit", "add the jar com.networknt:json-schema-validator")
                .doesNotContain("FAILED", "NoClassDefFound");
    }

    @Test
    void phoneNumbersCanBeSwitchedOffWhereTheirLibraryIsLeftOut() throws Exception {
        Path off = directory.resolve("privacy.yaml");
        Files.writeString(off, "types:\n  PHONE_NUMBER: { off: true }\n");
        Map<String, String> settings = new HashMap<>(Map.of("llm.privacy.file", off.toString()));
        String said =
                HostClassPath.probe(HostClassPath.without(Part.PHONE_NUMBERS), false, new ArrayList<>(CHAIN), settings);
        assertThat(said).contains("ANSWER This is the simulator").doesNotContain("FAILED", "NoClassDefFound");
    }
}
