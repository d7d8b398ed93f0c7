package io.github.camelllm.inspect;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Hosts that an answer may lead to. Immutable. */
final class KnownHosts {

    private final Set<String> exact = new HashSet<>();
    private final Set<String> above = new HashSet<>();

    private KnownHosts() {}

    /** @param names hosts in their ASCII form; {@code *.example.org} stands for all below {@code example.org}, not for itself */
    static KnownHosts of(Collection<String> names) {
        KnownHosts known = new KnownHosts();
        for (String name : names) {
            String host = name.toLowerCase(Locale.ROOT);
            if (host.startsWith("*.")) {
                known.above.add(host.substring(2));
            } else {
                known.exact.add(host);
            }
        }
        return known;
    }

    /** Whether a host, in its ASCII form, is one of them. */
    boolean has(String host) {
        if (exact.contains(host)) {
            return true;
        }
        for (int dot = host.indexOf('.'); dot >= 0 && !above.isEmpty(); dot = host.indexOf('.', dot + 1)) {
            if (above.contains(host.substring(dot + 1))) {
                return true;
            }
        }
        return false;
    }
}
