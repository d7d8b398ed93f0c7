package io.github.camelllm.ingress;

import io.github.camelllm.step.Troubles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that are being answered, kept in {@code .claimed/} inside the inbox so that a crash loses none.
 *
 * <p>After a crash, a claim whose answer stands in the outbox was answered and goes to {@code done}; any other goes back
 * to the inbox. Whether its call had reached a model is not known then, so a model may be asked twice, but an answer
 * that was given is not given again. One gateway serves an inbox: a lock in the directory keeps a second one out, which
 * would take the first one's work for leftovers.
 */
final class Claims implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    private final InboxSettings settings;
    private final Set<String> working;
    private final Path folder;
    private final Map<String, Move> stuck = new ConcurrentHashMap<>();
    private FileChannel lock;

    /** A claim that is over and could not be moved: where it goes, and the error to write first; null for none. */
    private record Move(boolean failed, byte[] error) {}

    /**
     * @param working the names of files that this process is at work on; what it claims is no leftover
     */
    Claims(InboxSettings settings, Set<String> working) {
        this.settings = settings;
        this.working = working;
        this.folder = settings.inbox().resolve(".claimed");
    }

    /** The directory that claimed files are in. */
    Path folder() {
        return folder;
    }

    /**
     * Makes the directories, locks the inbox and puts leftover claims where they belong. Does nothing when open.
     *
     * @throws IOException naming the directory that cannot be used
     */
    synchronized void open() throws IOException {
        if (lock != null) {
            return;
        }
        for (Path directory : new Path[] {folder, settings.outbox(), settings.done(), settings.failed()}) {
            Files.createDirectories(directory);
        }
        lock = FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean opened = false;
        try {
            lockInbox();
            recover();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private void lockInbox() throws IOException {
        try {
            if (lock.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("the other gateway is in this very process");
        }
        throw new IOException("llm.files.inbox is " + settings.inbox()
                + ", which another gateway serves already; give each gateway an inbox of its own");
    }

    private void recover() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, path -> !isHidden(path))) {
            for (Path claim : leftovers) {
                String name = claim.getFileName().toString();
                if (working.contains(name)) {
                    continue;
                }
                if (Files.exists(settings.outbox().resolve(name))) {
                    LOG.info("{} had been answered when the gateway stopped; it goes to {}", name, settings.done());
                    toDone(name);
                } else {
                    Path back = free(name);
                    LOG.warn("{} was being answered when the gateway stopped; it is asked again as {}", name, back);
                    Files.move(claim, back);
                }
            }
        }
    }

    /**
     * Claims a file of the inbox, after what an earlier request of its name was told has been removed.
     *
     * @return where the file is now
     */
    Path take(Path file) throws IOException {
        String name = file.getFileName().toString();
        for (Path old : new Path[] {settings.outbox().resolve(name), errorOf(name)}) {
            if (!Files.isDirectory(old) && Files.deleteIfExists(old)) {
                LOG.info("{} is removed: a request of that name was dropped again", old);
            }
        }
        return Files.move(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The claimed request has been answered. */
    void toDone(String name) throws IOException {
        Files.move(folder.resolve(name), settings.done().resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The claimed request has failed, and its error is written. */
    void toFailed(String name) throws IOException {
        Files.move(folder.resolve(name), settings.failed().resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The claimed request has failed; writes its error as well. */
    void toFailed(String name, byte[] error) throws IOException {
        Files.write(errorOf(name), error);
        toFailed(name);
    }

    /**
     * Remembers a claim that is over and could not be moved. Until {@link #retry} has moved it no request of its name is taken;
     * a start after a crash takes it for one that was cut off, unless its answer stands in the outbox.
     *
     * @param failed whether it goes to {@code failed}
     * @param error to be written first; null when it is written, or there is none
     */
    void keep(String name, boolean failed, byte[] error) {
        stuck.put(name, new Move(failed, error));
    }

    /** Whether a claim of that name is yet to be moved. */
    boolean isStuck(String name) {
        return stuck.containsKey(name);
    }

    /** Whether there is a request of that name, to be taken or taken. */
    boolean isKnown(String name) {
        return working.contains(name)
                || isStuck(name)
                || Files.exists(settings.inbox().resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Moves what could not be moved before. */
    void retry(Troubles troubles) {
        for (Map.Entry<String, Move> entry : stuck.entrySet()) {
            String name = entry.getKey();
            Move move = entry.getValue();
            try {
                if (move.error() != null) {
                    toFailed(name, move.error());
                } else if (move.failed()) {
                    toFailed(name);
                } else {
                    toDone(name);
                }
                stuck.remove(name);
            } catch (NoSuchFileException e) {
                stuck.remove(name); // somebody else has moved it
            } catch (IOException e) {
                troubles.is("moves", "Requests that are over cannot be moved out of the inbox: " + Troubles.reason(e));
                return;
            }
        }
        troubles.over("moves", "Requests that are over can be moved");
    }

    private Path errorOf(String name) {
        return settings.failed().resolve(name.substring(0, withoutExtension(name)) + ".error.json");
    }

    private Path free(String name) {
        Path path = settings.inbox().resolve(name);
        int end = withoutExtension(name);
        for (int i = 1; Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
            path = settings.inbox().resolve(name.substring(0, end) + "." + i + name.substring(end));
        }
        return path;
    }

    private static int withoutExtension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name.length() : dot;
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    @Override
    public synchronized void close() throws IOException {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }
}
