package io.github.camelllm.guard;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code config/guard.yaml}. */
public final class GuardRulesFile {

    /** More rules than this are refused: a text would take too long. */
    private static final int MAX_RULES = 1_000;

    private static final List<String> FIELDS = List.of("rules", "special-tokens", "about", "tenants");
    private static final List<String> OF_A_RULE = List.of("rule", "weight", "in", "phrases");
    private static final Map<String, String> HINTS = Map.of("id", "expected 'rule:' with its name");
    private static final String EXPECTED = "expected 'rules:' with a list under it, each with rule, weight and phrases";

    private final YamlReport report;

    private GuardRulesFile(YamlReport report) {
        this.report = report;
    }

    /** What is wrong with a file; nothing is with one that does not exist. */
    public static List<ConfigProblem> problemsOf(Path file) {
        return ConfigFile.isMissing(file) ? List.of() : read(file).problems();
    }

    /** Reads a file; without one the rules are those that the jar has, the shipped ones. */
    static WatchedFile.Read<GuardRules> read(Path file) {
        YamlReport report = new YamlReport(file);
        Optional<Node> root = ConfigFile.isMissing(file)
                ? YamlFile.read(shipped(), report, EXPECTED)
                : YamlFile.read(file, report, EXPECTED);
        GuardRules rules = root.flatMap(new GuardRulesFile(report)::root).orElse(null);
        return new WatchedFile.Read<>(rules, report.problems());
    }

    private static String shipped() {
        try (InputStream in = GuardRulesFile.class.getResourceAsStream("guard.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<GuardRules> root(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            report.add(YamlReport.line(root), "is " + YamlMap.kind(root) + "; " + EXPECTED);
            return Optional.empty();
        }
        YamlMap map = new YamlMap(mapping, report, "", FIELDS, Map.of());
        Vocabulary.Builder words = new Vocabulary.Builder();
        List<Rule> rules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Node item : list(map, "rules", EXPECTED)) {
            if (item instanceof MappingNode entry) {
                rule(entry, names, words).ifPresent(rules::add);
            } else {
                report.add(YamlReport.line(item), "a rule is " + YamlMap.kind(item) + "; expected a mapping");
            }
        }
        if (rules.size() > MAX_RULES) {
            map.problem("rules", "rules has " + rules.size() + " entries; " + MAX_RULES + " are allowed");
        }
        if (map.node("rules") == null) {
            map.problem("rules", "rules is missing; " + EXPECTED);
        }
        return Optional.of(new GuardRules(
                new RuleSet(rules, words.build()),
                specialTokens(map),
                about(map),
                new TenantsReader(report).read(list(map, "tenants", TenantsReader.EXPECTED))));
    }

    private static List<Node> list(YamlMap map, String field, String expected) {
        Node node = map.node(field);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            map.problem(field, field + " is no list with an entry; " + expected);
            return List.of();
        }
        return sequence.getValue();
    }

    private RuleSet about(YamlMap map) {
        Vocabulary.Builder words = new Vocabulary.Builder();
        List<Phrase> phrases = phrases(map, "about", words);
        return phrases.isEmpty() ? null : new RuleSet(List.of(new Rule("about", 0, false, phrases)), words.build());
    }

    private Optional<Rule> rule(MappingNode node, Set<String> names, Vocabulary.Builder words) {
        String name = YamlMap.peek(node, "rule");
        YamlMap map = new YamlMap(node, report, name == null ? "rule" : "rule '" + name + "'", OF_A_RULE, HINTS);
        if (name == null || !name.matches("[a-z][a-z0-9-]{0,39}")) {
            map.problem(
                    "rule",
                    "its name is " + (name == null ? "missing" : Shown.text(name))
                            + "; expected small letters, digits and hyphens, 40 at most");
        } else if (!names.add(name)) {
            map.problem("rule", "the name stands in the file already; give each rule its own");
        }
        String in = map.text("in");
        if (in != null && !in.equals("data") && !in.equals("all")) {
            map.problem("in", "in is " + Shown.text(in) + "; expected data or all");
        }
        double weight = weight(map);
        if (map.node("phrases") == null) {
            map.problem("rule", "phrases is missing; expected a list of phrases");
        }
        List<Phrase> phrases = phrases(map, "phrases", words);
        return name == null ? Optional.empty() : Optional.of(new Rule(name, weight, "data".equals(in), phrases));
    }

    private static double weight(YamlMap map) {
        String text = map.text("weight");
        if (text != null && text.matches("0?\\.\\d{1,4}|0|1|1\\.0+")) {
            return Double.parseDouble(text);
        }
        if (text != null || map.node("weight") == null) {
            map.problem("weight", "weight is " + (text == null ? "missing" : Shown.text(text)) + "; expected 0 to 1");
        }
        return 0;
    }

    private List<Phrase> phrases(YamlMap map, String field, Vocabulary.Builder words) {
        List<Phrase> phrases = new ArrayList<>();
        for (Node item : list(map, field, "expected a list of phrases")) {
            if (!(item instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
                map.problem(field, field + " has something else than texts; expected a list of phrases");
                continue;
            }
            try {
                phrases.add(Phrase.read(scalar.getValue(), words));
            } catch (IllegalArgumentException e) {
                report.add(YamlReport.line(item), "phrase " + Shown.text(scalar.getValue()) + ": " + e.getMessage());
            }
        }
        return phrases;
    }

    private static List<String> specialTokens(YamlMap map) {
        List<String> tokens = new ArrayList<>();
        for (Node item : list(map, "special-tokens", "expected a list of tokens")) {
            String text = item instanceof ScalarNode scalar ? Folding.fold(scalar.getValue()) : "";
            if (text.length() < 3 || text.length() > 40 || text.isBlank()) {
                map.problem("special-tokens", "special-tokens has an entry that is no text of 3 to 40 characters");
            } else {
                tokens.add(text);
            }
        }
        return List.copyOf(tokens);
    }
}
