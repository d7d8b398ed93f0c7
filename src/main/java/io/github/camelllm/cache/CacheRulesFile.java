package io.github.camelllm.cache;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code config/cache.yaml}. */
public final class CacheRulesFile {

    private static final List<String> FIELDS = List.of(
            "version",
            "scope",
            "temperature",
            "unset-temperature",
            "ttl",
            "tasks",
            "revalidate",
            "redacted",
            "embeddings",
            "time-words",
            "stale",
            "fallback-ttl",
            "wait",
            "max-request",
            "max-answer",
            "reading-tools",
            "ignored-fields",
            "fillers");
    private static final Map<String, String> HINTS =
            Map.of("task", "expected 'tasks:' with tasks under it", "tools", "expected reading-tools");
    private static final String EXPECTED =
            "expected fields such as ttl and tasks; remove the file to keep to the defaults";

    private static final Pattern DURATION = Pattern.compile("(?:(\\d{1,5})h)?(?:(\\d{1,5})m)?(?:(\\d{1,7})s)?");
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Pattern DECIMAL = Pattern.compile("\\d(\\.\\d{1,6})?");

    private final YamlReport report;

    private CacheRulesFile(YamlReport report) {
        this.report = report;
    }

    /** What is wrong with a file; nothing is with one that does not exist. */
    public static List<ConfigProblem> problemsOf(Path file) {
        return read(file).problems();
    }

    /** Reads a file; without one the rules are {@link DefaultRules#RULES}. */
    static WatchedFile.Read<CacheRules> read(Path file) {
        if (ConfigFile.isMissing(file)) {
            return new WatchedFile.Read<>(DefaultRules.RULES, List.of());
        }
        YamlReport report = new YamlReport(file);
        CacheRules rules = YamlFile.read(file, report, EXPECTED)
                .map(new CacheRulesFile(report)::root)
                .orElse(DefaultRules.RULES);
        return new WatchedFile.Read<>(rules, report.problems());
    }

    private CacheRules root(Node root) {
        CacheRules byDefault = DefaultRules.RULES;
        if (!(root instanceof MappingNode mapping)) {
            report.add(YamlReport.line(root), "is " + YamlMap.kind(root) + "; " + EXPECTED);
            return byDefault;
        }
        YamlMap map = new YamlMap(mapping, report, "", FIELDS, HINTS);
        YamlMap time = map.node("time-words") == null
                ? null
                : map.node("time-words") instanceof MappingNode node
                        ? new YamlMap(node, report, "time-words", List.of("ttl", "words"), Map.of())
                        : wrong(map, "time-words", "a mapping with ttl and words");
        String version = map.text("version");
        Map<String, Duration> revalidateTasks = new LinkedHashMap<>();
        Map<String, Duration> tasks = tasks(map, byDefault.tasks(), revalidateTasks);
        return new CacheRules(
                version == null ? byDefault.version() : version,
                oneOf(map, "scope", CacheRules.Scope.values(), CacheRules.Scope::label, byDefault.scope()),
                temperature(map, byDefault.temperature()),
                oneOf(map, "unset-temperature", CacheRules.Unset.values(), CacheRules.Unset::label, byDefault.unset()),
                duration(map, "ttl", byDefault.ttl()),
                tasks,
                duration(map, "revalidate", byDefault.revalidate()),
                revalidateTasks,
                oneOf(map, "redacted", CacheRules.Redacted.values(), CacheRules.Redacted::label, byDefault.redacted()),
                duration(map, "embeddings", byDefault.embeddings()),
                time == null ? byDefault.timeWords() : duration(time, "ttl", byDefault.timeWords()),
                time == null ? byDefault.words() : languages(time, "words", byDefault.words()),
                duration(map, "stale", byDefault.stale()),
                duration(map, "fallback-ttl", byDefault.fallback()),
                duration(map, "wait", byDefault.patience()),
                bytes(map, "max-request", byDefault.maxRequestBytes()),
                bytes(map, "max-answer", byDefault.maxAnswerBytes()),
                map.node("reading-tools") == null
                        ? byDefault.readingTools()
                        : new LinkedHashSet<>(texts(map, "reading-tools", map.node("reading-tools"))),
                map.node("ignored-fields") == null
                        ? byDefault.ignoredFields()
                        : new LinkedHashSet<>(texts(map, "ignored-fields", map.node("ignored-fields"))),
                languages(map, "fillers", byDefault.fillers()));
    }

    private static YamlMap wrong(YamlMap map, String field, String expected) {
        map.problem(field, field + " is " + YamlMap.kind(map.node(field)) + "; expected " + expected);
        return null;
    }

