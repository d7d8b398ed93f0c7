package io.github.camelllm.main.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.camelllm.config.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Holds route files against Camel's own schema of its YAML: keys that it does not know, that lack, or hold what they cannot. */
final class SchemaCheck {

    /** In the jar of camel-yaml-dsl. */
    private static final String SCHEMA = "/schema/camelYamlDsl.json";

    private static final int LISTABLE = 12;

    private final JsonNode document;
    private final Map<JsonNode, Shape> shapes = new IdentityHashMap<>();

    SchemaCheck() {
        try (InputStream in = SchemaCheck.class.getResourceAsStream(SCHEMA)) {
            if (in == null) {
                throw new IllegalStateException(SCHEMA + " is not on the class path: camel-yaml-dsl is missing");
            }
            document = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of one item of a file the schema does not allow. */
    void check(RouteFile file, Node item, List<Diagnostic> problems) {
        new Walk(file, problems).place(document.get("items"), item, "", "item");
    }

    private final class Walk {
        private final RouteFile file;
        private final List<Diagnostic> problems;

        Walk(RouteFile file, List<Diagnostic> problems) {
            this.file = file;
            this.problems = problems;
        }

        /**
         * @param schema what is allowed here
         * @param node what stands here
         * @param key the key that it stands under
         * @param unit what the list it stands in holds, where it stands in one; else null
         */
        void place(JsonNode schema, Node node, String key, String unit) {
            Shape shape = shapes.computeIfAbsent(schema, s -> Shape.of(document, s));
            if (shape.open()) {
                return;
            }
            if (node instanceof ScalarNode scalar) {
                scalar(shape, scalar, key, unit);
            } else if (node instanceof MappingNode map) {
                if (shape.map) {
                    map(shape, map, key, unit);
                } else {
                    wrongType(shape, node, key, unit, "a map");
                }
            } else if (node instanceof SequenceNode list) {
                if (shape.items == null) {
                    wrongType(shape, node, key, unit, "a list");
                }
                for (Node element : list.getValue()) {
                    place(
                            shape.items == null ? document.path("absent") : shape.items,
                            element,
                            key,
                            key.equals("steps") ? "step" : "item of '" + key + "'");
                }
            }
        }

        private void scalar(Shape shape, ScalarNode node, String key, String unit) {
            String text = node.getValue();
            if (Yaml.isNull(node) && (shape.map || shape.items != null)) {
                if (!shape.required.isEmpty()) {
                    lacking(shape, List.of(), node, key, unit);
                }
                return;
            }
            if (shape.scalar == null) {
                wrongType(shape, node, key, unit, "'" + text + "'");
                return;
            }
            if (Placeholders.in(text)) {
                return;
            }
            if (!shape.allowedValues.isEmpty()) {
                if (shape.allowedValues.stream().noneMatch(text::equalsIgnoreCase)) {
                    add(
                            node,
                            "'" + key + "' is '" + text + "'",
                            "It must be one of " + String.join(", ", shape.allowedValues));
                }
            } else if (shape.scalar.equals("boolean")
                    && !text.toLowerCase(Locale.ROOT).matches("true|false")) {
                add(node, "'" + key + "' is '" + text + "'", "It must be true or false");
            } else if (shape.scalar.equals("number") && !text.matches("[-+]?\\d+(\\.\\d+)?")) {
                add(node, "'" + key + "' is '" + text + "'", "It must be a number");
            }
        }

        private void map(Shape shape, MappingNode map, String key, String unit) {
            List<String> keys = map.getValue().stream()
                    .map(entry -> Yaml.text(entry.getKeyNode()))
                    .toList();
            if (shape.single && keys.size() > 1) {
                NodeTuple second = map.getValue().get(1);
                add(
                        second.getKeyNode(),
                        "'" + keys.get(1) + "' stands beside '" + keys.get(0) + "', where one " + unit + " has one key",
                        "Indent it if it belongs to '" + keys.get(0) + "', or begin another " + unit + " with '- '");
                return;
            }
            for (NodeTuple entry : map.getValue()) {
                String name = Yaml.text(entry.getKeyNode());
                JsonNode value = name == null ? null : shape.value(name);
                if (value != null) {
                    place(value, entry.getValueNode(), name, null);
                } else if (shape.closed) {
                    unknown(shape, entry.getKeyNode(), key, unit);
                }
            }
            if (keys.stream().allMatch(name -> shape.value(name) != null) || !shape.closed) {
                lacking(shape, keys, map, key, unit);
            }
        }

        private void unknown(Shape shape, Node node, String key, String unit) {
            String name = Yaml.text(node);
            Collection<String> names = new TreeSet<>(shape.names());
            String place = key.isEmpty() || shape.single ? "" : " in '" + key + "'";
            String otherwise = names.size() <= LISTABLE
                    ? "Allowed are " + String.join(", ", names)
                    : "Camel's documentation lists what is allowed " + (place.isEmpty() ? "here" : "in '" + key + "'");
            String what = shape.single && unit != null ? unit.startsWith("item of") ? "key" : unit : "key";
            add(node, "unknown " + what + " '" + name + "'" + place, Nearest.remedy(name, names, otherwise));
        }

        private void lacking(Shape shape, List<String> keys, Node node, String key, String unit) {
            String what = key.isEmpty() || unit != null ? "this " + (unit == null ? "item" : unit) : "'" + key + "'";
            for (String name : shape.required) {
                if (!keys.contains(name)) {
                    add(node, what + " lacks '" + name + "'", "Add a line '" + name + ": ...'");
                }
            }
            for (Shape.Choice choice : shape.choices) {
                List<String> present =
                        keys.stream().filter(choice.keys::containsKey).toList();
                if (present.size() > 1) {
                    add(
                            node,
                            what + " has both '" + present.get(0) + "' and '" + present.get(1) + "'",
                            "Keep one of them");
                } else if (present.isEmpty() && !choice.optional) {
                    add(node, what + " lacks an expression", "Add one, such as 'simple' or 'constant'");
                }
            }
        }

        private void wrongType(Shape shape, Node node, String key, String unit, String is) {
            String subject = unit == null ? "'" + key + "'" : "this " + unit;
            String remedy;
            if (shape.items != null) {
                remedy = "It must be a list: begin each line below it with '- '";
            } else if (shape.map && shape.scalar == null) {
                remedy = "It must hold settings: one 'name: value' a line below it, indented";
            } else {
                remedy = "It must be a text on one line";
            }
            add(node, subject + " is " + is, remedy);
        }

        private void add(Node node, String problem, String remedy) {
            problems.add(file.problem(Yaml.line(node), problem, remedy));
        }
    }
}
