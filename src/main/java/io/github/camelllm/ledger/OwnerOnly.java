package io.github.camelllm.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Keeps other users of the machine from the files of an H2 ledger: whoever reads the key in the lock file may talk to the
 * database, and H2 runs code for those who do. Where files have no such rights, or are not ours, nothing is changed.
 */
final class OwnerOnly {

    private OwnerOnly() {}

    /** Makes a directory that nobody else may enter; one that is there stays as it is. */
    static void directory(Path directory) {
        try {
            if (directory != null && Files.notExists(directory)) {
                if (directory.getParent() != null) {
                    Files.createDirectories(directory.getParent());
                }
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException | UnsupportedOperationException e) {
            // H2 makes it, or says why it cannot
        }
    }

    /** Takes the rights of all others away. */
    static void file(Path file) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | UnsupportedOperationException e) {
            // not there, or not ours
        }
    }
}
