package io.github.camelllm.main;

import java.nio.file.Path;

/** How paths are shown to the user: relative to where they stand, when they stand above. */
final class Shown {

    private Shown() {}

    /** The path as short as it can be said. */
    static String path(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(here) && !absolute.equals(here)
                ? here.relativize(absolute).toString()
                : absolute.toString();
    }
}