    private static <T> T oneOf(YamlMap map, String field, T[] values, Function<T, String> label, T byDefault) {
        String text = map.text(field);
        if (text == null) {
            return byDefault;
        }
        return Arrays.stream(values)
                .filter(value -> label.apply(value).equals(text))
                .findFirst()
                .orElseGet(() -> {
                    String allowed = Arrays.stream(values).map(label).collect(Collectors.joining(", "));
                    map.problem(field, field + " is " + Shown.text(text) + "; expected one of " + allowed);
                    return byDefault;
                });
    }

    private static BigDecimal temperature(YamlMap map, BigDecimal byDefault) {
        String text = map.text("temperature");
        if (text != null
                && (!DECIMAL.matcher(text).matches() || new BigDecimal(text).compareTo(BigDecimal.valueOf(2)) > 0)) {
            map.problem("temperature", "temperature is " + Shown.text(text) + "; expected a number from 0 to 2");
            return byDefault;
        }
        return text == null ? byDefault : new BigDecimal(text);
    }

    private static Duration duration(YamlMap map, String field, Duration byDefault) {
        String text = map.text(field);
        Duration duration = text == null ? byDefault : parse(text);
        if (duration == null) {
            map.problem(
                    field,
                    field + " is " + Shown.text(text)
                            + "; expected a time such as 30s, 5m or 48h, up to 8784h, or never");
            return byDefault;
        }
        return duration;
    }

    /** Null where it is none. */
    private static Duration parse(String text) {
        if (text.equals("never")) {
            return Duration.ZERO;
        }
        Matcher parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            return null;
        }
        Duration duration =
                Duration.ofHours(part(parts, 1)).plusMinutes(part(parts, 2)).plusSeconds(part(parts, 3));
        return duration.compareTo(LONGEST) > 0 ? null : duration;
    }

    private static long part(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Long.parseLong(parts.group(group));
    }

    private static long bytes(YamlMap map, String field, long byDefault) {
        String text = map.text(field);
        try {
            return text == null ? byDefault : CacheSettings.bytes(text);
        } catch (IllegalArgumentException e) {
            map.problem(field, field + " is " + Shown.text(text) + "; expected a size such as 500 KB or 2 MB");
            return byDefault;
        }
    }

    /** Each task has a time, or a mapping with {@code ttl} and {@code revalidate}. */
    private Map<String, Duration> tasks(
            YamlMap map, Map<String, Duration> byDefault, Map<String, Duration> revalidateTasks) {
        Node node = map.node("tasks");
        if (node == null) {
            return byDefault;
        }
        if (!(node instanceof MappingNode mapping)) {
            wrong(map, "tasks", "tasks, each with how long its answers are kept");
            return byDefault;
        }
        List<String> names = names(mapping);
        YamlMap tasks = new YamlMap(mapping, report, "tasks", names, Map.of());
        Map<String, Duration> times = new LinkedHashMap<>();
        for (String name : names) {
            String task = name.toLowerCase(Locale.ROOT);
            if (tasks.node(name) instanceof MappingNode own) {
                YamlMap both = new YamlMap(own, report, "tasks." + name, List.of("ttl", "revalidate"), Map.of());
                if (both.node("ttl") == null) {
                    both.problem("ttl", "ttl is missing; expected a time such as 48h, or never");
                }
                times.put(task, duration(both, "ttl", Duration.ZERO));
                if (both.node("revalidate") != null) {
                    revalidateTasks.put(task, duration(both, "revalidate", Duration.ZERO));
                }
            } else {
                times.put(task, duration(tasks, name, Duration.ZERO));
            }
        }
        return times;
    }

    private static List<String> names(MappingNode mapping) {
        List<String> names = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                names.add(key.getValue());
            }
        }
        return names;
    }

    /** Lists of words by language, all together: which language a question is in is not asked. */
    private List<String> languages(YamlMap map, String field, List<String> byDefault) {
        Node node = map.node(field);
        if (node == null) {
            return byDefault;
        }
        if (!(node instanceof MappingNode mapping)) {
            wrong(map, field, "languages, each with a list of words");
            return byDefault;
        }
        LinkedHashSet<String> words = new LinkedHashSet<>();
        mapping.getValue().forEach(tuple -> texts(map, field, tuple.getValueNode()).stream()
                .map(word -> word.toLowerCase(Locale.ROOT))
                .forEach(words::add));
        return List.copyOf(words);
    }

    private static List<String> texts(YamlMap map, String field, Node node) {
        List<String> texts = new ArrayList<>();
        boolean good = node instanceof SequenceNode;
        for (Node item : good ? ((SequenceNode) node).getValue() : List.<Node>of()) {
            String text = item instanceof ScalarNode scalar ? scalar.getValue().strip() : "";
            good &= !text.isEmpty();
            texts.add(text);
        }
        if (!good) {
            map.problem(field, field + " has something else than a list of words; expected such as [one, another]");
        }
        return texts;
    }
}
