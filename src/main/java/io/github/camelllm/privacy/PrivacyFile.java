package io.github.camelllm.privacy;

import io.github.camelllm.call.Classification;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.Nearest;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import io.github.camelllm.privacy.detect.DetectorSettings;
import io.github.camelllm.privacy.detect.Detectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code config/privacy.yaml}. */
public final class PrivacyFile {

    /** What a type's name looks like: placeholders begin with it. */
    static final Pattern TYPE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+){0,9}");

    private static final List<String> FIELDS = List.of(
            "pseudonyms", "note", "mask-keep", "hold", "default", "types", "phone-regions", "patterns", "words");
    private static final List<String> RULE = List.of("request", "answer", "class");
    private static final List<String> TYPE_RULE = List.of("request", "answer", "class", "threshold", "off", "external");
    private static final Map<String, String> HINTS = Map.of(
            "type", "expected 'types:' with the types' names under it",
            "action", "expected request or answer",
            "classification", "expected class",
            "score", "expected threshold");
    private static final String EXPECTED =
            "expected fields such as default and types; remove the file to keep to the defaults";

    /** What a Presidio analyzer finds out of the box beyond the types here. */
    private static final Set<String> ANALYZERS = Set.of(
            "PERSON", "LOCATION", "NRP", "ORGANIZATION", "DATE_TIME", "AGE", "ID", "EMAIL", "URL", "TITLE", "ADDRESS");

    private static final Pattern DECIMAL = Pattern.compile("0(\\.\\d{1,6})?|1(\\.0{1,6})?");

    private final YamlReport report;
    private final Path file;
    private final boolean keyIsThere;
    private final Map<String, TypeRule> types = new HashMap<>(DefaultRules.TYPES);
    private final Map<String, Double> thresholds = new HashMap<>();
    private final Set<String> off = new HashSet<>();

    private PrivacyFile(Path file, YamlReport report, boolean keyIsThere) {
        this.file = file;
        this.report = report;
        this.keyIsThere = keyIsThere;
    }

    /**
     * What is wrong with a file; nothing is with one that does not exist.
     *
     * @param keyIsThere whether the gateway has a key to hash with
     */
    public static List<ConfigProblem> problemsOf(Path file, boolean keyIsThere) {
        return read(file, keyIsThere).problems();
    }

    /** Reads a file; without one the rules are {@link DefaultRules}. */
    static WatchedFile.Read<PrivacyRules> read(Path file, boolean keyIsThere) {
        if (ConfigFile.isMissing(file)) {
            return new WatchedFile.Read<>(DefaultRules.rules(), List.of());
        }
        YamlReport report = new YamlReport(file);
        PrivacyRules rules = YamlFile.read(file, report, EXPECTED)
                .map(new PrivacyFile(file, report, keyIsThere)::root)
                .orElse(null);
        return new WatchedFile.Read<>(rules, report.problems());
    }

    private PrivacyRules root(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            report.add(YamlReport.line(root), "is " + YamlMap.kind(root) + "; " + EXPECTED);
            return null;
        }
        YamlMap map = new YamlMap(mapping, report, "", FIELDS, HINTS);
        OwnTypes own = new OwnTypes(file, map, report);
        TypeRule others = map.node("default") instanceof MappingNode node
                ? rule(new YamlMap(node, report, "default", RULE, HINTS), DefaultRules.OTHERS)
                : wrong(map, "default", "a mapping with request, answer and class", DefaultRules.OTHERS);
        if (map.node("types") instanceof MappingNode node) {
            node.getValue().forEach(type -> type(type, own.types(), others));
        } else {
            wrong(map, "types", "the types' names, each with a mapping", null);
        }
        boolean keyed = says(map, "pseudonyms", "numbered", "keyed");
        boolean lines = says(map, "hold", "word", "line");
        int maskKeep = maskKeep(map);
        boolean note = map.flag("note", true);
        if (report.size() > 0) {
            return null;
        }
        DetectorSettings settings =
                new DetectorSettings(off, thresholds, own.phoneRegions(), own.patterns(), own.words());
        Optional<String> missing = Detectors.missing(settings);
        if (missing.isPresent()) {
            map.problem("types", missing.get());
            return null;
        }
        PrivacyRules rules =
                new PrivacyRules(Detectors.of(settings), types, others, keyed, note, maskKeep, own.hold(lines));
        if (rules.needsKey() && !keyIsThere) {
            map.problem(
                    keyed ? "pseudonyms" : "types",
                    "hash and keyed pseudonyms need a key; set llm.privacy.key, best as LLM_PRIVACY_KEY");
        }
        return rules;
    }

    private static <T> T wrong(YamlMap map, String field, String expected, T byDefault) {
        if (map.node(field) != null) {
            map.problem(field, field + " is " + YamlMap.kind(map.node(field)) + "; expected " + expected);
        }
        return byDefault;
    }

    /** Whether a field says the second of two words. */
    private static boolean says(YamlMap map, String field, String first, String second) {
        String text = map.text(field);
        if (text != null && !text.equals(first) && !text.equals(second)) {
            map.problem(field, field + " is " + Shown.text(text) + "; expected " + first + " or " + second);
        }
        return second.equals(text);
    }

    private static int maskKeep(YamlMap map) {
        String text = map.text("mask-keep");
        if (text != null && !text.matches("\\d|1\\d")) {
            map.problem("mask-keep", "mask-keep is " + Shown.text(text) + "; expected a whole number from 0 to 19");
            return DefaultRules.MASK_KEEP;
        }
        return text == null ? DefaultRules.MASK_KEEP : Integer.parseInt(text);
    }

    private void type(NodeTuple tuple, Set<String> own, TypeRule others) {
        String name = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
        int line = YamlReport.line(tuple.getKeyNode());
        if (!(tuple.getValueNode() instanceof MappingNode node)) {
            report.add(
                    line,
                    "type " + Shown.text(name) + " is " + YamlMap.kind(tuple.getValueNode())
                            + "; expected a mapping such as { request: mask }");
            return;
        }
        YamlMap map = new YamlMap(node, report, "type " + Shown.text(name), TYPE_RULE, HINTS);
        boolean external = map.flag("external", false);
        Set<String> known = new HashSet<>(Detectors.builtInTypes());
        known.addAll(own);
        known.addAll(ANALYZERS);
        if (!TYPE.matcher(name).matches()) {
            report.add(
                    line, "type " + Shown.text(name) + " is no name of a type; expected capitals, digits and single _");
        } else if (!external && !known.contains(name)) {
            report.add(
                    line,
                    "there is no type " + Shown.text(name) + "; "
                            + Nearest.to(name, known)
                                    .map(near -> "did you mean " + near + "?")
                                    .orElse("docs/privacy.md lists them, and one that only an analyzer finds is"
                                            + " external: true"));
        } else {
            types.put(name, rule(map, DefaultRules.TYPES.getOrDefault(name, others)));
            String threshold = map.text("threshold");
            if (threshold != null && !DECIMAL.matcher(threshold).matches()) {
                map.problem("threshold", "threshold is " + Shown.text(threshold) + "; expected a number from 0 to 1");
            } else if (threshold != null) {
                thresholds.put(name, Double.parseDouble(threshold));
            }
            if (map.flag("off", false)) {
                off.add(name);
            }
        }
    }

    private TypeRule rule(YamlMap map, TypeRule byDefault) {
        return new TypeRule(
                oneOf(map, "request", Arrays.asList(Action.values()), Action::label, byDefault.request()),
                oneOf(map, "answer", answers(), Action::label, byDefault.answer()),
                oneOf(
                        map,
                        "class",
                        Arrays.asList(Classification.values()),
                        Classification::label,
                        byDefault.classification()));
    }

    private static List<Action> answers() {
        List<Action> answers = new ArrayList<>(Arrays.asList(Action.values()));
        answers.remove(Action.PSEUDONYM); // there is nobody who would put it back
        return answers;
    }

    private static <T> T oneOf(YamlMap map, String field, List<T> values, Function<T, String> label, T byDefault) {
        String text = map.text(field);
        if (text == null) {
            return byDefault;
        }
        return values.stream()
                .filter(value -> label.apply(value).equals(text))
                .findFirst()
                .orElseGet(() -> {
                    map.problem(
                            field,
                            field + " is " + Shown.text(text) + "; expected one of "
                                    + values.stream().map(label).collect(Collectors.joining(", ")));
                    return byDefault;
                });
    }
}
