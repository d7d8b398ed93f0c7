package io.github.camelllm.ledger;

import io.github.camelllm.config.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The settings of a {@link Ledger}, and of a report about it.
 *
 * @param url where it is, complete with what the gateway adds; see {@link #completed}
 * @param user the user at the database; never null
 * @param password the user's password; never null
 * @param keepDays how many days calls are kept; 0 for ever
 * @param logs the directory of the call log
 * @param queueSize how many calls may wait while the database does not take them
 * @param drainTimeout how long a stop waits for the database
 */
record LedgerSettings(
        String url, String user, String password, int keepDays, Path logs, int queueSize, Duration drainTimeout) {

    /** What an address may be, in words. */
    static final String ALLOWED =
            "blank, or begin with jdbc:h2:file:, jdbc:h2:mem: or jdbc:postgresql: and hold no password";

    private static final Pattern URL = Pattern.compile("jdbc:(h2:(file|mem)|postgresql):.+");
    private static final Pattern PASSWORD = Pattern.compile("(?i)[;?&]password=|//[^/?]*:[^/?]*@");
    private static final Path DEFAULT = Path.of("data", "ledger");
    private static final String FILE = "jdbc:h2:file:";

    LedgerSettings {
        if (!allowed(url)) {
            throw new IllegalArgumentException("ledger.url is not allowed as it is; it must be " + ALLOWED);
        }
        url = completed(url.strip());
        user = user.isBlank() && url.startsWith("jdbc:h2:") ? "sa" : user;
        check("ledger.keep", keepDays, 0, 100_000);
        check("ledger.queueSize", queueSize, 1, 1_000_000);
        if (drainTimeout.isNegative() || drainTimeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("ledger.drainTimeout is " + drainTimeout + "; allowed is 0s to 10m");
        }
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; allowed is " + min + " to " + max);
        }
    }

    /** Whether that can be the address of a ledger; a password has no place in it, for addresses are shown. */
    static boolean allowed(String url) {
        String bare = url.strip();
        return bare.isEmpty()
                || (URL.matcher(bare).matches() && !PASSWORD.matcher(bare).find());
    }

    boolean h2() {
        return url.startsWith("jdbc:h2:");
    }

    /** The H2 file without its endings; null when it is none, or one that H2 itself finds in the home directory. */
    Path file() {
        String path = shownUrl().substring(Math.min(FILE.length(), shownUrl().length()));
        return url.startsWith(FILE) && !path.startsWith("~") ? Path.of(path) : null;
    }

    /** What it takes to have that database. */
    List<Part> parts() {
        return h2()
                ? List.of(Part.H2, Part.MIGRATION)
                : List.of(Part.POSTGRESQL, Part.MIGRATION, Part.MIGRATION_POSTGRESQL);
    }

    /** Whether it is gone with the process. */
    boolean inMemory() {
        return url.startsWith("jdbc:h2:mem:");
    }

    /** The address as it was given, without what the gateway adds: for messages. */
    String shownUrl() {
        return h2() ? url.replaceFirst(";.*", "") : url.replaceFirst("\\?.*", "");
    }

    /**
     * Adds what the ledger relies on, unless the address says otherwise: H2 understands PostgreSQL's SQL and lets a second
     * process in, PostgreSQL is not waited for without end.
     */
    private static String completed(String given) {
        if (given.isEmpty()) {
            return completed(FILE + DEFAULT);
        }
        StringBuilder url = new StringBuilder(given);
        if (given.startsWith("jdbc:h2:")) {
            if (given.startsWith(FILE)) {
                url.setLength(0);
                url.append(FILE).append(absolute(given.substring(FILE.length())));
                add(url, ";", "AUTO_SERVER=TRUE");
            }
            add(url, ";", "MODE=PostgreSQL");
            add(url, ";", "CACHE_SIZE=8192");
            add(url, ";", "TRACE_LEVEL_FILE=0");
            add(url, ";", "WRITE_DELAY=0"); // what is committed outlives a kill of the process that has the file open
        } else {
            add(url, "&", "connectTimeout=5");
            add(url, "&", "socketTimeout=30");
            add(url, "&", "ApplicationName=camel-llm-gateway");
        }
        return url.toString();
    }

    /** H2 refuses paths that are relative without saying so. */
    private static String absolute(String pathAndOptions) {
        int options = pathAndOptions.indexOf(';');
        String path = options < 0 ? pathAndOptions : pathAndOptions.substring(0, options);
        String rest = options < 0 ? "" : pathAndOptions.substring(options);
        return (path.startsWith("~") ? path : Path.of(path).toAbsolutePath().normalize()) + rest;
    }

    private static void add(StringBuilder url, String separator, String option) {
        String name = option.substring(0, option.indexOf('=') + 1).toLowerCase(Locale.ROOT);
        String before = url.toString().toLowerCase(Locale.ROOT);
        if (!before.contains(";" + name) && !before.contains("?" + name) && !before.contains("&" + name)) {
            url.append(separator.equals("&") && url.indexOf("?") < 0 ? "?" : separator)
                    .append(option);
        }
    }

    /** Leaves out the password. */
    @Override
    public String toString() {
        return "LedgerSettings[" + shownUrl() + "]";
    }
}
