package io.github.camelllm.observe;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps a label that callers choose bounded: the first so many names are shown, all further ones are one. Thread-safe. */
final class Names {

    private final int most;
    private final String other;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    Names(int most, String other) {
        this.most = most;
        this.other = other;
    }

    /** The name, or the one that stands for all too many; null and blank are too many as well. */
    String of(String name) {
        if (name == null || name.isBlank()) {
            return other;
        }
        if (known.contains(name)) {
            return name;
        }
        synchronized (known) {
            return known.contains(name) || known.size() < most && known.add(name) ? name : other;
        }
    }
}
