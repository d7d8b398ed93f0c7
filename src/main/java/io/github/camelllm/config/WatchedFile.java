package io.github.camelllm.config;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Troubles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a file of {@code config/} says, read anew when the file changes. What is wrong with it at first stops the start; what
 * is wrong later is told as an alarm, and what it said before stays in force. So does it when the file is taken away.
 *
 * <p>{@link #get} looks at the file's time and size every few seconds at most, and leaves the reading to another thread: a
 * caller never waits for it. Thread-safe.
 *
 * @param <T> what the file says, immutable
 */
public final class WatchedFile<T> {

    /** How seldom the file is looked at. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

    private final Path file;
    private final Function<Path, Read<T>> reader;
    private final Ticker ticker;
    private final Executor executor;
    private final Troubles troubles;
    private final long interval;
    private final AtomicLong nextLook;
    private final AtomicBoolean reading = new AtomicBoolean();
    private static final Set<WatchedFile<?>> OPEN = Collections.newSetFromMap(new WeakHashMap<>());
    private static final Map<Path, Integer> HELD = new HashMap<>();

    private volatile T value;
    private volatile boolean held;
    private Stamp seen;

    /**
     * What a reader made of a file.
     *
     * @param value what it says; of use only where there is no problem
     * @param problems what is wrong with it; empty when it may be used
     */
    public record Read<T>(T value, List<ConfigProblem> problems) {
        public Read {
            problems = List.copyOf(problems);
        }
    }

    /** Tells one state of a file from another; null attributes stand for no file. */
    private record Stamp(long modified, long size, Object key) {

        static Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return new Stamp(-1, -1, null);
            }
        }
    }

    private WatchedFile(
            Path file, Function<Path, Read<T>> reader, Ticker ticker, Executor executor, Duration interval) {
        this.interval = interval.toNanos();
        this.file = file;
        this.reader = reader;
        this.ticker = ticker;
        this.executor = executor;
        this.troubles = new Troubles(LOG, Level.ERROR, ticker::nanos);
        this.nextLook = new AtomicLong(ticker.nanos() + this.interval);
    }

    /**
     * Reads a file for the first time. Whether it must exist is the reader's affair.
     *
     * @param reader reads the file, may be called by any thread, and reports problems rather than throwing
     * @param ticker the clocks by which {@link #INTERVAL} is measured
     * @throws IllegalArgumentException listing everything that is wrong in the file
     */
    public static <T> WatchedFile<T> open(Path file, Function<Path, Read<T>> reader, Ticker ticker) {
        return open(file, reader, ticker, WatchedFile::runApart);
    }

    /**
     * The same for a file whose changes must not be late: it is looked at more often, and whoever finds it changed reads it before he
     * goes on.
     *
     * @param interval how seldom the file is looked at
     */
    public static <T> WatchedFile<T> openPrompt(
            Path file, Function<Path, Read<T>> reader, Ticker ticker, Duration interval) {
        return open(file, reader, ticker, Runnable::run, interval);
    }

    /** The same, with the executor that later readings run in. */
    static <T> WatchedFile<T> open(Path file, Function<Path, Read<T>> reader, Ticker ticker, Executor executor) {
        return open(file, reader, ticker, executor, INTERVAL);
    }

    private static <T> WatchedFile<T> open(
            Path file, Function<Path, Read<T>> reader, Ticker ticker, Executor executor, Duration interval) {
        WatchedFile<T> watched = new WatchedFile<>(file, reader, ticker, executor, interval);
        Stamp before = Stamp.of(file);
        Read<T> read = reader.apply(file);
        if (!read.problems().isEmpty()) {
            throw new IllegalArgumentException(listed(read.problems(), "\n"));
        }
        watched.value = read.value();
        watched.seen = before;
        synchronized (OPEN) {
            OPEN.add(watched);
            watched.held = HELD.containsKey(watched.absolute());
        }
        return watched;
    }

    private Path absolute() {
        return file.toAbsolutePath().normalize();
    }

    /**
     * Files that are looked at by somebody else, who knows when all of them are in order together. Until it is closed they are read
     * anew when {@link #read} is called, and only then.
     */
    public static final class Hold implements AutoCloseable {
        private final Set<Path> files = new HashSet<>();

        /** Adds files; those it has already stay. */
        public void add(Collection<Path> more) {
            synchronized (OPEN) {
                for (Path path : more) {
                    Path absolute = path.toAbsolutePath().normalize();
                    if (files.add(absolute)) {
                        HELD.merge(absolute, 1, Integer::sum);
                    }
                }
                mark();
            }
        }

        /** Those of the files that have changed and that somebody has open. */
        public List<Path> changed() {
            return changed(path -> true).stream()
                    .map(WatchedFile::file)
                    .distinct()
                    .toList();
        }

        /** Reads those of them that have changed, and returns which. */
        public List<Path> read(Predicate<Path> which) {
            List<WatchedFile<?>> changed = changed(which);
            changed.forEach(open -> {
                if (open.reading.compareAndSet(false, true)) {
                    open.readAgain();
                }
            });
            return changed.stream().map(WatchedFile::file).distinct().toList();
        }

        private List<WatchedFile<?>> changed(Predicate<Path> which) {
            List<WatchedFile<?>> open;
            synchronized (OPEN) {
                open = OPEN.stream()
                        .filter(one -> files.contains(one.absolute()) && which.test(one.absolute()))
                        .toList();
            }
            return open.stream().filter(WatchedFile::changed).toList();
        }

        @Override
        public void close() {
            synchronized (OPEN) {
                files.forEach(path -> HELD.computeIfPresent(path, (held, count) -> count == 1 ? null : count - 1));
                files.clear();
                mark();
            }
        }

        private static void mark() {
            OPEN.forEach(open -> open.held = HELD.containsKey(open.absolute()));
        }
    }

    /** The file that is watched. */
    public Path file() {
        return file;
    }

    /** What the file says, or said when it was last in order. Never waits for the disk but for a look at the file's time. */
    public T get() {
        if (held) {
            return value;
        }
        long due = nextLook.get();
        long now = ticker.nanos();
        if (now - due >= 0 && nextLook.compareAndSet(due, now + interval) && changed()) {
            readApart();
        }
        return value;
    }

    private synchronized boolean changed() {
        return !Stamp.of(file).equals(seen);
    }

    private void readApart() {
        if (reading.compareAndSet(false, true)) {
            try {
                executor.execute(this::readAgain);
            } catch (RuntimeException | Error e) {
                reading.set(false);
                notRead(e);
            }
        }
    }

    private void readAgain() {
        try {
            Stamp before = Stamp.of(file);
            boolean gone = Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
            Read<T> read = gone
                    ? new Read<>(
                            null, List.of(new ConfigProblem(file, 0, "is gone; put it back, or restart without it")))
                    : reader.apply(file);
            if (!Stamp.of(file).equals(before)) {
                return; // somebody is still writing it: the next look reads it
            }
            synchronized (this) {
                seen = before;
            }
            troubles.over("read", file + " can be read");
            if (read.problems().isEmpty()) {
                value = read.value();
                LOG.info("{} has changed and is in force", file);
            } else {
                LOG.error(
                        "ALARM: {} has changed and is not in order; what it said before stays in force. {}",
                        file,
                        listed(read.problems(), "; "));
            }
        } catch (RuntimeException e) {
            notRead(e);
        } finally {
            reading.set(false);
        }
    }

    private void notRead(Throwable e) {
        boolean outage = e instanceof UncheckedIOException;
        troubles.is(
                "read",
                () -> "ALARM: " + file + " could not be read anew; what it said before stays in force"
                        + (outage ? ". " + Troubles.reason(e) : ""),
                outage ? null : e);
    }

    private static String listed(List<ConfigProblem> problems, String separator) {
        return problems.stream().map(ConfigProblem::toString).collect(Collectors.joining(separator));
    }

    private static void runApart(Runnable work) {
        Thread thread = new Thread(work, "llm-config");
        thread.setDaemon(true);
        thread.start();
    }
}
