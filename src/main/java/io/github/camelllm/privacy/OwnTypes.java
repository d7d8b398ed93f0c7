package io.github.camelllm.privacy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.github.camelllm.config.PatternSize;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import io.github.camelllm.privacy.detect.DetectorSettings;
import io.github.camelllm.privacy.detect.DetectorSettings.OwnPattern;
import io.github.camelllm.privacy.detect.DetectorSettings.WordList;
import io.github.camelllm.privacy.detect.Detectors;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads what {@code config/privacy.yaml} says of patterns, word lists and phone regions. */
final class OwnTypes {

    private static final int LONGEST = 1000;

    /** So large a pattern may become once its counts are written out. */
    private static final int MOST_STATES = 10_000;

    private static final long MOST = 16 << 20;
    private static final double SCORE = 0.9;

    private final Path file;
    private final YamlReport report;
    private final List<OwnPattern> patterns = new ArrayList<>();
    private final List<WordList> words = new ArrayList<>();
    private final List<String> phoneRegions;
    private final Set<String> types = new HashSet<>();

    OwnTypes(Path file, YamlMap map, YamlReport report) {
        this.file = file;
        this.report = report;
        Set<String> known = Detectors.knownPhoneRegions();
        List<String> regions = new ArrayList<>();
        texts(map, "phone-regions").forEach(region -> {
            if (known.contains(region)) {
                regions.add(region);
            } else {
                map.problem(
                        "phone-regions",
                        "phone-regions has " + Shown.text(region) + "; expected regions as two capitals, such as US");
            }
        });
        this.phoneRegions = map.node("phone-regions") == null ? DetectorSettings.DEFAULTS.phoneRegions() : regions;
        entries(map, "patterns", List.of("type", "regex", "score", "context"), this::pattern);
        entries(map, "words", List.of("type", "words", "file", "ignore-case", "ignore-accents"), this::list);
    }

    List<OwnPattern> patterns() {
        return patterns;
    }

    List<WordList> words() {
        return words;
    }

    List<String> phoneRegions() {
        return phoneRegions;
    }

    /** The names of all types of the user's own. */
    Set<String> types() {
        return types;
    }

    /** How far answers are held back for what is looked for. */
    Hold hold(boolean lines) {
        List<String> entries = new ArrayList<>();
        words.forEach(list -> entries.addAll(list.words()));
        return new Hold(lines, !patterns.isEmpty() || !words.isEmpty(), Hold.beginnings(entries));
    }

    private interface Entry {
        void read(YamlMap map, String type);
    }

    private void entries(YamlMap map, String field, List<String> fields, Entry entry) {
        Node node = map.node(field);
        if (node == null) {
            return;
        }
        if (!(node instanceof SequenceNode list)) {
            map.problem(field, field + " is " + YamlMap.kind(node) + "; expected a list");
            return;
        }
        for (Node item : list.getValue()) {
            if (item instanceof MappingNode mapping) {
                YamlMap one = new YamlMap(mapping, report, field, fields, Map.of());
                String type = one.text("type");
                if (type == null && one.node("type") == null) {
                    one.problem("type", "type is missing; name what is found, such as STAFF_NUMBER");
                } else if (type != null && !PrivacyFile.TYPE.matcher(type).matches()) {
                    one.problem("type", "type is " + Shown.text(type) + "; expected capitals, digits and single _");
                } else if (type != null) {
                    types.add(type);
                    entry.read(one, type);
                }
            } else {
                report.add(
                        YamlReport.line(item),
                        field + " has " + YamlMap.kind(item) + "; expected a mapping with a type");
            }
        }
    }

    private void pattern(YamlMap map, String type) {
        String regex = map.text("regex");
        if (regex == null) {
            if (map.node("regex") == null) {
                map.problem("regex", "regex is missing; write what the value looks like");
            }
            return;
        }
        if (regex.length() > LONGEST) {
            map.problem("regex", "regex has more than " + LONGEST + " characters; make it shorter");
            return;
        }
        String score = map.text("score");
        if (score != null && !score.matches("0(\\.\\d{1,6})?|1(\\.0{1,6})?")) {
            map.problem("score", "score is " + Shown.text(score) + "; expected a number from 0 to 1");
            return;
        }
        try {
            if (PatternSize.of(regex) > MOST_STATES) {
                map.problem(
                        "regex", "regex has counts that make it longer than " + MOST_STATES + "; make them smaller");
                return;
            }
            Pattern pattern = Pattern.compile(regex);
            if (pattern.matches("")) {
                map.problem("regex", "regex matches an empty text, and so everywhere; make it match something");
                return;
            }
            patterns.add(new OwnPattern(
                    type, pattern, score == null ? SCORE : Double.parseDouble(score), texts(map, "context")));
        } catch (PatternSyntaxException e) {
            map.problem(
                    "regex",
                    "regex is not valid (" + e.getDescription() + "); it has RE2's syntax, which knows no"
                            + " look-around and no back references");
        }
    }

    private void list(YamlMap map, String type) {
        List<String> entries = new ArrayList<>(texts(map, "words"));
        String name = map.text("file");
        if (name == null && map.node("words") == null) {
            map.problem("words", "neither words nor file; list words, or name a file with one a line");
        }
        if (name != null) {
            Path path = file.resolveSibling(name);
            try {
                if (Files.size(path) > MOST) {
                    map.problem("file", "file " + Shown.text(name) + " has more than 16 MB; make it smaller");
                    return;
                }
                for (String line : Files.readAllLines(path)) {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        entries.add(line.strip());
                    }
                }
            } catch (MalformedInputException e) {
                map.problem("file", "file " + Shown.text(name) + " is not UTF-8; save it as UTF-8 text");
            } catch (IOException e) {
                map.problem(
                        "file",
                        "file " + Shown.text(name)
                                + " cannot be read; expected a file beside this one, with a word a line");
            }
        }
        entries.removeIf(String::isBlank);
        words.add(new WordList(type, entries, map.flag("ignore-case", true), map.flag("ignore-accents", true)));
    }

    private static List<String> texts(YamlMap map, String field) {
        Node node = map.node(field);
        if (node == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (node instanceof SequenceNode list) {
            for (Node item : list.getValue()) {
                if (item instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
                    texts.add(scalar.getValue().strip());
                } else {
                    map.problem(field, field + " has " + YamlMap.kind(item) + " or a blank in it; expected texts");
                }
            }
        } else {
            map.problem(field, field + " is " + YamlMap.kind(node) + "; expected a list such as [one, two]");
        }
        return texts;
    }
}
