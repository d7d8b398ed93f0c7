package io.github.camelllm.call;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The models that routes stand for, and the aliases that clients may ask for instead.
 *
 * <p>Model routes enter themselves as they start and leave as they stop. Thread-safe.
 */
public final class Models {

    /** What a model or alias may be called: it stands in URIs, headers and metric labels. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}");

    /** Of each name those that are entered, the last of them in force. */
    private final Map<String, List<Entry>> models = new ConcurrentHashMap<>();

    private record Entry(Model model, Object owner) {}

    private volatile Set<String> aliases = Set.of();

    /**
     * Names that clients may ask for though no model is called so; what each stands for is the routes' affair.
     *
     * @param commaSeparated {@code auto,fast,smart}; blank for none
     * @throws IllegalArgumentException naming the alias that is no valid name
     */
    public void setAliases(String commaSeparated) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : commaSeparated.split(",")) {
            if (!name.isBlank()) {
                names.add(checked("alias", name.strip()));
            }
        }
        aliases = Set.copyOf(names);
    }

    /** The aliases, in no order. */
    public Set<String> aliases() {
        return aliases;
    }

    /**
     * Enters a model.
     *
     * @throws IllegalArgumentException when its name is taken, or is none
     */
    public void add(Model model) {
        add(model, model);
    }

    /**
     * Enters a model in the place of those of the same owner, which stay until they are removed and are back in force if this one
     * is removed before them.
     *
     * @param owner the id of the model's route
     * @throws IllegalArgumentException when another owner has a model of its name, or its name is none
     */
    public void add(Model model, Object owner) {
        checked("model", model.name());
        models.compute(model.name(), (name, entered) -> {
            List<Entry> entries = entered == null ? new ArrayList<>() : new ArrayList<>(entered);
            if (entries.stream().anyMatch(entry -> !entry.owner().equals(owner))) {
                throw new IllegalArgumentException("model '" + name + "' stands in the routes twice");
            }
            entries.add(new Entry(model, owner));
            return entries;
        });
    }

    /** Takes a model out. */
    public void remove(Model model) {
        models.computeIfPresent(model.name(), (name, entered) -> {
            List<Entry> entries = new ArrayList<>(entered);
            entries.removeIf(entry -> entry.model() == model);
            return entries.isEmpty() ? null : entries;
        });
    }

    /** The model of that name. */
    public Optional<Model> find(String name) {
        List<Entry> entries = name == null ? null : models.get(name);
        return entries == null ? Optional.empty() : Optional.of(inForce(entries));
    }

    /**
     * The model that a client or a chain means by a name: the one of that name, or of the name without a provider before it
     * and a version behind it; see {@link ModelName}.
     */
    public Optional<ModelName> resolve(String name) {
        return name == null || !NAME.matcher(name).matches() ? Optional.empty() : ModelName.of(name, this::find);
    }

    /** All models by name, live or not. */
    public List<Model> all() {
        return models.values().stream()
                .map(Models::inForce)
                .sorted(Comparator.comparing(Model::name))
                .toList();
    }

    /** The names that answer a call of that kind, models and aliases, sorted. */
    public List<String> askable(Operation operation) {
        List<String> names = new ArrayList<>();
        for (Model model : all()) {
            if (model.live() && model.operation() == operation) {
                names.add(model.name());
            }
        }
        if (operation == Operation.CHAT) {
            names.addAll(aliases);
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private static Model inForce(List<Entry> entries) {
        return entries.get(entries.size() - 1).model();
    }

    private static String checked(String what, String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " name '" + name
                    + "' is not valid: 1 to 128 letters, digits and . _ : / @ -, beginning with a letter or digit");
        }
        return name;
    }
}
