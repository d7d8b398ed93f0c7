package io.github.camelllm.inspect;

import io.github.camelllm.config.Shown;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import io.github.camelllm.inspect.InspectRules.Unfit;
import java.net.IDN;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** One mapping of {@code config/inspect.yaml}, read value by value; what is wrong goes into the report. */
final class Section {

    static final Map<String, Action> WORDS =
            sorted("leave", Action.LEAVE, "flag", Action.FLAG, "mask", Action.CHANGE, "block", Action.BLOCK);
    static final Map<String, Action> ADDRESSES =
            sorted("leave", Action.LEAVE, "flag", Action.FLAG, "neutralise", Action.CHANGE, "block", Action.BLOCK);
    static final Map<String, Action> FLAGS = sorted("leave", Action.LEAVE, "flag", Action.FLAG);
    static final Map<String, Action> VERDICTS =
            sorted("leave", Action.LEAVE, "flag", Action.FLAG, "block", Action.BLOCK);
    static final Map<String, Unfit> UNFIT =
            sorted("leave", Unfit.LEAVE, "flag", Unfit.FLAG, "failover", Unfit.FAILOVER, "error", Unfit.ERROR);
    static final Map<String, Boolean> STREAMS = sorted("hold", true, "end", false);

    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,5})(ms|s)");
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,3}) ?KB");
    private static final int MOST_WORDS = 32;

    private final YamlMap map;
    private final YamlReport report;

    /** @param map null stands for a mapping that is not there */
    Section(YamlMap map, YamlReport report) {
        this.map = map;
        this.report = report;
    }

    @SuppressWarnings("unchecked")
    private static <T> Map<String, T> sorted(Object... namesAndValues) {
        Map<String, T> values = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], (T) namesAndValues[i + 1]);
        }
        return values;
    }

    private Node node(String field) {
        return map == null ? null : map.node(field);
    }

    private String text(String field) {
        return map == null ? null : map.text(field);
    }

    void problem(String field, String message) {
        map.problem(field, message);
    }

    /** A mapping within this one. */
    Section below(String field, String... fields) {
        Node node = node(field);
        if (node instanceof MappingNode mapping) {
            return new Section(new YamlMap(mapping, report, field, Arrays.asList(fields), Map.of()), report);
        }
        if (node != null) {
            problem(field, field + " is " + YamlMap.kind(node) + "; expected fields under it");
        }
        return new Section(null, report);
    }

    /** The names that stand in a mapping within this one. */
    List<String> names(String field) {
        Set<String> names = new LinkedHashSet<>();
        if (node(field) instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    names.add(key.getValue());
                }
            }
        }
        return List.copyOf(names);
    }

    <T> T oneOf(String field, Map<String, T> values, T byDefault) {
        String text = text(field);
        if (text != null && !values.containsKey(text)) {
            problem(
                    field,
                    field + " is " + Shown.text(text) + "; expected one of "
                            + String.join(", ", new TreeMap<>(values).keySet()));
        }
        return text == null ? byDefault : values.getOrDefault(text, byDefault);
    }

    boolean flag(String field, boolean byDefault) {
        return map == null ? byDefault : map.flag(field, byDefault);
    }

    int number(String field, int least, int most, int byDefault) {
        String text = text(field);
        if (text == null) {
            return byDefault;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
            problem(
                    field,
                    field + " is " + Shown.text(text) + "; expected a whole number from " + least + " to " + most);
            return byDefault;
        }
        return Integer.parseInt(text);
    }

    int percent(String field, int byDefault) {
        String text = text(field);
        if (text != null && !text.matches("[1-9]\\d?%|100%")) {
            problem(field, field + " is " + Shown.text(text) + "; expected a share from 1% to 100%");
            return byDefault;
        }
        return text == null ? byDefault : Integer.parseInt(text.substring(0, text.length() - 1));
    }

    Duration duration(String field, Duration byDefault) {
        String text = text(field);
        if (text == null) {
            return byDefault;
        }
        Matcher parts = DURATION.matcher(text);
        Duration time = !parts.matches()
                ? Duration.ZERO
                : parts.group(2).equals("s")
                        ? Duration.ofSeconds(Long.parseLong(parts.group(1)))
                        : Duration.ofMillis(Long.parseLong(parts.group(1)));
        if (time.isZero() || time.compareTo(Duration.ofMinutes(1)) > 0) {
            problem(field, field + " is " + Shown.text(text) + "; expected a time such as 500ms or 3s, up to 60s");
            return byDefault;
        }
        return time;
    }

    int bytes(String field, int byDefault) {
        String text = text(field);
        if (text == null) {
            return byDefault;
        }
        Matcher size = SIZE.matcher(text);
        if (!size.matches() || Integer.parseInt(size.group(1)) > 1024) {
            problem(field, field + " is " + Shown.text(text) + "; expected a size from 1 KB to 1024 KB");
            return byDefault;
        }
        return Integer.parseInt(size.group(1)) << 10;
    }

    String word(String field, String byDefault) {
        String text = text(field);
        return text == null ? byDefault : text;
    }

    List<String> hosts(String field) {
        List<String> hosts = new ArrayList<>();
        for (ScalarNode item : items(field, node(field))) {
            String host = item.getValue().strip().toLowerCase(Locale.ROOT);
            String ascii;
            try {
                ascii = host.startsWith("*.") ? "*." + IDN.toASCII(host.substring(2)) : IDN.toASCII(host);
            } catch (IllegalArgumentException e) {
                ascii = "";
            }
            if (HOST.matcher(ascii).matches()) {
                hosts.add(ascii);
            } else {
                report.add(
                        YamlReport.line(item),
                        field + " has " + Shown.text(item.getValue())
                                + "; expected a host such as example.org, or *.example.org for all below it");
            }
        }
        return hosts;
    }

    /** A list of words and phrases, or such lists by language: which language a text is in is not asked. */
    List<String> phrases(String field) {
        Set<String> phrases = new LinkedHashSet<>();
        Node node = node(field);
        List<Node> lists = node instanceof MappingNode mapping
                ? mapping.getValue().stream().map(NodeTuple::getValueNode).toList()
                : node == null ? List.of() : List.of(node);
        for (Node list : lists) {
            for (ScalarNode item : items(field, list)) {
                int words = Words.of(item.getValue()).size();
                if (words == 0 || words > MOST_WORDS) {
                    report.add(
                            YamlReport.line(item),
                            field + " has " + Shown.text(item.getValue()) + "; expected 1 to " + MOST_WORDS + " words");
                } else {
                    phrases.add(item.getValue());
                }
            }
        }
        return List.copyOf(phrases);
    }

    private List<ScalarNode> items(String field, Node list) {
        List<ScalarNode> items = new ArrayList<>();
        if (list == null) {
            return items;
        }
        if (!(list instanceof SequenceNode sequence)) {
            report.add(
                    YamlReport.line(list),
                    field + " is " + YamlMap.kind(list) + "; expected a list such as [one, another]");
            return items;
        }
        for (Node item : sequence.getValue()) {
            if (item instanceof ScalarNode scalar) {
                items.add(scalar);
            } else {
                report.add(YamlReport.line(item), field + " has " + YamlMap.kind(item) + " in it; expected words");
            }
        }
        return items;
    }
}
