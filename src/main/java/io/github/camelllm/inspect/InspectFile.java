package io.github.camelllm.inspect;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.Part;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import io.github.camelllm.inspect.InspectRules.Category;
import io.github.camelllm.inspect.InspectRules.Leak;
import io.github.camelllm.inspect.InspectRules.Links;
import io.github.camelllm.inspect.InspectRules.Moderation;
import io.github.camelllm.inspect.InspectRules.Refusals;
import io.github.camelllm.inspect.InspectRules.Structured;
import io.github.camelllm.inspect.InspectRules.Unfit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code config/inspect.yaml}. What it does not say is as in {@link InspectRules#DEFAULT}. */
public final class InspectFile {

    private static final List<String> FIELDS =
            List.of("system-prompt", "links", "categories", "refusals", "moderation", "empty", "structured");
    private static final String EXPECTED =
            "expected fields such as links and categories; remove the file to keep to the defaults";
    private static final Pattern CATEGORY = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
    private static final int MOST_CATEGORIES = 20;

    private final YamlReport report;

    private InspectFile(YamlReport report) {
        this.report = report;
    }

    /** What is wrong with a file; nothing is with one that does not exist. */
    public static List<ConfigProblem> problemsOf(Path file) {
        return read(file).problems();
    }

    /** Reads a file, ready for use. */
    static WatchedFile.Read<Compiled> compile(Path file) {
        WatchedFile.Read<InspectRules> read = read(file);
        return new WatchedFile.Read<>(Compiled.of(read.value()), read.problems());
    }

    /** Reads a file; without one the defaults hold. */
    static WatchedFile.Read<InspectRules> read(Path file) {
        if (ConfigFile.isMissing(file)) {
            return new WatchedFile.Read<>(InspectRules.DEFAULT, List.of());
        }
        YamlReport report = new YamlReport(file);
        InspectRules rules = YamlFile.read(file, report, EXPECTED)
                .map(new InspectFile(report)::root)
                .orElse(InspectRules.DEFAULT);
        return new WatchedFile.Read<>(rules, report.problems());
    }

    private InspectRules root(Node root) {
        InspectRules byDefault = InspectRules.DEFAULT;
        if (!(root instanceof MappingNode mapping)) {
            report.add(YamlReport.line(root), "is " + YamlMap.kind(root) + "; " + EXPECTED);
            return byDefault;
        }
        Section map = new Section(new YamlMap(mapping, report, "", FIELDS, Map.of()), report);
        return new InspectRules(
                leak(map.below("system-prompt", "action", "words", "share"), byDefault.leak()),
                links(map.below("links", "images", "links", "bare", "hosts", "request-hosts"), byDefault.links()),
                categories(map),
                refusals(map.below("refusals", "action", "within", "words"), byDefault.refusals()),
                moderation(
                        map.below("moderation", "action", "timeout", "when-down", "streams", "model"),
                        byDefault.moderation()),
                map.oneOf("empty", Section.UNFIT, byDefault.empty()),
                structured(
                        map.below("structured", "invalid", "streams", "unfence", "max-schema"),
                        byDefault.structured()));
    }

    private static Leak leak(Section map, Leak byDefault) {
        return new Leak(
                map.oneOf("action", Section.WORDS, byDefault.action()),
                map.number("words", 4, 1000, byDefault.words()),
                map.percent("share", byDefault.percent()));
    }

    private static Links links(Section map, Links byDefault) {
        return new Links(
                map.oneOf("images", Section.ADDRESSES, byDefault.images()),
                map.oneOf("links", Section.ADDRESSES, byDefault.links()),
                map.oneOf("bare", Section.ADDRESSES, byDefault.bare()),
                map.hosts("hosts"),
                map.flag("request-hosts", byDefault.ofRequest()));
    }

    private static Map<String, Category> categories(Section root) {
        Map<String, Category> categories = new LinkedHashMap<>();
        List<String> names = root.names("categories");
        Section all = root.below("categories", names.toArray(String[]::new));
        for (String name : names) {
            if (!CATEGORY.matcher(name).matches()) {
                all.problem(
                        name,
                        "category " + Shown.text(name)
                                + " is no name for one; expected up to 32 small letters, digits, - and _, first a letter");
                continue;
            }
            Section category = all.below(name, "action", "words");
            categories.put(
                    name,
                    new Category(category.oneOf("action", Section.WORDS, Action.FLAG), category.phrases("words")));
        }
        if (names.size() > MOST_CATEGORIES) {
            root.problem(
                    "categories",
                    "categories has " + names.size() + " of them; at most " + MOST_CATEGORIES + " are allowed");
        }
        return categories;
    }

    private static Refusals refusals(Section map, Refusals byDefault) {
        return new Refusals(
                map.oneOf("action", Section.FLAGS, byDefault.action()),
                map.number("within", 1, 10_000, byDefault.within()),
                map.phrases("words"));
    }

    private static Moderation moderation(Section map, Moderation byDefault) {
        return new Moderation(
                map.oneOf("action", Section.VERDICTS, byDefault.action()),
                map.duration("timeout", byDefault.timeout()),
                map.oneOf("when-down", Map.of("refuse", true, "pass", false), byDefault.refuse()),
                map.oneOf("streams", Section.STREAMS, byDefault.hold()),
                map.word("model", byDefault.model()));
    }

    private static Structured structured(Section map, Structured byDefault) {
        Unfit invalid = map.oneOf("invalid", Section.UNFIT, byDefault.invalid());
        if (invalid.acts()) { // to flag what is not checked is all that is left
            Part.JSON_SCHEMA
                    .missing()
                    .ifPresent(missing -> map.problem("invalid", missing + ", or let invalid be flag or leave"));
        }
        return new Structured(
                invalid,
                map.oneOf("streams", Section.STREAMS, byDefault.hold()),
                map.flag("unfence", byDefault.unfence()),
                map.bytes("max-schema", byDefault.maxSchema()));
    }
}
