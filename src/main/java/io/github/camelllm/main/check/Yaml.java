package io.github.camelllm.main.check;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads YAML nodes, which know the lines they stand on. */
final class Yaml {

    private Yaml() {}

    /** The line a node begins on, from 1. */
    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** The text of a scalar; null for any other node. */
    static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    /** Whether a value was left out. */
    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** The entries of a map; none for any other node. */
    static List<NodeTuple> entries(Node node) {
        return node instanceof MappingNode map ? map.getValue() : List.of();
    }

    /** The elements of a list; none for any other node. */
    static List<Node> elements(Node node) {
        return node instanceof SequenceNode list ? list.getValue() : List.of();
    }

    /** The value of a key of a map. */
    static Optional<Node> get(Node map, String key) {
        return entries(map).stream()
                .filter(entry -> key.equals(text(entry.getKeyNode())))
                .map(NodeTuple::getValueNode)
                .findFirst();
    }

    /** The scalar that a key of a map holds; null when it holds none. */
    static String text(Node map, String key) {
        return get(map, key).map(Yaml::text).orElse(null);
    }

    /** Shows every scalar at or below a node, with the key it stands under; empty under none. */
    static void scalars(Node node, BiConsumer<String, ScalarNode> visitor) {
        scalars("", node, visitor);
    }

    private static void scalars(String key, Node node, BiConsumer<String, ScalarNode> visitor) {
        if (node instanceof ScalarNode scalar) {
            visitor.accept(key, scalar);
        }
        for (NodeTuple entry : entries(node)) {
            String name = text(entry.getKeyNode());
            scalars(name == null ? "" : name, entry.getValueNode(), visitor);
        }
        for (Node element : elements(node)) {
            scalars(key, element, visitor);
        }
    }
}
