package io.github.camelllm.call;

import java.util.ArrayList;
import java.util.Collection;
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

    private final Map<String, Model> models = new ConcurrentHashMap<>();
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
        checked("model", model.name());
        Model other = models.putIfAbsent(model.name(), model);
        if (other != null) {
            throw new IllegalArgumentException("model '" + model.name() + "' stands in the routes twice");
        }
    }

    /** Takes a model out. */
    public void remove(Model model) {
        models.remove(model.name(), model);
    }

    /** The model of that name. */
    public Optional<Model> find(String name) {
        return name == null ? Optional.empty() : Optional.ofNullable(models.get(name));
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
        return sorted(models.values());
    }

    /** The names that answer a call of that kind, models and aliases, sorted. */
    public List<String> askable(Operation operation) {
        List<String> names = new ArrayList<>();
        for (Model model : models.values()) {
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

    private static List<Model> sorted(Collection<Model> models) {
        return models.stream().sorted(Comparator.comparing(Model::name)).toList();
    }

    private static String checked(String what, String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " name '" + name
                    + "' is not valid: 1 to 128 letters, digits and . _ : / @ -, beginning with a letter or digit");
        }
        return name;
    }
}
