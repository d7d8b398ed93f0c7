package io.github.camelllm.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a call log again: {@code calls.jsonl} and its rotated files, those that have changed since a moment, and of their
 * lines the calls that were over since then. Whatever cannot be read is counted and passed over.
 */
final class Replay implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** What each record of a call begins with: what follows a torn one on its line is found by it. */
    private static final String BEGIN = "{\"time\":\"";

    private final Instant since;
    private final Deque<Path> files = new ArrayDeque<>();
    private Path file;
    private Lines lines;
    private int read;
    private int unreadable;
    private int older;

    /**
     * @param logs the directory; need not exist
     * @param since calls that were over before are known to be in the ledger
     */
    Replay(Path logs, Instant since) throws IOException {
        this.since = since;
        Map<FileTime, List<Path>> found = new TreeMap<>(Comparator.naturalOrder());
        if (Files.isDirectory(logs)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(logs, "calls*.{jsonl,jsonl.gz}")) {
                for (Path path : all) {
                    changed(path).ifPresent(time -> found.computeIfAbsent(time, t -> new ArrayList<>())
                            .add(path));
                }
            } catch (java.nio.file.DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        found.values().forEach(files::addAll);
    }

    private java.util.Optional<FileTime> changed(Path path) {
        try {
            FileTime time = Files.getLastModifiedTime(path);
            return time.toInstant().isBefore(since) ? java.util.Optional.empty() : java.util.Optional.of(time);
        } catch (IOException rotatedAway) {
            return java.util.Optional.empty();
        }
    }

    /** The next entries, so many at the most; empty when all is read. */
    List<Entry> next(int max) {
        List<Entry> entries = new ArrayList<>(max);
        while (entries.size() < max && (lines != null || open())) {
            byte[] line;
            try {
                line = lines.next();
            } catch (IOException e) { // the end of a file that was being compressed when the process was killed
                unreadable++;
                line = null;
            }
            if (line == null) {
                close();
            } else {
                Entry entry = lines.overlong() ? unreadable() : entry(new String(line, StandardCharsets.UTF_8));
                if (entry != null && !entry.finishedAt().isBefore(since)) {
                    read++;
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    private boolean open() {
        while (lines == null && !files.isEmpty()) {
            file = files.remove();
            try {
                lines = new Lines(stream(file));
            } catch (NoSuchFileException rotated) {
                rotated();
            } catch (IOException e) {
                unreadable++;
                LOG.warn("The ledger cannot read {}: {}", file, e.toString());
            }
        }
        return lines != null;
    }

    /** The file goes by another name by now. */
    private void rotated() {
        try (Replay again = new Replay(file.toAbsolutePath().getParent(), since)) {
            again.files.stream().filter(path -> !path.equals(file)).forEach(path -> {
                if (!files.contains(path)) {
                    files.add(path);
                }
            });
        } catch (IOException e) {
            LOG.warn("The ledger cannot look for what {} has become: {}", file, e.toString());
        }
    }

    private static InputStream stream(Path path) throws IOException {
        InputStream in = Files.newInputStream(path);
        if (!path.toString().endsWith(".gz")) {
            return in;
        }
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private Entry entry(String line) {
        if (line.isBlank()) {
            return null;
        }
        JsonNode tree = tree(line);
        int behindTorn = tree == null ? line.lastIndexOf(BEGIN) : -1;
        if (behindTorn > 0) {
            unreadable++;
            tree = tree(line.substring(behindTorn));
        }
        try {
            if (tree == null) {
                return unreadable();
            }
            Entry entry = Entry.of(tree);
            if (entry == null) {
                older++;
            }
            return entry;
        } catch (RuntimeException notWhatItShouldBe) {
            return unreadable();
        }
    }

    private Entry unreadable() {
        unreadable++;
        return null;
    }

    private static JsonNode tree(String text) {
        try {
            JsonNode tree = Json.read(text.getBytes(StandardCharsets.UTF_8));
            return tree.isObject() ? tree : null;
        } catch (IOException torn) {
            return null;
        }
    }

    /** How many entries were read. */
    int read() {
        return read;
    }

    /** How many lines are torn, or no records. */
    int unreadableLines() {
        return unreadable;
    }

    /** How many lines are of versions that did not name calls. */
    int olderLines() {
        return older;
    }

    /** Closes the file that is being read; reading goes on with the next. */
    @Override
    public void close() {
        if (lines != null) {
            try {
                lines.close();
            } catch (IOException e) {
                LOG.debug("closing {}", file, e);
            }
            lines = null;
        }
    }
}
