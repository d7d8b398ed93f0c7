package io.github.camelllm.cache.semantic;

import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code config/semantic.yaml}. */
public final class SemanticFile {

    private static final List<String> FIELDS = List.of("threshold", "partitions", "guards-off", "synonyms", "antonyms");
    private static final List<String> OWN = List.of("model", "task", "tenant", "partition", "threshold");
    private static final String EXPECTED = "expected 'threshold:', 'partitions:', 'synonyms:' or 'antonyms:'";

    private final YamlReport report;

    private SemanticFile(YamlReport report) {
        this.report = report;
    }

    /** What is wrong with a file; nothing is with one that does not exist. */
    public static List<ConfigProblem> problemsOf(Path file) {
        return Files.notExists(file) ? List.of() : read(file).problems();
    }

    /** Reads a file; without one all guards are on, with the words that the jar has. */
    static WatchedFile.Read<SemanticRules> read(Path file) {
        if (Files.notExists(file)) {
            Guards guards = new Guards(Lexicon.builtIn(), EnumSet.allOf(Guard.class));
            return new WatchedFile.Read<>(new SemanticRules(guards, SemanticRules.THRESHOLD, List.of()), List.of());
        }
        YamlReport report = new YamlReport(file);
        SemanticFile reader = new SemanticFile(report);
        Optional<SemanticRules> rules = YamlFile.read(file, report, EXPECTED).flatMap(reader::root);
        return new WatchedFile.Read<>(rules.orElse(null), report.problems());
    }

    private Optional<SemanticRules> root(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            report.add(YamlReport.line(root), "is " + YamlMap.kind(root) + "; " + EXPECTED);
            return Optional.empty();
        }
        YamlMap map = new YamlMap(mapping, report, "", FIELDS, Map.of());
        float threshold = threshold(map, SemanticRules.THRESHOLD);
        List<SemanticRules.Own> owns = owns(map.node("partitions"));
        Set<Guard> guards = guards(map);
        Lexicon lexicon = new Lexicon(groups(map, "synonyms"), groups(map, "antonyms"));
        return Optional.of(new SemanticRules(new Guards(lexicon, guards), threshold, owns));
    }

    /** A threshold below 0.8 would let through what has nothing to do with the question; off is one that nothing reaches. */
    private static float threshold(YamlMap map, float byDefault) {
        String text = map.text("threshold");
        if (text == null) {
            return byDefault;
        }
        if (text.equals("off")) {
            return 2;
        }
        if (!text.matches("0\\.[89]\\d{0,4}|1|1\\.0+")) {
            map.problem("threshold", "threshold is " + Shown.text(text) + "; expected 0.8 to 1, or off");
            return byDefault;
        }
        return Float.parseFloat(text);
    }

    private List<SemanticRules.Own> owns(Node node) {
        List<SemanticRules.Own> owns = new ArrayList<>();
        if (node != null && !(node instanceof SequenceNode)) {
            report.add(YamlReport.line(node), "partitions is " + YamlMap.kind(node) + "; expected a list");
            return owns;
        }
        for (Node item : node == null ? List.<Node>of() : ((SequenceNode) node).getValue()) {
            if (!(item instanceof MappingNode mapping)) {
                report.add(
                        YamlReport.line(item),
                        "partitions has " + YamlMap.kind(item) + "; expected a mapping with a threshold");
                continue;
            }
            YamlMap map = new YamlMap(mapping, report, "partitions", OWN, Map.of());
            if (map.node("threshold") == null) {
                map.problem("threshold", "threshold is missing; expected 0.8 to 1, or off");
            }
            owns.add(new SemanticRules.Own(
                    map.text("model"),
                    map.text("task"),
                    map.text("tenant"),
                    map.text("partition"),
                    threshold(map, SemanticRules.THRESHOLD)));
        }
        return owns;
    }

    private static Set<Guard> guards(YamlMap map) {
        Set<Guard> on = EnumSet.allOf(Guard.class);
        Node node = map.node("guards-off");
        List<Node> items =
                node instanceof SequenceNode list ? list.getValue() : node == null ? List.of() : List.of(node);
        for (Node item : items) {
            String name = item instanceof ScalarNode scalar ? scalar.getValue() : YamlMap.kind(item);
            Optional<Guard> guard =
                    on.stream().filter(one -> one.label().equals(name)).findFirst();
            if (guard.isEmpty()) {
                map.problem(
                        "guards-off",
                        "guards-off has " + Shown.text(name) + "; expected each of "
                                + Arrays.stream(Guard.values())
                                        .map(Guard::label)
                                        .collect(Collectors.joining(", "))
                                + " once at most");
            }
            guard.ifPresent(on::remove);
        }
        return on;
    }

    /** For each language a list of groups, each a list of two words or more. */
    private Map<String, List<List<String>>> groups(YamlMap map, String field) {
        Map<String, List<List<String>>> byLanguage = new HashMap<>();
        Node node = map.node(field);
        if (node == null) {
            return byLanguage;
        }
        if (!(node instanceof MappingNode mapping)) {
            map.problem(field, field + " is " + YamlMap.kind(node) + "; expected languages with groups of words");
            return byLanguage;
        }
        YamlMap languages = new YamlMap(mapping, report, field, Words.LANGUAGES, Map.of());
        for (String language : Words.LANGUAGES) {
            Node groups = languages.node(language);
            List<List<String>> found = new ArrayList<>();
            boolean good = groups == null || groups instanceof SequenceNode;
            for (Node item : groups instanceof SequenceNode list ? list.getValue() : List.<Node>of()) {
                List<String> group = texts(item);
                good &= group.size() >= 2;
                found.add(group);
            }
            if (good) {
                byLanguage.put(language, found);
            } else {
                languages.problem(
                        language,
                        language + " has something else than groups of two words or more; expected such as"
                                + " [[cancel, annul], [shut, close]]");
            }
        }
        return byLanguage;
    }

    private static List<String> texts(Node node) {
        List<String> texts = new ArrayList<>();
        for (Node item : node instanceof SequenceNode list ? list.getValue() : List.<Node>of()) {
            if (!(item instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
                return List.of();
            }
            texts.add(scalar.getValue().strip());
        }
        return texts;
    }
}
