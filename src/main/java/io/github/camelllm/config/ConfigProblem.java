package io.github.camelllm.config;

import java.nio.file.Path;

/**
 * One thing wrong in a configuration file: where it is, what it is and what to do.
 *
 * @param file the file, as it was named to the reader
 * @param line the line, counted from 1; 0 when the file as a whole is meant
 * @param message the problem and its remedy, on one line; never a key
 */
public record ConfigProblem(Path file, int line, String message) {

    /** {@code file:line: message}, as compilers write it. */
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + message;
    }
}
