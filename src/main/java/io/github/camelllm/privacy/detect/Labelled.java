package io.github.camelllm.privacy.detect;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.config.LabelledLines;
import io.github.camelllm.config.LabelledLines.DataException;
import io.github.camelllm.config.LabelledLines.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with what stands in it.
 *
 * @param source the name of the set it is from
 * @param entity the one label that the case is about; null when all are meant
 * @param spans what must be found
 */
record Labelled(String source, String text, String entity, List<Span> spans) {

    static final String RECOGNISERS = "pii_recognisers";
    static final String SYNTHETIC = "pii_synthetic";
    static final String BENIGN = "benign prompts";

    /** A place with its label. */
    record Span(int start, int end, String label) {}

    /**
     * Reads a file of cases, or the sets of a directory. Cases with {@code spans: null} say nothing of their entity and are
     * left out; so are attacks.
     *
     * @throws DataException naming the file and the line that is not as it should be
     */
    static List<Labelled> read(Path data) throws DataException {
        List<Labelled> cases = new ArrayList<>();
        if (Files.isRegularFile(data)) {
            read(data, String.valueOf(data.getFileName()).replaceFirst("\\.jsonl$", ""), cases);
            return cases;
        }
        for (String set : List.of(RECOGNISERS, SYNTHETIC)) {
            read(data.resolve(set + ".jsonl"), set, cases);
        }
        for (Line one : lines(data.resolve("injection.jsonl"))) {
            JsonNode node = one.node();
            if (!node.path("attack").asBoolean(true)) {
                cases.add(new Labelled(BENIGN, node.path("text").asText(), null, List.of()));
            }
        }
        return cases;
    }

    private static void read(Path file, String set, List<Labelled> cases) throws DataException {
        for (Line one : lines(file)) {
            int line = one.number();
            JsonNode node = one.node();
            if (!node.path("text").isTextual()
                    || set.equals(RECOGNISERS) && !node.path("entity").isTextual()) {
                throw new DataException(
                        file + ":" + line + ": expected an object with text, spans and, for a recogniser, entity");
            }
            if (!node.path("spans").isNull()) {
                cases.add(new Labelled(
                        set, node.get("text").asText(), node.path("entity").asText(null), spans(node, file, line)));
            }
        }
    }

    private static List<Span> spans(JsonNode node, Path file, int line) throws DataException {
        List<Span> spans = new ArrayList<>();
        for (JsonNode span : node.path("spans")) {
            if (!span.path("start").isInt()
                    || !span.path("end").isInt()
                    || !span.path("type").isTextual()) {
                throw new DataException(file + ":" + line + ": a span is expected to have start, end and type");
            }
            spans.add(new Span(
                    span.get("start").asInt(),
                    span.get("end").asInt(),
                    span.get("type").asText()));
        }
        return spans;
    }

    private static List<Line> lines(Path file) throws DataException {
        List<Line> lines = LabelledLines.read(file, "; name its directory with --data");
        if (lines.isEmpty()) {
            throw new DataException("'" + file + "' is empty.");
        }
        return lines;
    }
}
