package io.github.camelllm.privacy;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The placeholders of one call and the values they stand for. Lives with the call and is never shown: not as text, not in a
 * log, cache or record.
 */
final class Pseudonyms {

    private static final int CODE = 8;

    private final Set<String> taken;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final NavigableSet<String> sorted = new TreeSet<>();
    private final boolean[] initials = new boolean[128];
    private int longest;

    /** @param taken what looks like a placeholder in the request itself, in capitals: never given to a value */
    Pseudonyms(Set<String> taken) {
        this.taken = taken;
    }

    /** The numbered name of a value, without brackets: by the order in which values of its label first came. */
    String numbered(String label, String value) {
        String name = names.get(value);
        while (name == null) {
            String next = label + "_" + numbers.merge(label, 1, Integer::sum);
            name = taken.contains(next) ? null : add(next, value);
        }
        return name;
    }

    /**
     * The name of a value by its code.
     *
     * @param code a hash of the value in hexadecimal, of which so much is taken as tells it from others
     */
    String coded(String label, String code, String value) {
        String name = names.get(value);
        for (int length = CODE; name == null && length <= code.length(); length += 2) {
            String next = label + "_" + code.substring(0, length);
            String key = next.toUpperCase(Locale.ROOT);
            name = taken.contains(key) || values.containsKey(key) ? null : add(next, value);
        }
        return name == null ? numbered(label, value) : name;
    }

    private String add(String name, String value) {
        String key = name.toUpperCase(Locale.ROOT);
        names.put(value, name);
        values.put(key, value);
        sorted.add(key);
        initials[key.charAt(0)] = true;
        longest = Math.max(longest, name.length());
        return name;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The length of the longest name. */
    int longest() {
        return longest;
    }

    /** The value that a name in capitals stands for; null for none. */
    String value(String name) {
        return values.get(name);
    }

    /** Whether a name begins with that letter, in whatever case. */
    boolean isInitial(char letter) {
        return letter < initials.length && initials[letter & ~0x20];
    }

    /** Whether a text in capitals is the beginning of a name, or a name. */
    boolean isBeginning(String text) {
        String next = sorted.ceiling(text);
        return next != null && next.startsWith(text);
    }

    /** Never what it holds. */
    @Override
    public String toString() {
        return "Pseudonyms[" + values.size() + "]";
    }
}
