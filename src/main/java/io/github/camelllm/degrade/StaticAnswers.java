package io.github.camelllm.degrade;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.YamlFile;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Answers to known questions, for when no model answers: {@code config/static-answers.yaml}. A question is known by its
 * normalised text, or by key phrases that all stand in it. Immutable.
 */
public final class StaticAnswers {

    /** No answers. */
    static final StaticAnswers NONE = new StaticAnswers(Map.of(), List.of());

    private static final List<String> FIELDS = List.of("id", "questions", "phrases", "answer");
    private static final String EXPECTED =
            "expected 'answers:' with a list under it, each entry with id, answer, and" + " questions or phrases";
    private static final Map<String, String> HINTS = Map.of(
            "question", "expected 'questions:' with a list under it",
            "phrase", "expected 'phrases:' with a list under it");

    private final Map<String, String> byQuestion;
    private final List<Keyed> byPhrases;

    private record Keyed(List<String> phrases, String answer) {}

    /**
     * What a file holds, and what is wrong with it.
     *
     * @param answers those that can be read
     * @param problems empty when the file may be used
     */
    public record Read(StaticAnswers answers, List<ConfigProblem> problems) {}

    private StaticAnswers(Map<String, String> byQuestion, List<Keyed> byPhrases) {
        this.byQuestion = byQuestion;
        this.byPhrases = byPhrases;
    }

    /** How many ways of asking are known. */
    int size() {
        return byQuestion.size() + byPhrases.size();
    }

    /** Reads a file; no file holds no answers. */
    public static Read read(Path file) {
        if (ConfigFile.isMissing(file)) {
            return new Read(NONE, List.of());
        }
        YamlReport report = new YamlReport(file);
        Map<String, String> questions = new HashMap<>();
        List<Keyed> keyed = new ArrayList<>();
        YamlFile.read(file, report, EXPECTED).ifPresent(root -> {
            Set<String> ids = new HashSet<>();
            for (Node entry : entries(root, report)) {
                read(entry, ids, questions, keyed, report);
            }
        });
        return new Read(new StaticAnswers(Map.copyOf(questions), List.copyOf(keyed)), report.problems());
    }

    private static List<Node> entries(Node root, YamlReport report) {
        Node list = root instanceof MappingNode mapping
                ? new YamlMap(mapping, report, "", List.of("answers"), Map.of()).node("answers")
                : null;
        if (!(list instanceof SequenceNode sequence)) {
            report.add(YamlReport.line(list == null ? root : list), "holds no list of answers; " + EXPECTED);
            return List.of();
        }
        return sequence.getValue();
    }

    private static void read(
            Node entry, Set<String> ids, Map<String, String> questions, List<Keyed> keyed, YamlReport report) {
        if (!(entry instanceof MappingNode mapping)) {
            report.add(
                    YamlReport.line(entry), "an answer is " + YamlMap.kind(entry) + "; expected a mapping with an id");
            return;
        }
        String id = YamlMap.peek(mapping, "id");
        YamlMap map = new YamlMap(mapping, report, id == null ? "answer" : "answer '" + id + "'", FIELDS, HINTS);
        if (id == null || id.isBlank()) {
            map.problem("id", "id is missing; give the answer a name of its own");
        } else if (!ids.add(id)) {
            map.problem("id", "id stands in the file already; give each answer its own");
        }
        if (map.node("answer") == null) {
            map.problem("answer", "answer is missing; write what is to be said");
        }
        String answer = map.text("answer");
        List<String> asked = texts(map, "questions");
        List<String> phrases = texts(map, "phrases");
        if (map.node("questions") == null && map.node("phrases") == null) {
            map.problem("id", "neither questions nor phrases; write by which of them the question is known");
        }
        if (answer != null) {
            asked.forEach(question -> {
                if (questions.put(question, answer) != null) {
                    map.problem("questions", "a question of another answer stands here too; ask it in one place");
                }
            });
            if (!phrases.isEmpty()) {
                keyed.add(new Keyed(phrases, answer));
            }
        }
    }

    private static List<String> texts(YamlMap map, String field) {
        Node node = map.node(field);
        Set<String> texts = new LinkedHashSet<>();
        if (node == null) {
            return List.of();
        }
        List<Node> items = node instanceof SequenceNode list ? list.getValue() : List.of();
        for (Node item : items) {
            String text = item instanceof ScalarNode scalar ? normalise(scalar.getValue()) : "";
            if (text.isEmpty()) {
                map.problem(field, field + " has an entry without letters or digits; expected a text");
            } else {
                texts.add(text);
            }
        }
        if (items.isEmpty()) {
            map.problem(field, field + " is no list with an entry; expected a list of texts");
        }
        return List.copyOf(texts);
    }

    /** The answer to a question; empty when it is not known. */
    Optional<String> find(String question) {
        if (size() == 0) {
            return Optional.empty();
        }
        String asked = normalise(question);
        String exact = byQuestion.get(asked);
        if (exact != null) {
            return Optional.of(exact);
        }
        String padded = " " + asked + " ";
        return byPhrases.stream()
                .filter(entry -> entry.phrases().stream().allMatch(phrase -> padded.contains(" " + phrase + " ")))
                .map(Keyed::answer)
                .findFirst();
    }

    /** Compatibility forms, case, punctuation and white space make no difference (Unicode NFKC). */
    static String normalise(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{M}\\p{N}]+", " ")
                .strip();
    }
}
