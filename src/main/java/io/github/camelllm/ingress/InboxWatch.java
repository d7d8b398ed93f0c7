package io.github.camelllm.ingress;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Troubles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after an inbox beside Camel's polls: whether its directories can be used, and files that Camel would pass over in
 * silence. What can never be answered goes to {@code failed} with an error; what is left where it is, as it may be meant, is named once.
 */
final class InboxWatch {

    private static final Logger LOG = LoggerFactory.getLogger(InboxWatch.class);

    /** How often it looks through the inbox. */
    private static final Duration EVERY = Duration.ofSeconds(5);

    /** A file that somebody is writing under such a name has its last one by then. */
    private static final Duration OLD = Duration.ofMinutes(1);

    private static final byte[] PROBE = new byte[8192];

    private final InboxSettings settings;
    private final Claims claims;
    private final Ticker ticker;
    private final Troubles troubles;
    private Set<Path> named = new HashSet<>();
    private long next;
    private volatile boolean suspect;

    InboxWatch(InboxSettings settings, Claims claims, Ticker ticker, Troubles troubles) {
        this.settings = settings;
        this.claims = claims;
        this.ticker = ticker;
        this.troubles = troubles;
        this.next = ticker.nanos();
    }

    /** Something could not be written: nothing more is taken before it has been seen that writing works. */
    void suspect() {
        suspect = true;
    }

    /** Whether files may be taken now: their answers and errors could be written. Looks through the inbox now and then. */
    synchronized boolean isReady() {
        if (!usable()) {
            return false;
        }
        claims.retry(troubles);
        long now = ticker.nanos();
        if (now - next >= 0) {
            next = now + EVERY.toNanos();
            look();
        }
        return true;
    }

    private boolean usable() {
        boolean probe = suspect;
        boolean all = true;
        for (Path folder :
                new Path[] {settings.inbox(), claims.folder(), settings.outbox(), settings.done(), settings.failed()}) {
            String key = folder.toString();
            try {
                if (Files.notExists(folder)) {
                    Files.createDirectories(folder);
                }
                if (!Files.isDirectory(folder)) {
                    throw new NotDirectoryException(key);
                }
                if (!Files.isReadable(folder) || !Files.isWritable(folder)) {
                    throw new AccessDeniedException(key);
                }
                if (probe && folder != settings.inbox()) {
                    probe(folder);
                }
                troubles.over(key, folder + " can be used");
            } catch (IOException e) {
                all = false;
                troubles.is(key, "No request is taken from " + settings.inbox() + ", for " + Troubles.reason(e));
            }
        }
        if (all && probe) {
            suspect = false;
        }
        return all;
    }

    private static void probe(Path folder) throws IOException {
        Path file = folder.resolve(".probe");
        try {
            Files.write(file, PROBE);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void look() {
        Set<Path> seen = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(settings.inbox())) {
            for (Path file : files) {
                look(file, seen);
            }
        } catch (IOException | DirectoryIteratorException e) {
            troubles.is("look", "The inbox cannot be looked through: " + Troubles.reason(e));
            return;
        }
        troubles.over("look", "The inbox can be looked through");
        named.retainAll(seen);
        troubles.forget(key -> key.startsWith("file ") && !claims.isKnown(key.substring("file ".length())));
    }

    private void look(Path file, Set<Path> seen) {
        String name = file.getFileName().toString();
        if (!name.toLowerCase(Locale.ROOT).endsWith(".json") || name.endsWith(".error.json")) {
            return;
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Duration age = Duration.between(attributes.lastModifiedTime().toInstant(), ticker.now())
                    .abs();
            String left = attributes.isDirectory()
                    ? "it is a directory"
                    : name.startsWith(".") && FileNames.isPlain(name)
                            ? "names that begin with a dot are taken for files that are being written"
                            : name.endsWith(".json") ? null : "names must end in .json, in small letters";
            String refusal = FileNames.refusal(file);
            if (left != null) {
                if (age.compareTo(OLD) >= 0) {
                    seen.add(file);
                    if (named.add(file)) {
                        LOG.warn("{} stays in the inbox: {}", Troubles.shown(name), left);
                    }
                }
            } else if (refusal != null && age.compareTo(settings.settle()) >= 0) {
                refuse(file, refusal);
            }
        } catch (IOException e) {
            LOG.debug("{} is gone", file, e);
        }
    }

    private void refuse(Path file, String why) {
        String name = Troubles.shown(file.getFileName().toString());
        try {
            String substitute = FileNames.substitute(file);
            Problem problem = Problem.invalid(null, "The file " + name + " cannot be answered: " + why + ".");
            Files.write(settings.failed().resolve(substitute + ".error.json"), ProblemJson.bytes(problem, null));
            Files.move(file, settings.failed().resolve(substitute + ".json"));
            LOG.warn("{} cannot be answered, as {}; it is in {} as {}.json", name, why, settings.failed(), substitute);
        } catch (IOException e) {
            suspect();
            troubles.is("refuse", name + " cannot be answered, as " + why + ", nor moved: " + Troubles.reason(e));
        }
    }
}
