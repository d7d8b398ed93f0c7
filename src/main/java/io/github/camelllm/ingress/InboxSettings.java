package io.github.camelllm.ingress;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the files trigger finds and leaves files.
 *
 * @param inbox where requests are dropped
 * @param outbox where answers appear
 * @param done where answered requests go
 * @param failed where requests go that could not be answered
 * @param parallel how many files are worked on at once; 1 to 1000
 * @param settle how long a file must not have changed before it counts as whole; 0s takes every file as it is
 */
public record InboxSettings(Path inbox, Path outbox, Path done, Path failed, int parallel, Duration settle) {

    private static final int MOST_PARALLEL = 1000;

    /**
     * Checks the settings and makes the paths absolute.
     *
     * @throws IllegalArgumentException naming the property, the value and what is allowed
     */
    public InboxSettings {
        Map<Path, String> names = new LinkedHashMap<>();
        inbox = folder("llm.files.inbox", inbox, names);
        outbox = folder("llm.files.outbox", outbox, names);
        done = folder("llm.files.done", done, names);
        failed = folder("llm.files.failed", failed, names);
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw new IllegalArgumentException(
                    "llm.files.parallel is " + parallel + "; 1 to " + MOST_PARALLEL + " is allowed");
        }
        if (settle == null || settle.isNegative()) {
            throw new IllegalArgumentException("llm.files.settle is " + settle + "; 0s or more is allowed");
        }
    }

    private static Path folder(String property, Path path, Map<Path, String> names) {
        if (path == null || path.toString().isBlank()) {
            throw new IllegalArgumentException(property + " is blank; the path of a directory is expected");
        }
        Path folder = path.toAbsolutePath().normalize();
        String other = names.putIfAbsent(folder, property);
        if (other != null) {
            throw new IllegalArgumentException(
                    property + " is " + folder + ", and so is " + other + "; they must be different directories");
        }
        return folder;
    }
}
