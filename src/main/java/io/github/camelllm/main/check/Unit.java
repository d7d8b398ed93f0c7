package io.github.camelllm.main.check;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * One item of a route file: a route, a template, the beans.
 *
 * @param file the file it stands in
 * @param type what it is: {@code route}, {@code routeTemplate}, {@code beans} and so on
 * @param item the item as it stands in the file's list
 * @param body what it holds
 */
record Unit(RouteFile file, String type, MappingNode item, Node body) {

    /** The line it begins on. */
    int line() {
        return Yaml.line(item);
    }

    /** Whether a line of its file belongs to it. */
    boolean has(Diagnostic problem) {
        int last = item.getEndMark().map(mark -> mark.getLine() + 1).orElse(line());
        return problem.source().equals(file.name()) && problem.line() >= line() && problem.line() <= last;
    }

    /** Notes a problem with a node of this unit. */
    Diagnostic problem(Node node, String problem, String remedy) {
        return file.problem(Yaml.line(node), problem, remedy);
    }

    /** Where a node of this unit stands, for messages about another place. */
    String at(Node node) {
        return file.name() + ":" + Yaml.line(node);
    }

    /** The item of a file as a unit; null when it is none. */
    static Unit of(RouteFile file, Node item) {
        return item instanceof MappingNode map && map.getValue().size() == 1
                ? new Unit(
                        file,
                        String.valueOf(Yaml.text(map.getValue().get(0).getKeyNode())),
                        map,
                        map.getValue().get(0).getValueNode())
                : null;
    }
}
