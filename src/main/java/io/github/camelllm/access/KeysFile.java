package io.github.camelllm.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
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

    private static final Pattern CHARACTER = Pattern.compile("\\s*.?\\(\\d+\\)$", Pattern.DOTALL);

    private KeysFile() {}

    static Keys.Read read(Path file) {
        if (file == null || Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Keys.Read(Keys.NONE, List.of());
        }
        YamlReport report = new YamlReport(file);
        List<Key> keys = new ArrayList<>();
        String text = text(file, report);
        if (text != null) {
            compose(text, report).ifPresent(root -> keys.addAll(keys(root, report)));
        }
        return new Keys.Read(new Keys(keys), report.problems());
    }

    private static String text(Path file, YamlReport report) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            report.add(0, "cannot be read; expected a file that the gateway's user may read");
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            report.add(0, "is not UTF-8; save it as UTF-8 text");
            return null;
        }
    }

    private static Optional<Node> compose(String text, YamlReport report) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                report.add(0, "is empty; " + MAKE_ONE);
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            String hint = String.valueOf(e.getContext()).contains("alias")
                    ? "a value that begins with * or & stands in quotes"
                    : "check indentation, quotes and colons here and in the line above";
            report.add(
                    e.getProblemMark().map(Mark::getLine).orElse(-1) + 1,
                    "is not valid YAML (" + said(e.getProblem()) + "); " + hint);
        } catch (ReaderException e) {
            String before = text.substring(0, Math.min(text.length(), e.getPosition()));
            report.add(
                    (int) before.chars().filter(c -> c == '\n').count() + 1,
                    "has a character that YAML does not allow (U+"
                            + HexFormat.of().toHexDigits(e.getCodePoint(), 4) + "); remove it");
        } catch (YamlEngineException e) {
            report.add(0, "is not valid YAML; check its indentation, quotes and colons");
        }
        return Optional.empty();
    }

    /** The parser's words without the character that it ends some of them with. */
    private static String said(String problem) {
        return Shown.bare(CHARACTER.matcher(problem).replaceFirst(""));
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
