package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Secrets in files, as Docker and Kubernetes mount them: {@code OPENAI_API_KEY_FILE=/run/secrets/openai} stands for the variable
 * {@code OPENAI_API_KEY}, which holds what is in the file, without the line end.
 */
final class SecretFiles {

    private static final String SUFFIX = "_FILE";

    /** Larger ones are no secrets. */
    private static final long MOST_BYTES = 64 * 1024;

    private SecretFiles() {}

    /**
     * What the environment says, files read.
     *
     * @param variables with each that a file gives in place of the one that names the file
     * @param problems files that cannot be read, and variables that are given twice
     */
    record Read(Map<String, String> variables, List<Diagnostic> problems) {}

    /** Reads each file that a variable names in this way; see {@link #isOne}. */
    static Read read(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        List<Diagnostic> problems = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (!isOne(name, value)) {
                return;
            }
            String variable = name.substring(0, name.length() - SUFFIX.length());
            all.remove(name);
            if (!environment.getOrDefault(variable, "").isBlank()) {
                problems.add(new Diagnostic(
                        "environment variable " + name, 0, variable + " is set as well", "Take one of them away"));
                return;
            }
            try {
                Path file = Path.of(value.strip());
                if (Files.size(file) > MOST_BYTES) {
                    throw new IOException("larger than " + MOST_BYTES + " bytes");
                }
                String secret = Files.readString(file, StandardCharsets.UTF_8).strip();
                if (secret.isEmpty()) {
                    throw new IOException("nothing is in it"); // or not yet: whoever writes it is not done
                }
                all.put(variable, secret);
            } catch (IOException | InvalidPathException e) {
                problems.add(new Diagnostic(
                        "environment variable " + name,
                        0,
                        value.strip() + " cannot be read",
                        "Name a text file that the gateway's user may read, with the secret in it"));
            }
        });
        return new Read(all, problems);
    }

    /** The files that are named in this way, for whoever watches them. */
    static List<Path> of(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (isOne(name, value)) {
                try {
                    files.add(Path.of(value.strip()));
                } catch (InvalidPathException e) {
                    // it has been told
                }
            }
        });
        return files;
    }

    /** A variable of a setting or of a provider's key: not {@code LLM_ACCESS_KEYS_FILE}, which is a setting itself. */
    private static boolean isOne(String name, String value) {
        if (!name.endsWith(SUFFIX) || value.isBlank()) {
            return false;
        }
        String variable = name.substring(0, name.length() - SUFFIX.length());
        return variable.endsWith("_API_KEY")
                || SettingsTable.ALL.stream().anyMatch(setting -> Setting.environmentVariable(setting.name())
                                .equals(variable))
                        && SettingsTable.ALL.stream().noneMatch(setting -> Setting.environmentVariable(setting.name())
                                .equals(name));
    }
}
