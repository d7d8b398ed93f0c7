package io.github.camelllm.main.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * One route file, parsed.
 *
 * @param path the file
 * @param name how messages call it
 * @param root the list of items it holds; null when it holds none
 */
record RouteFile(Path path, String name, SequenceNode root) {

    /** Reads a file and tells what keeps it from being a list of items. */
    static RouteFile read(Path path, String name, List<Diagnostic> problems) {
        Node root = null;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
            root = parse(text, name).orElse(null);
            if (root == null) {
                problems.add(new Diagnostic(name, 0, "the file is empty", "Write a route into it, or delete it"));
            } else if (!(root instanceof SequenceNode)) {
                problems.add(new Diagnostic(
                        name,
                        Yaml.line(root),
                        "the file is no list of routes and beans",
                        "Begin each of its items with '- ', such as '- route:'"));
            }
        } catch (CharacterCodingException e) {
            problems.add(new Diagnostic(name, 0, "the file is not UTF-8", "Save it as UTF-8"));
        } catch (MarkedYamlEngineException e) {
            problems.add(syntax(name, e));
        } catch (YamlEngineException | IOException e) {
            problems.add(new Diagnostic(name, 0, "cannot be read: " + e.getMessage(), "Make it a readable YAML file"));
        }
        RouteFile file = new RouteFile(path, name, root instanceof SequenceNode list ? list : null);
        if (root != null) {
            file.duplicateKeys(root, problems);
        }
        return file;
    }

    /** The items of the file. */
    List<Node> items() {
        return root == null ? List.of() : root.getValue();
    }

    /** Notes a problem with a line of this file. */
    Diagnostic problem(int line, String problem, String remedy) {
        return new Diagnostic(name, line, problem, remedy);
    }

    private static Optional<Node> parse(String text, String label) {
        LoadSettings settings = LoadSettings.builder().setLabel(label).build();
        return new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text))).getSingleNode();
    }

    private static Diagnostic syntax(String name, MarkedYamlEngineException e) {
        String problem = e.getProblem().replaceFirst("\\.?\\s*\\(Do not.*", "");
        Optional<Mark> mark = e.getProblemMark();
        if (problem.contains("end of stream") && e.getContext() != null) {
            problem = e.getContext() + ", " + problem;
            mark = e.getContextMark().or(e::getProblemMark); // where it begins says more than where the file ends
        }
        String remedy = problem.contains("TAB")
                ? "Indent with blanks"
                : "Check the indentation, colons and quotes of this line and of the one above";
        return new Diagnostic(
                name, mark.map(Mark::getLine).orElse(-1) + 1, "the YAML cannot be read: " + problem, remedy);
    }

    /** Camel takes the last of two equal keys and says nothing. */
    private void duplicateKeys(Node node, List<Diagnostic> problems) {
        Map<String, Integer> seen = new HashMap<>();
        List<Node> below = new ArrayList<>(Yaml.elements(node));
        for (NodeTuple entry : Yaml.entries(node)) {
            String key = Yaml.text(entry.getKeyNode());
            int line = Yaml.line(entry.getKeyNode());
            Integer first = key == null ? null : seen.putIfAbsent(key, line);
            if (first != null) {
                problems.add(problem(line, "'" + key + "' stands twice, first in line " + first, "Keep one"));
            }
            below.add(entry.getValueNode());
        }
        below.forEach(child -> duplicateKeys(child, problems));
    }
}
