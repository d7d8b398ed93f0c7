package io.github.camelllm.cache;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the cache is set up.
 *
 * @param tiers the names of its tiers, in the order in which they are asked; empty when nothing is cached
 * @param maxBytes of memory for all answers together
 * @param file the rules
 */
record CacheSettings(List<String> tiers, long maxBytes, Path file) {

    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,8}) ?([KMG])B");
    private static final Map<String, Long> UNITS = Map.of("K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

    /**
     * The tiers that a setting names; none for {@code off}.
     *
     * @throws IllegalArgumentException saying what is allowed
     */
    static List<String> tiers(String text) {
        List<String> names = Stream.of(text.split(",", -1)).map(String::strip).toList();
        if (names.equals(List.of("off"))) {
            return List.of();
        }
        boolean wrong =
                names.contains("off") || names.contains("") || Set.copyOf(names).size() < names.size();
        if (wrong) {
            throw new IllegalArgumentException("cache.tiers is '" + text
                    + "'; off alone, or names separated by commas, each once, such as exact,normalised, are allowed");
        }
        return names;
    }

    /** @throws IllegalArgumentException saying what is allowed */
    static int background(int most) {
        if (most < 1 || most > 1000) {
            throw new IllegalArgumentException("cache.maxBackground is " + most + "; 1 to 1000 is allowed");
        }
        return most;
    }

    /** @throws IllegalArgumentException saying what is allowed */
    static Duration storeTimeout(Duration timeout) {
        if (timeout == null || timeout.toMillis() < 5 || timeout.toMillis() > 1000) {
            throw new IllegalArgumentException(
                    "cache.storeTimeout (llm.cache.store-timeout) is " + timeout + "; 5ms to 1s is allowed");
        }
        return timeout;
    }

    /** @throws IllegalArgumentException saying what is allowed */
    static long bytes(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new IllegalArgumentException(
                    "cache.maxSize is '" + text + "'; a size such as 500 KB, 64 MB or 2 GB is allowed");
        }
        return Long.parseLong(size.group(1)) * UNITS.get(size.group(2));
    }
}
