package io.github.camelllm.ingress;

import io.github.camelllm.call.Ticker;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;

/**
 * What keeps going wrong: told in one line when it begins, in one a minute while it lasts, in one when it is over. Thread-safe.
 */
final class Troubles {

    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** So many are told of one by one; of more it is only said that there are more. */
    private static final int MOST = 100;

    private static final String MORE = "";
    private static final int LONGEST = 120;

    private final Logger log;
    private final Ticker ticker;
    private final Map<String, Trouble> lasting = new ConcurrentHashMap<>();

    private static final class Trouble {
        private final long since;
        private long told;
        private long times;

        private Trouble(long now) {
            this.since = now;
            this.told = now;
        }
    }

    Troubles(Logger log, Ticker ticker) {
        this.log = log;
        this.ticker = ticker;
    }

    /**
     * It has gone wrong, perhaps again.
     *
     * @param key what is in trouble
     * @param what what is wrong, in one line
     */
    void is(String key, String what) {
        boolean known = lasting.containsKey(key) || lasting.size() < MOST;
        long now = ticker.nanos();
        lasting.compute(known ? key : MORE, (name, before) -> {
            if (before == null) {
                log.warn(known ? what : "More files than can be told of are in trouble, the last: " + what);
                return new Trouble(now);
            }
            before.times++;
            if (now - before.told >= AGAIN.toNanos()) {
                before.told = now;
                log.warn(
                        "{} (for {} s now)",
                        what,
                        Duration.ofNanos(now - before.since).toSeconds());
            }
            return before;
        });
    }

    /** It has gone well. */
    void over(String key, String what) {
        if (!lasting.isEmpty() && lasting.remove(key) != null) {
            log.info("{} again", what);
        }
    }

    /** Forgets, in silence, whatever is of no interest any more. */
    void forget(Predicate<String> gone) {
        lasting.keySet().removeIf(gone);
    }

    /** Why a file could not be used, in one line and without a class. */
    static String reason(Throwable failure) {
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
        return shown(String.valueOf(found.getMessage()));
    }

    private static String words(String name) {
        return name.replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** A name as it may stand in a line: what would break it is escaped, and it is cut if it is long. */
    static String shown(String name) {
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
