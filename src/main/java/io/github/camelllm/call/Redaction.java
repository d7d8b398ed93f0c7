package io.github.camelllm.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often something of a type was found in a call, and what was done with it. Never what it was.
 *
 * @param type what it is, such as {@code EMAIL_ADDRESS}
 * @param direction {@code request} or {@code answer}
 * @param action what was done: {@code pseudonym}, {@code mask}, ..., {@code report} for nothing
 * @param count how often
 */
public record Redaction(String type, String direction, String action, int count) {

    /** Counts the redactions of a call. Thread-safe. */
    static final class Tally {
        private final Map<String, Redaction> counts = new TreeMap<>();

        synchronized void add(String type, String direction, String action, int count) {
            counts.merge(
                    direction + ' ' + type + ' ' + action,
                    new Redaction(type, direction, action, count),
                    (a, b) -> new Redaction(type, direction, action, a.count + b.count));
        }

        synchronized List<Redaction> list() {
            return new ArrayList<>(counts.values());
        }
    }
}
