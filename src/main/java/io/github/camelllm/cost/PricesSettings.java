package io.github.camelllm.cost;

import io.github.camelllm.config.Shown;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the prices stand.
 *
 * @param file the price list; null for none
 */
record PricesSettings(Path file) {

    /**
     * @param configDir the directory that a relative {@code file} is in; blank for the working directory
     * @param file the file's path; blank for no prices
     * @throws IllegalArgumentException when either can be no path
     */
    static PricesSettings of(String configDir, String file) {
        return new PricesSettings(
                file.isBlank() ? null : path("configDir", configDir).resolve(path("file", file)));
    }

    private static Path path(String property, String value) {
        try {
            return Path.of(value.strip());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "prices: " + property + " is " + Shown.text(value) + "; expected a path", e);
        }
    }
}
