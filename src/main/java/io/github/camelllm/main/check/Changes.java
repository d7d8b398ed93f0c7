package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.List;

/**
 * How the routes of one edition differ from those of another, by id and by name, each in the order of the files.
 *
 * @param added routes that come
 * @param changed routes whose text, template, beans or settings are others
 * @param removed routes that go
 * @param beansAdded beans that come
 * @param beansChanged beans that are made anew, or changed in place
 * @param beansRemoved beans that go
 * @param templates the ids of templates that come, go or are others
 * @param restart what differs and takes a restart, each in words
 */
public record Changes(
        List<String> added,
        List<String> changed,
        List<String> removed,
        List<String> beansAdded,
        List<String> beansChanged,
        List<String> beansRemoved,
        List<String> templates,
        List<String> restart) {

    /** None at all. */
    public static final Changes NONE =
            new Changes(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /** Whether nothing differs that can be changed while the gateway runs. */
    public boolean isEmpty() {
        return added.isEmpty()
                && changed.isEmpty()
                && removed.isEmpty()
                && beansAdded.isEmpty()
                && beansChanged.isEmpty()
                && beansRemoved.isEmpty()
                && templates.isEmpty();
    }

    /** One line for each difference, such as {@code + route llm-model-llama3}. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        added.forEach(id -> lines.add("+ route " + id));
        changed.forEach(id -> lines.add("~ route " + id));
        removed.forEach(id -> lines.add("- route " + id));
        beansAdded.forEach(name -> lines.add("+ bean " + name));
        beansChanged.forEach(name -> lines.add("~ bean " + name));
        beansRemoved.forEach(name -> lines.add("- bean " + name));
        templates.forEach(id -> lines.add("~ template " + id));
        restart.forEach(what -> lines.add("! restart " + what));
        return lines;
    }
}
