package io.github.camelllm.access;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads {@code keys.yaml}. Works on YAML's nodes, which know their lines, and not on values; messages of the YAML
 * parser that quote the file are not passed on, since what they quote may be a key.
 */
final class KeysFile {

    private static final String MAKE_ONE = "'bin/gateway key' makes one; remove the file to run without keys";

    private KeysFile() {}

    static Keys.Read read(Path file) {
        if (file == null || ConfigFile.isMissing(file)) {
            return new Keys.Read(Keys.NONE, List.of());
        }
        YamlReport report = new YamlReport(file);
        List<Key> keys = new ArrayList<>();
        YamlFile.read(file, report, MAKE_ONE).ifPresent(root -> keys.addAll(keys(root, report)));
        return new Keys.Read(new Keys(keys), report.problems());
    }

    private static List<Key> keys(Node root, YamlReport report) {
        if (!(root instanceof MappingNode mapping)) {
            report.add(
                    YamlReport.line(root),
                    "the file is " + YamlMap.kind(root) + "; expected 'keys:' with a list of keys under it");
            return List.of();
        }
        Node list = new YamlMap(mapping, report, "", List.of("keys"), Map.of()).node("keys");
        if (list == null) {
            report.add(YamlReport.line(root), "keys is missing; expected 'keys:' with a list of keys under it");
            return List.of();
        }
        if (list.getTag().equals(Tag.NULL)) {
            report.add(YamlReport.line(list), "keys has no key under it; " + MAKE_ONE);
            return List.of();
        }
        if (!(list instanceof SequenceNode entries)) {
            report.add(
                    YamlReport.line(list),
                    "keys is " + YamlMap.kind(list) + "; expected a list, each key beginning with '- id:'");
            return List.of();
        }
        if (entries.getValue().isEmpty()) {
            report.add(YamlReport.line(list), "keys is an empty list; " + MAKE_ONE);
        }
        return distinct(entries.getValue(), report);
    }

    private static List<Key> distinct(List<Node> entries, YamlReport report) {
        List<Key> keys = new ArrayList<>();
        Map<String, Integer> linesOfIds = new HashMap<>();
        Map<ByteBuffer, String> idsOfHashes = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Node entry = entries.get(i);
            int line = YamlReport.line(entry);
            if (!(entry instanceof MappingNode mapping)) {
                report.add(
                        line,
                        "key number " + (i + 1) + " is " + YamlMap.kind(entry)
                                + "; expected a mapping that begins with '- id:'");
                continue;
            }
            String id = YamlMap.peek(mapping, "id");
            Integer sameId = id == null ? null : linesOfIds.putIfAbsent(id, line);
            if (sameId != null) {
                report.add(
                        line, "id " + Shown.text(id) + " stands in line " + sameId + " already; give each key its own");
            }
            Key key = KeyEntry.read(mapping, i + 1, report);
            String sameHash = key == null ? null : idsOfHashes.putIfAbsent(ByteBuffer.wrap(key.sha256()), key.id());
            if (sameHash != null) {
                report.add(
                        line,
                        "key '" + key.id() + "' has the sha256 of key '" + sameHash
                                + "'; give each its own key ('bin/gateway key')");
            } else if (key != null && sameId == null) {
                keys.add(key);
            }
        }
        return keys;
    }
}
