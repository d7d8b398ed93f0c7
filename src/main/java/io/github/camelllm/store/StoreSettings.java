package io.github.camelllm.store;

import io.github.camelllm.config.Part;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;

/**
 * Where limits are counted.
 *
 * @param url {@code redis://} or {@code rediss://}; empty for in memory
 * @param whenDown what happens while Redis does not answer
 * @param instances among how many gateways limits are shared out then
 * @param lease how long a reservation outlives a gateway that has died
 * @param timeout how long Redis may send nothing while it owes an answer
 */
record StoreSettings(String url, WhenDown whenDown, int instances, Duration lease, Duration timeout) {

    private static final int MOST_INSTANCES = 10_000;
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(5);

    /** How long Redis may be silent unless something else is set. */
    static final Duration TIMEOUT = Duration.ofMillis(300);

    /** What happens to calls while the store does not answer. */
    enum WhenDown {
        /** Each gateway counts by itself, up to its share of each limit. */
        LOCAL,
        /** Calls pass, and are counted later. */
        ALLOW,
        /** Calls do not pass. */
        DENY;

        static WhenDown of(String name) {
            for (WhenDown value : values()) {
                if (value.label().equals(name == null ? "" : name.strip())) {
                    return value;
                }
            }
            throw new IllegalArgumentException(
                    "store.whenDown (llm.store.when-down) is '" + name + "'; local, allow or deny is allowed");
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming the property and what is allowed, never the URL: it may hold a password
     */
    StoreSettings {
        url = url == null || url.strip().equals("memory") ? "" : url.strip();
        checkUrl("store.url (llm.store)", url);
        if (instances < 1 || instances > MOST_INSTANCES) {
            throw new IllegalArgumentException("store.instances (llm.store.instances) is " + instances + "; 1 to "
                    + MOST_INSTANCES + " is allowed");
        }
        check("store.lease (llm.store.lease)", lease, SHORTEST_LEASE, LONGEST_LEASE, "1s to 1h");
        check("store.timeout", timeout, SHORTEST_TIMEOUT, LONGEST_TIMEOUT, "100ms to 5s");
    }

    boolean inMemory() {
        return url.isEmpty();
    }

    private static void check(String name, Duration value, Duration least, Duration most, String allowed) {
        if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " is " + value + "; " + allowed + " is allowed");
        }
    }

    /**
     * @throws IllegalArgumentException naming the property; nothing is wrong with an empty one
     * @throws IllegalStateException saying what to add, where the client of Redis is not on the class path
     */
    static void checkUrl(String property, String url) {
        if (url.isEmpty()) {
            return;
        }
        try {
            URI uri = new URI(url);
            boolean known = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
            String path = uri.getPath() == null ? "" : uri.getPath();
            if (known && uri.getHost() != null && uri.getPort() != 0 && path.matches("(/\\d{0,4})?")) {
                Part.REDIS.require();
                return;
            }
        } catch (URISyntaxException e) {
            // what is wrong with it is not told, for its parts may be secret
        }
        throw new IllegalArgumentException(property + " is no address of a store; nothing, memory or"
                + " redis://user:password@host:6379/0 is allowed, with rediss for TLS, and %XX for other than letters and"
                + " digits in user and password");
    }

    @Override
    public String toString() {
        return "StoreSettings[" + (inMemory() ? "memory" : "redis") + ", " + whenDown.label() + ", " + instances + ", "
                + lease + ", " + timeout + "]";
    }
}
