package io.github.camelllm.inspect;

import java.util.List;
import java.util.Map;

/** The rules as they are used: phrases as an automaton, hosts as a set. Immutable; made once for each state of the file. */
record Compiled(
        InspectRules rules, Phrases phrases, KnownHosts hosts, List<Map.Entry<String, InspectRules.Category>> list) {

    static Compiled of(InspectRules rules) {
        return new Compiled(rules, rules.phrases(), KnownHosts.of(rules.links().hosts()), rules.list());
    }

    /** Whether any phrase is looked for. */
    boolean looksAtWords() {
        return !phrases.isEmpty();
    }

    /** What is done about a category. */
    Action action(int category) {
        return list.get(category).getValue().action();
    }

    /** The finding of a category. */
    String finding(int category) {
        return InspectRules.unsafe(list.get(category).getKey());
    }

    /** Whether any category changes an answer or ends it. */
    boolean acts() {
        return list.stream().anyMatch(entry -> entry.getValue().action().acts());
    }
}
