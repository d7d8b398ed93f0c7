package io.github.camelllm.step;

import io.github.camelllm.call.Ticker;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * What keeps going wrong: told in one line when it begins, in one a minute while it lasts, in one when it is over. Thread-safe,
 * and cheap where all is well.
 */
public final class Troubles {

    /** How often is told what lasts. */
    public static final Duration AGAIN = Duration.ofMinutes(1);

    /** So many are told of one by one; of more it is only said that there are more. */
    private static final int MOST = 100;

    private static final String MORE = "";
    private static final int LONGEST = 120;

    private final Logger log;
    private final Level level;
    private final LongSupplier nanos;
    private final Map<String, Trouble> lasting = new ConcurrentHashMap<>();

    private static final class Trouble {
        private long since;
        private long last;
        private long told;
        private long keptBack;
        private boolean announced;
    }

    /** Tells of troubles as warnings. */
    public Troubles(Logger log, Ticker ticker) {
        this(log, Level.WARN, ticker::nanos);
    }

    /**
     * Tells of troubles at a level.
     *
     * @param nanos the clock by which {@link #AGAIN} is measured, such as {@code System::nanoTime}
     */
    public Troubles(Logger log, Level level, LongSupplier nanos) {
        this.log = log;
        this.level = level;
        this.nanos = nanos;
    }

    /** The same as {@link #is(String, Supplier, Throwable)}, of what was foreseen. */
    public void is(String key, String what) {
        is(key, () -> what, null);
    }

    /**
     * It has gone wrong, perhaps again. What was over and comes back within the minute is not told anew before that has passed.
     *
     * @param key what is in trouble
     * @param what what is wrong, in one line; asked for only if it is told
     * @param unforeseen what is logged with its stack trace each time that it is told; null for none
     */
    public void is(String key, Supplier<String> what, Throwable unforeseen) {
        boolean known = lasting.containsKey(key) || lasting.size() < MOST;
        long now = nanos.getAsLong();
        lasting.compute(known ? key : MORE, (name, before) -> {
            if (before == null || now - before.last >= AGAIN.toNanos()) {
                Trouble begun = new Trouble();
                begun.since = now;
                tell(
                        begun,
                        now,
                        known ? what.get() : "More is in trouble than can be told of, the last: " + what.get(),
                        unforeseen);
                return begun;
            }
            before.last = now;
            if (now - before.told < AGAIN.toNanos()) {
                before.keptBack++;
                return before;
            }
            String times = before.keptBack == 0 ? "" : ", " + before.keptBack + " times since this was last said";
            long seconds = Duration.ofNanos(now - before.since).toSeconds();
            tell(before, now, what.get() + " (for " + seconds + " s now" + times + ")", unforeseen);
            return before;
        });
    }

    private void tell(Trouble trouble, long now, String line, Throwable unforeseen) {
        trouble.last = now;
        trouble.told = now;
        trouble.keptBack = 0;
        trouble.announced = true;
        if (unforeseen == null) {
            log.atLevel(level).log(line);
        } else {
            log.atLevel(level).setCause(unforeseen).log(line);
        }
    }

    /** The same as {@link #over(String, Supplier)}. */
    public void over(String key, String what) {
        over(key, () -> what);
    }

    /**
     * It has gone well: is told once, and only if it was told that it had gone wrong.
     *
     * @param what what is well "again"; asked for only if it is told
     */
    public void over(String key, Supplier<String> what) {
        if (lasting.isEmpty() || !lasting.containsKey(key)) {
            return;
        }
        long now = nanos.getAsLong();
        lasting.computeIfPresent(key, (name, before) -> {
            if (before.announced) {
                log.info("{} again", what.get());
                before.announced = false;
            }
            return now - before.told < AGAIN.toNanos() ? before : null;
        });
    }

    /** Forgets, in silence, whatever is of no interest any more. */
    public void forget(Predicate<String> gone) {
        lasting.keySet().removeIf(gone);
    }

    /** Why something could not be used, in one line and without a class: of files the system's reason. */
    public static String reason(Throwable failure) {
        Throwable found = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            found = t instanceof java.io.IOException ? t : found;
        }
        if (found instanceof FileSystemException file) {
            String what = file instanceof AccessDeniedException
                    ? "permission denied"
                    : file instanceof NoSuchFileException
                            ? "there is no such file"
                            : file instanceof NotDirectoryException
                                    ? "it is no directory"
                                    : file.getReason() == null
                                            ? words(file.getClass().getSimpleName())
                                            : file.getReason().toLowerCase(Locale.ROOT);
            return shown(file.getFile()) + ": " + what;
        }
        return shown(found instanceof java.io.IOException ? text(found) : withRoot(failure));
    }

    /** Whether it fails for what it works with, such as a disk or a network, and a stack trace would tell nothing. */
    public static boolean isOutage(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof java.io.IOException) {
                return true;
            }
        }
        return false;
    }

    private static String withRoot(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String first = text(failure);
        String last = text(root);
        return first.contains(last) ? first : first + ": " + last;
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String words(String name) {
        return name.replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** A name as it may stand in a line: what would break it is escaped, and it is cut if it is long. */
    public static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        String.valueOf(name).codePoints().forEach(c -> {
            if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        int length = shown.length();
        return length <= 2 * LONGEST
                ? shown.toString()
                : shown.substring(0, LONGEST) + "..." + shown.substring(length - LONGEST);
    }
}
