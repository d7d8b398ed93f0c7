package io.github.camelllm.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a YAML file, read field by field. What is wrong goes into the report, with its line; the reader gets
 * null for it and goes on to the next field, so that one run shows every problem.
 */
public final class YamlMap {

    private final YamlReport report;
    private final String label;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();

    /**
     * @param label what the mapping describes, to begin each message with; may be empty
     * @param known the fields it may have
     * @param hints what to say of certain unknown fields, instead of the nearest known one
     */
    public YamlMap(
            MappingNode node, YamlReport report, String label, Collection<String> known, Map<String, String> hints) {
        this.report = report;
        this.label = label.isEmpty() ? "" : label + ": ";
        this.line = YamlReport.line(node);
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            int at = YamlReport.line(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                add(at, "a field's name is " + kind(tuple.getKeyNode()) + "; expected a plain word");
                continue;
            }
            String name = key.getValue();
            Integer before = lines.putIfAbsent(name, at);
            if (before != null) {
                add(at, "field " + Shown.text(name) + " stands in line " + before + " already; keep one of the two");
            } else if (!known.contains(name)) {
                add(at, "unknown field " + Shown.text(name) + "; " + remedy(name, known, hints));
            } else {
                values.put(name, tuple.getValueNode());
            }
        }
    }

    private static String remedy(String name, Collection<String> known, Map<String, String> hints) {
        Optional<String> nearest = Nearest.to(name, known);
        return hints.containsKey(name)
                ? hints.get(name)
                : nearest.map(n -> "did you mean '" + n + "'?").orElse("known are " + String.join(", ", known));
    }

    /** The value of a field in a mapping that has not been looked at yet; null when there is no such text. */
    public static String peek(MappingNode node, String field) {
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key
                    && key.getValue().equals(field)
                    && tuple.getValueNode() instanceof ScalarNode value) {
                return value.getValue();
            }
        }
        return null;
    }

    /** Notes a problem of the mapping, or of one of its fields where that is there. */
    public void problem(String field, String message) {
        Node value = values.get(field);
        add(value == null ? line : YamlReport.line(value), message);
    }

    private void add(int at, String message) {
        report.add(at, label + message);
    }

    /** The field's value; null when it is absent. */
    public Node node(String field) {
        return values.get(field);
    }

    /** The field's text, whatever scalar it is; null when it is absent, or reported. */
    public String text(String field) {
        Node value = values.get(field);
        if (value == null) {
            return null;
        }
        if (!(value instanceof ScalarNode scalar)) {
            problem(field, field + " is " + kind(value) + "; expected one value");
            return null;
        }
        if (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isEmpty()) {
            problem(field, field + " has no value; give it one or remove the line");
            return null;
        }
        return scalar.getValue();
    }

    /** The field's true or false; the default when it is absent, or reported. */
    public boolean flag(String field, boolean byDefault) {
        String text = text(field);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            problem(field, field + " is " + Shown.text(text) + "; expected true or false");
            return byDefault;
        }
        return text == null ? byDefault : Boolean.parseBoolean(text);
    }

    /** What kind of thing a node is, as a message names it. */
    public static String kind(Node node) {
        return node instanceof SequenceNode ? "a list" : node instanceof MappingNode ? "a mapping" : "a single value";
    }
}
