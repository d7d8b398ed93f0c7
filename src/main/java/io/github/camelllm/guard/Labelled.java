package io.github.camelllm.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A text of which it is known what it is.
 *
 * @param attack whether it is one
 * @param source where it comes from
 * @param hashes of its words, see {@link LinearModel#hashes}
 */
record Labelled(String text, boolean attack, String source, int[] hashes) {

    /** Texts that share as many words in a row are versions of one another. */
    private static final int SHARED = 8;

    /** What is wrong with a file, in a message for whoever has named it. */
    static final class DataException extends Exception {
        private static final long serialVersionUID = 1;

        DataException(String message) {
            super(message);
        }
    }

    private static Labelled of(String text, boolean attack, String source) {
        return new Labelled(text, attack, source, LinearModel.hashes(Tokens.of(Folding.fold(text))));
    }

    /**
     * Reads attacks and harmless texts: a JSON object a line, with {@code text}, {@code attack} and {@code source}.
     *
     * @throws DataException naming the file and the line that is not one, or what keeps it from being read
     */
    static List<Labelled> read(Path file) throws DataException {
        List<Labelled> found = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            JsonNode json = json(file, i + 1, lines.get(i));
            if (!json.path("text").isTextual() || !json.path("attack").isBoolean()) {
                throw new DataException(
                        file + ":" + (i + 1) + ": expected an object with the text text, and attack: true or false");
            }
            found.add(of(
                    json.get("text").asText(),
                    json.get("attack").asBoolean(),
                    json.path("source").asText("?")));
        }
        if (found.isEmpty()) {
            throw new DataException("'" + file + "' has no texts.");
        }
        return found;
    }

    /**
     * Reads harmless texts: one a line, or, in a file that ends in {@code .jsonl}, the {@code text} of an object a line. Its
     * name is their source.
     *
     * @throws DataException as {@link #read}
     */
    static List<Labelled> harmless(Path file) throws DataException {
        String name = String.valueOf(file.getFileName());
        List<Labelled> found = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank()) {
                String text = name.endsWith(".jsonl")
                        ? json(file, i + 1, line).path("text").asText()
                        : line;
                found.add(of(text, false, name));
            }
        }
        return found;
    }

    private static JsonNode json(Path file, int line, String text) throws DataException {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new DataException(file + ":" + line + ": is not JSON");
        }
    }

    private static List<String> lines(Path file) throws DataException {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new DataException(
                    Files.exists(file)
                            ? "'" + file + "' cannot be read as UTF-8 text"
                            : "There is no file '" + file + "'.");
        }
    }

    /** For each text the number of its family: texts that are versions of one another are of one. */
    static int[] families(List<Labelled> texts) {
        int[] parent = new int[texts.size()];
        Map<Long, Integer> first = new HashMap<>();
        for (int i = 0; i < parent.length; i++) {
            parent[i] = i;
            int[] hashes = texts.get(i).hashes();
            for (int at = 0; at + SHARED <= hashes.length; at++) {
                long shingle = 0;
                for (int k = 0; k < SHARED; k++) {
                    shingle = shingle * 1_000_003 + hashes[at + k];
                }
                Integer other = first.putIfAbsent(shingle, i);
                if (other != null) {
                    parent[root(parent, i)] = root(parent, other);
                }
            }
        }
        for (int i = 0; i < parent.length; i++) {
            parent[i] = root(parent, i);
        }
        return parent;
    }

    private static int root(int[] parent, int of) {
        int at = of;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }
}
