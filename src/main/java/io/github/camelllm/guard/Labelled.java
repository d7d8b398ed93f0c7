package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.config.LabelledLines;
import io.github.camelllm.config.LabelledLines.DataException;
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

    /** The end of the sources' names of texts that no model learns from. */
    static final String HELD_OUT = " (never learned)";

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
        for (LabelledLines.Line line : LabelledLines.read(file, "")) {
            JsonNode json = line.node();
            if (!json.path("text").isTextual() || !json.path("attack").isBoolean()) {
                throw new DataException(file + ":" + line.number()
                        + ": expected an object with the text text, and attack: true or false");
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
        return harmless(file, String.valueOf(file.getFileName()));
    }

    /** The same of texts that no model may learn from; their source says so, and names the directory too. */
    static List<Labelled> heldOut(Path file) throws DataException {
        Path absolute = file.toAbsolutePath().normalize();
        return harmless(file, absolute.getParent().getFileName() + "/" + absolute.getFileName() + HELD_OUT);
    }

    private static List<Labelled> harmless(Path file, String name) throws DataException {
        List<Labelled> found = new ArrayList<>();
        if (file.toString().endsWith(".jsonl")) {
            for (LabelledLines.Line line : LabelledLines.read(file, "")) {
                found.add(of(line.node().path("text").asText(), false, name));
            }
        } else {
            for (String line : LabelledLines.text(file, "")) {
                if (!line.isBlank()) {
                    found.add(of(line, false, name));
                }
            }
        }
        return found;
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
