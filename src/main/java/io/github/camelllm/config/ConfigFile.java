package io.github.camelllm.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that a setting names: a path, relative to the directory of the configuration, or {@code classpath:} with the name of a
 * resource, such as the tables that are shipped in the jar ({@code classpath:camel-llm/config/privacy.yaml}).
 *
 * <p>A resource is a path as well, of which only this class can read anything: to all others it does not exist.
 */
public final class ConfigFile {

    private static final String CLASSPATH = "classpath:";

    private ConfigFile() {}

    /**
     * The path of what a setting names.
     *
     * @param directory that a relative path is in; null for the working directory
     * @throws java.nio.file.InvalidPathException when it can be no path
     */
    public static Path of(String directory, String name) {
        String stripped = name.strip();
        return directory == null || stripped.startsWith(CLASSPATH)
                ? Path.of(stripped)
                : Path.of(directory).resolve(stripped);
    }

    /** Whether there is nothing of that name; a link to nothing is something. */
    public static boolean isMissing(Path file) {
        return isResource(file) ? url(file) == null : Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Opens the file or the resource. */
    public static InputStream open(Path file) throws IOException {
        if (!isResource(file)) {
            return Files.newInputStream(file);
        }
        java.net.URL url = url(file);
        if (url == null) {
            throw new NoSuchFileException(file.toString());
        }
        return url.openStream();
    }

    /** All that is in it. */
    public static byte[] bytes(Path file) throws IOException {
        try (InputStream in = open(file)) {
            return in.readAllBytes();
        }
    }

    /** Whether a path stands for a resource of the class path. */
    public static boolean isResource(Path file) {
        return file.toString().startsWith(CLASSPATH);
    }

    private static java.net.URL url(Path file) {
        String name = file.toString().substring(CLASSPATH.length()).replace('\\', '/');
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        java.net.URL found = context == null ? null : context.getResource(name);
        return found != null ? found : ConfigFile.class.getClassLoader().getResource(name);
    }
}
