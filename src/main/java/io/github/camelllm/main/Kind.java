package io.github.camelllm.main;

import io.github.camelllm.ingress.Cors;
import io.github.camelllm.ledger.CostReport;
import io.github.camelllm.main.check.BaseUrl;
import io.github.camelllm.step.http.OutboundHttp;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a setting may hold.
 *
 * @param allowed the same in words, as it stands in messages: {@code a whole number from 0 to 65535}
 * @param check whether a value is one
 */
record Kind(String allowed, Check check) {

    /** Tells good values from bad. */
    @FunctionalInterface
    interface Check {
        /** Whether the value, stripped of blanks around it, is allowed. */
        boolean allows(String value);
    }

    private static final String SECRET = "visible ASCII characters without blanks";
    private static final String STORE =
            "nothing, memory, or redis://user:password@host:6379/0, with rediss for TLS and %XX for other than letters and"
                    + " digits in user and password";
    private static final String PROXY =
            "http://host:port, with user:password@ before the host and %XX for other than letters and digits in them; none"
                    + " for none whatever the environment says; or nothing";
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");

    static Kind flag() {
        return new Kind("true or false", value -> value.equals("true") || value.equals("false"));
    }

    static Kind number(long min, long max) {
        return new Kind("a whole number from " + min + " to " + max, value -> {
            if (!value.matches("-?\\d{1,18}")) {
                return false;
            }
            long number = Long.parseLong(value);
            return min <= number && number <= max;
        });
    }

    static Kind duration(Duration min, Duration max) {
        return new Kind("a duration from " + show(min) + " to " + show(max) + " such as 500ms, 30s or 1m30s", value -> {
            Duration duration = parseDuration(value);
            return duration != null && duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0;
        });
    }

    static Kind host() {
        return new Kind("an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all", value -> {
            try {
                return !value.isEmpty() && InetAddress.getByName(value) != null;
            } catch (UnknownHostException e) {
                return false;
            }
        });
    }

    /** The origins of web pages. */
    static Kind origins() {
        return new Kind(Cors.ALLOWED_ORIGINS, Cors::areOrigins);
    }

    static Kind size() {
        return new Kind("a size such as 500 KB, 100 MB or 2 GB", value -> value.matches("[1-9]\\d{0,8} ?[KMG]B"));
    }

    /** The tiers of a cache; beans may add others to those built in, so that only their form can be checked. */
    static Kind tiers() {
        return new Kind(
                "off alone, or names separated by commas, each once, such as exact,normalised",
                value -> value.matches("[a-z][a-z0-9-]*( ?, ?[a-z][a-z0-9-]*)*")
                        && (value.equals("off") || areTiers(List.of(value.split(" ?, ?")))));
    }

    private static boolean areTiers(List<String> names) {
        return !names.contains("off") && Set.copyOf(names).size() == names.size();
    }

    static Kind oneOf(String... values) {
        return new Kind(
                "one of " + String.join(", ", values), value -> List.of(values).contains(value));
    }

    static Kind path() {
        return new Kind("a path", value -> !value.isEmpty() && isPath(value));
    }

    /** A file that must be there, or nothing. */
    static Kind fileOrNothing() {
        return new Kind(
                "a file that can be read; or nothing",
                value -> value.isEmpty()
                        || value.equals("none")
                        || isPath(value) && Files.isReadable(Path.of(value)) && !Files.isDirectory(Path.of(value)));
    }

    /** The address of a proxy, or nothing; it may hold a password. */
    static Kind proxy() {
        return new Kind(PROXY, OutboundHttp::isProxy);
    }

    /** A list as in {@code NO_PROXY}. */
    static Kind noProxy() {
        return new Kind(
                "hosts, addresses and blocks of them such as 10.0.0.0/8, each with a port or without, and commas between;"
                        + " or nothing",
                OutboundHttp::isNoProxy);
    }

    /** A name that stands in URIs, such as that of a queue. */
    static Kind name() {
        return new Kind(
                "1 to 128 letters, digits and . _ : / -, beginning with a letter or digit",
                value -> NAME.matcher(value).matches());
    }

    /** The same, or nothing. */
    static Kind nameOrNothing() {
        return new Kind(
                name().allowed + "; or nothing",
                value -> value.isEmpty() || name().check.allows(value));
    }

    /**
     * The address of an HTTP API; a slash at its end does no harm.
     *
     * @param path what is added to it
     */
    static Kind httpUrl(String example, String path) {
        return new Kind(
                "a URL such as " + example + ", without user, query and fragment, to which " + path + " is added",
                value -> BaseUrl.wrong(value, path).isEmpty());
    }

    /** A credential, or nothing; {@link #secret} keeps it out of messages. */
    static Kind credential() {
        return new Kind(SECRET, value -> value.chars().allMatch(c -> c > 0x20 && c < 0x7f));
    }

    /** Where limits are counted; the address may hold a password. */
    static Kind store() {
        return new Kind(
                STORE,
                value -> value.isEmpty() || value.equals("memory") || value.matches("rediss?://[^/\\s]+(/\\d{0,4})?"));
    }

    /** Whether values of this kind must not be shown. */
    boolean secret() {
        return allowed.equals(SECRET)
                || allowed.equals(STORE)
                || allowed.equals(PROXY)
                || allowed.equals(CostReport.ALLOWED_URL);
    }

    /** A ledger's address, or nothing; somebody may have put a password into a bad one. */
    static Kind ledgerUrl() {
        return new Kind(CostReport.ALLOWED_URL, CostReport::allowedUrl);
    }

    /** A time zone of the tz database. */
    static Kind zone() {
        return new Kind("a time zone such as UTC or Europe/Berlin", CostReport::allowedZone);
    }

    /** A Camel endpoint, or nothing. */
    static Kind endpoint() {
        return new Kind(
                "a Camel endpoint such as https://api.openai.com/v1/moderations or direct:name; or nothing",
                value -> value.isEmpty() || value.matches("[a-z][a-z0-9+.-]*:\\S+"));
    }

    /** A broker's address, or nothing. */
    static Kind urlOrNothing() {
        return new Kind(
                "a URL such as tcp://broker:61616; or nothing",
                value -> value.isEmpty() || value.matches("\\(?[a-z][a-z0-9+.-]*:.+"));
    }

    /** The duration that a text such as {@code 1m30s} or {@code 500ms} stands for; null when it stands for none. */
    static Duration parseDuration(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (value.isEmpty() || !matcher.matches()) {
            return null;
        }
        return Duration.ofHours(part(matcher, 1))
                .plusMinutes(part(matcher, 2))
                .plusSeconds(part(matcher, 3))
                .plusMillis(part(matcher, 4));
    }

    private static long part(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }

    private static String show(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.isZero() ? "0s" : duration.toMillis() + "ms";
        }
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static boolean isPath(String value) {
        try {
            return !Path.of(value).toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
