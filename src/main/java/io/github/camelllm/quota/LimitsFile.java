package io.github.camelllm.quota;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code config/limits.yaml}. */
public final class LimitsFile {

    private static final List<String> FIELDS =
            List.of("time-zone", "output-tokens", "unpriced", "given-up", "alerts", "limits", "tiers");
    private static final Map<String, String> HINTS = Map.of(
            "timezone", "expected time-zone",
            "rules", "expected 'limits:' with a list under it",
            "tier", "expected 'tiers:' with the tiers' names under it");
    private static final String EXPECTED = "expected 'limits:' with a list under it, or 'tiers:'";
    private static final List<Integer> ALERTS = List.of(50, 80, 100);

    private final YamlReport report;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Cap> caps = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private ZoneId zone = ZoneOffset.UTC;
    private long outputTokens = Rules.OUTPUT_TOKENS;
    private boolean allowUnpriced = true;
    private boolean chargeGivenUp = true;
    private List<Integer> alerts = ALERTS;

    private LimitsFile(YamlReport report) {
        this.report = report;
    }

    /** What is wrong with a file; nothing is with one that does not exist. */
    public static List<ConfigProblem> problemsOf(Path file) {
        return read(file).problems();
    }

    /** Reads a file; no file holds no limits. */
    static WatchedFile.Read<Rules> read(Path file) {
        if (ConfigFile.isMissing(file)) {
            return new WatchedFile.Read<>(Rules.NONE, List.of());
        }
        YamlReport report = new YamlReport(file);
        LimitsFile limits = new LimitsFile(report);
        YamlFile.read(file, report, EXPECTED).ifPresent(limits::root);
        return new WatchedFile.Read<>(limits.toRules(), report.problems());
    }

    private Rules toRules() {
        return new Rules(zone, outputTokens, allowUnpriced, chargeGivenUp, rules, caps);
    }

    private void root(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            report.add(YamlReport.line(root), "is " + YamlMap.kind(root) + "; " + EXPECTED);
            return;
        }
        YamlMap map = new YamlMap(mapping, report, "", FIELDS, HINTS);
        zone(map);
        output(map);
        allowUnpriced = says(map, "unpriced", "allow", "refuse");
        chargeGivenUp = says(map, "given-up", "reserved", "estimate");
        alerts(map.node("alerts"), map);
        list(map.node("limits"), "limits", null);
        tiers(map.node("tiers"));
    }

    private void zone(YamlMap map) {
        String text = map.text("time-zone");
        try {
            zone = text == null ? zone : ZoneId.of(text);
        } catch (DateTimeException e) {
            map.problem(
                    "time-zone", "time-zone is " + Shown.text(text) + "; expected a name such as UTC or Europe/Berlin");
        }
    }

    private void output(YamlMap map) {
        RuleEntry.number(map, "output-tokens", 1, 10_000_000).ifPresent(tokens -> outputTokens = tokens);
    }

    /** Whether a field says the first of two words, or nothing; the second is the other one allowed. */
    private static boolean says(YamlMap map, String field, String first, String second) {
        String text = map.text(field);
        if (text != null && !text.equals(first) && !text.equals(second)) {
            map.problem(field, field + " is " + Shown.text(text) + "; expected " + first + " or " + second);
        }
        return !second.equals(text);
    }

    private void alerts(Node node, YamlMap map) {
        if (node == null) {
            return;
        }
        List<Integer> shares = new ArrayList<>();
        boolean good = node instanceof SequenceNode;
        for (Node item : good ? ((SequenceNode) node).getValue() : List.<Node>of()) {
            String text = item instanceof ScalarNode scalar ? scalar.getValue() : "";
            boolean percent = text.matches("[1-9]\\d{0,2}") && Integer.parseInt(text) <= 100;
            good &= percent && (shares.isEmpty() || shares.get(shares.size() - 1) < Integer.parseInt(text));
            if (percent) {
                shares.add(Integer.parseInt(text));
            }
        }
        if (!good) {
            map.problem(
                    "alerts", "alerts is no list of percentages; expected 1 to 100, ascending, such as [50, 80, 100]");
        }
        alerts = shares;
    }

    private void tiers(Node node) {
        if (node == null) {
            return;
        }
        if (!(node instanceof MappingNode tiers)) {
            report.add(
                    YamlReport.line(node),
                    "tiers is " + YamlMap.kind(node)
                            + "; expected the tiers' names, each with a list of limits under it");
            return;
        }
        Consumer<NodeTuple> each = tier -> {
            String name = tier.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
            if (name.isBlank()) {
                report.add(YamlReport.line(tier.getKeyNode()), "a tier's name is empty; expected a name such as free");
            } else {
                list(tier.getValueNode(), "tier " + Shown.text(name), name);
            }
        };
        tiers.getValue().forEach(each);
    }

    private void list(Node node, String what, String tier) {
        if (node == null) {
            return;
        }
        if (!(node instanceof SequenceNode list)) {
            report.add(YamlReport.line(node), what + " is " + YamlMap.kind(node) + "; expected a list of limits");
            return;
        }
        for (Node item : list.getValue()) {
            if (item instanceof MappingNode mapping) {
                RuleEntry entry = new RuleEntry(mapping, report, tier, zone, alerts);
                entry.rules().forEach(rule -> once(rule, item));
                entry.caps().forEach(cap -> once(cap, item));
            } else {
                report.add(
                        YamlReport.line(item),
                        "a limit is " + YamlMap.kind(item) + "; expected a mapping with a scope");
            }
        }
    }

    private void once(Rule rule, Node item) {
        String same = rule.tier() + " " + rule.scope() + " " + rule.of() + " " + rule.measure() + " " + rule.period();
        if (isFirst(same, item)) {
            rules.add(rule);
        }
    }

    private void once(Cap cap, Node item) {
        if (isFirst(cap.tier() + " request " + cap.measure(), item)) {
            caps.add(cap);
        }
    }

    private boolean isFirst(String what, Node item) {
        Integer before = seen.putIfAbsent(what, YamlReport.line(item));
        if (before != null) {
            report.add(
                    YamlReport.line(item), "the same limit stands in line " + before + " already; keep one of the two");
        }
        return before == null;
    }
}
