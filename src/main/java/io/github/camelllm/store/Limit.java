package io.github.camelllm.store;

import java.util.List;
import java.util.Objects;

/**
 * So much in a window, and no more.
 *
 * @param key whose limit of what it is: calls with the same key draw on the same counter, whatever the limit's size; 1 to
 *     512 characters, any of them
 * @param max the most that may be reserved and settled together; 0 or more, at most {@link #MOST}
 * @param window over what time
 * @param alerts the shares of {@code max}, in percent and ascending, of which it is told once a window that settled use has
 *     reached them; only calendar windows are watched
 */
public record Limit(String key, long max, Window window, List<Integer> alerts) {

    /** The largest number that Redis's scripts count exactly. */
    public static final long MOST = 1L << 53;

    public Limit {
        Objects.requireNonNull(window, "window");
        if (key.isEmpty() || key.length() > 512) {
            throw new IllegalArgumentException(
                    "a limit's key has " + key.length() + " characters; 1 to 512 are allowed");
        }
        if (max < 0 || max > MOST) {
            throw new IllegalArgumentException("the limit '" + key + "' is " + max + "; 0 to " + MOST + " are allowed");
        }
        alerts = List.copyOf(alerts);
    }
}
