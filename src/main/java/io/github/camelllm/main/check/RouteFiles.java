package io.github.camelllm.main.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds the route files of a directory. */
public final class RouteFiles {

    /** What their names end in. */
    public static final String SUFFIX = ".camel.yaml";

    private RouteFiles() {}

    /**
     * The route files of a directory, by name; those below it are not looked for.
     *
     * @param directory the directory
     * @param shown how messages call a file
     * @param problems takes what is wrong with the directory
     */
    public static List<Path> in(Path directory, Function<Path, String> shown, List<Diagnostic> problems) {
        String name = shown.apply(directory);
        if (!Files.isDirectory(directory)) {
            problems.add(new Diagnostic(name, 0, "there is no such directory of routes", "Name one with --routes DIR"));
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.sorted().toList()) {
                if (child.toString().endsWith(SUFFIX)) {
                    found.add(child);
                } else if (child.toString().endsWith(".camel.yml")) {
                    problems.add(new Diagnostic(
                            shown.apply(child), 0, "the file is not read", "Let its name end in " + SUFFIX));
                }
            }
        } catch (IOException e) {
            problems.add(new Diagnostic(name, 0, "cannot be read: " + e.getMessage(), "Make it a readable directory"));
            return List.of();
        }
        if (found.isEmpty()) {
            problems.add(new Diagnostic(
                    name, 0, "the directory holds no route file", "Put one there; its name must end in " + SUFFIX));
        }
        return found;
    }
}
