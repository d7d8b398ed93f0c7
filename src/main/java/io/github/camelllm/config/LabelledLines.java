package io.github.camelllm.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Labelled cases for evaluations: files with a JSON value a line. */
public final class LabelledLines {

    private LabelledLines() {}

    /**
     * A line that is not blank.
     *
     * @param number from 1
     */
    public record Line(int number, JsonNode node) {}

    /** What is wrong with a file of cases, in a message for whoever has named it. */
    public static final class DataException extends Exception {
        private static final long serialVersionUID = 1;

        /** @param message names the file, and the line where one is meant */
        public DataException(String message) {
            super(message);
        }
    }

    /**
     * Reads a file.
     *
     * @param hint said where there is no such file: what to do about it, as in {@code ; name one with --data}; or empty
     * @throws DataException when it cannot be read, or naming the line that is no JSON
     */
    public static List<Line> read(Path file, String hint) throws DataException {
        List<Line> found = new ArrayList<>();
        int number = 0;
        for (String text : text(file, hint)) {
            number++;
            if (!text.isBlank()) {
                try {
                    found.add(new Line(number, Json.MAPPER.readTree(text)));
                } catch (JsonProcessingException e) {
                    throw new DataException(file + ":" + number + ": is not JSON");
                }
            }
        }
        return found;
    }

    /** The lines of a file as they are; throws as {@link #read}. */
    public static List<String> text(Path file, String hint) throws DataException {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new DataException(
                    Files.exists(file)
                            ? "'" + file + "' cannot be read as UTF-8 text"
                            : "There is no file '" + file + "'" + hint + ".");
        }
    }
}
