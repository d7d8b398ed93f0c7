package io.github.camelllm.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * How far a call log is known to be in a ledger: the file {@code ledger.bookmark} beside it. It stays with the log wherever
 * that goes, and counts for the ledger that it names alone.
 */
final class Bookmark {

    private static final String NAME = "ledger.bookmark";

    private final Path file;

    Bookmark(Path logs) {
        this.file = logs.resolve(NAME);
    }

    /** The moment before which each call is in that ledger; {@link Instant#EPOCH} when nothing is known. */
    Instant read(String ledger) {
        try {
            String[] words =
                    Files.readString(file, StandardCharsets.UTF_8).strip().split(" ");
            return words.length == 2 && words[0].equals(ledger) ? Instant.parse(words[1]) : Instant.EPOCH;
        } catch (IOException | DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /**
     * Notes the moment. Without a directory of logs there is nothing to note.
     *
     * @throws IOException when it cannot be written; what stood there then still does
     */
    void write(String ledger, Instant moment) throws IOException {
        if (!Files.isDirectory(file.getParent())) {
            return;
        }
        Path whole = file.resolveSibling(NAME + ".new");
        Files.writeString(whole, ledger + " " + moment + "\n");
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
