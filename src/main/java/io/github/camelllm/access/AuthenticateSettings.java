package io.github.camelllm.access;

import io.github.camelllm.config.Shown;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the virtual keys stand.
 *
 * @param keysFile the keys file; null for none
 */
public record AuthenticateSettings(Path keysFile) {

    /**
     * @param configDir the directory that a relative {@code keysFile} is in; null or blank for the working directory
     * @param keysFile the file's path; null or blank for no keys
     * @throws IllegalArgumentException when either can be no path
     */
    static AuthenticateSettings of(String configDir, String keysFile) {
        if (keysFile == null || keysFile.isBlank()) {
            return new AuthenticateSettings(null);
        }
        return new AuthenticateSettings(path("configDir", configDir == null ? "" : configDir.strip())
                .resolve(path("keysFile", keysFile.strip())));
    }

    private static Path path(String property, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "authenticate: " + property + " is " + Shown.text(value) + "; expected a path", e);
        }
    }
}
