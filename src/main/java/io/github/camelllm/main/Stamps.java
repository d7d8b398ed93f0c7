package io.github.camelllm.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How files stand at one moment: which there are, their times, sizes and keys, symbolic links followed. Two that are equal tell of
 * the same content, unless somebody takes pains.
 *
 * @param of by absolute path
 */
record Stamps(Map<Path, Stamp> of) {

    /**
     * One file.
     *
     * @param modified milliseconds since 1970
     * @param key what tells one file from another that has come under its name; may be null
     */
    record Stamp(long modified, long size, Object key) {}

    /**
     * Looks at files.
     *
     * @param directories all files directly in them count, whatever they are
     * @param files single files, which need not exist
     */
    static Stamps of(Collection<Path> directories, Collection<Path> files) {
        Map<Path, Stamp> found = new TreeMap<>();
        for (Path directory : directories) {
            try (Stream<Path> children = Files.list(directory)) {
                children.forEach(child -> add(child, found));
            } catch (IOException | java.io.UncheckedIOException e) {
                add(directory, found); // it is being exchanged, or cannot be read: the check says so
            }
        }
        files.forEach(file -> add(file, found));
        return new Stamps(found);
    }

    private static void add(Path file, Map<Path, Stamp> found) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                found.put(
                        file.toAbsolutePath().normalize(),
                        new Stamp(
                                attributes.lastModifiedTime().toMillis(),
                                attributes.size(),
                                String.valueOf(attributes.fileKey())));
            }
        } catch (IOException e) {
            // it is not there
        }
    }

    /** Whether a file stands as it stood then. */
    boolean isAsIn(Stamps then, Path file) {
        return java.util.Objects.equals(of.get(file), then.of.get(file));
    }
}
