package io.github.camelllm.main.check;

import io.github.camelllm.call.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.camel.Service;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The routes, templates and beans of a directory as they stood at one time, with the properties that they refer to: compared with
 * another edition, it tells what has come, gone or changed. Comments, blanks and the order of items make no difference. Immutable.
 */
public final class Edition {

    private static final java.util.regex.Pattern PLACEHOLDER = java.util.regex.Pattern.compile("\\{\\{\\s*([\\w.-]+)");

    /** Beans that are found by their type, and whose settings can be changed in place. */
    static final Set<String> IN_PLACE = Set.of(Models.class.getName());

    private final RouteIndex index;
    private final UnaryOperator<String> properties;
    private final Map<String, EditionItem> routes = new LinkedHashMap<>();
    private final Map<String, EditionItem> templates = new LinkedHashMap<>();
    private final Map<String, EditionItem> beans = new LinkedHashMap<>();
    private final Map<String, String> others = new LinkedHashMap<>();

    private Edition(RouteIndex index, UnaryOperator<String> properties) {
        this.index = index;
        this.properties = properties;
        index.beans.forEach((name, node) -> {
            Unit unit = index.beanUnits.get(node);
            beans.put(name, EditionItem.read(index, properties, unit, node, name));
        });
        index.templates.forEach((id, template) -> templates.put(
                id,
                EditionItem.read(
                        index, properties, template.unit(), template.unit().item(), null)));
        Map<String, Integer> ordinals = new HashMap<>();
        for (Unit unit : index.units) {
            switch (unit.type()) {
                case "route", "from" ->
                    routes.put(
                            keyOf(unit, "id", ordinals), EditionItem.read(index, properties, unit, unit.item(), null));
                case "templatedRoute" -> {
                    String key = keyOf(unit, "routeId", ordinals);
                    if (isAutomatic(key)) {
                        others.put(key, "the templatedRoute at " + unit.at(unit.item()) + ", which has no routeId");
                    } else {
                        routes.put(key, EditionItem.read(index, properties, unit, unit.item(), null));
                    }
                }
                case "beans", "routeTemplate" -> {
                    // above
                }
                default -> {
                    if (!UnitLoader.FILE_WIDE.contains(unit.type())) {
                        String text = EditionItem.canonical(unit.item(), new StringBuilder())
                                .toString();
                        others.put(unit.type() + " " + text, "the " + unit.type() + " at " + unit.at(unit.item()));
                    }
                }
            }
        }
    }

    /** Reads an edition; what of the files cannot be read is left out. */
    static Edition read(Path directory, Function<Path, String> shown, UnaryOperator<String> properties) {
        List<Diagnostic> ignored = new ArrayList<>();
        List<RouteFile> files = new ArrayList<>();
        for (Path path : RouteFiles.in(directory, shown, ignored)) {
            files.add(RouteFile.read(path, shown.apply(path), ignored));
        }
        return new Edition(new RouteIndex(files, properties), properties);
    }

    /** Whether Camel has given a route its id, as it has none of its own. */
    static boolean isAutomatic(String key) {
        return key.contains("#");
    }

    private String keyOf(Unit unit, String field, Map<String, Integer> ordinals) {
        String id = unit.type().equals("from") ? null : Yaml.text(unit.body(), field);
        String resolved = index.resolve(id, null).orElse(id);
        return resolved != null
                ? resolved
                : unit.file().path() + "#" + ordinals.merge(unit.file().path().toString(), 1, Integer::sum);
    }

    /** How a later edition differs from this one. */
    public Changes to(Edition next) {
        List<String> restart = new ArrayList<>();
        Set<String> fixed = new HashSet<>();
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : union(beans, next.beans)) {
            EditionItem before = beans.get(name);
            EditionItem after = next.beans.get(name);
            if (before == null) {
                added.add(name);
            } else if (after == null
                    || !fingerprint(name, Set.of(), this).equals(next.fingerprint(name, Set.of(), this))) {
                if (isFixed(name)) {
                    fixed.add(name);
                    restart.add(
                            (after == null ? "the bean '" + name + "' is gone" : "the bean '" + name + "' has changed")
                                    + ", and others hold on to it");
                } else {
                    (after == null ? removed : changed).add(name);
                }
            }
        }
        union(others, next.others).stream()
                .filter(key -> others.containsKey(key) != next.others.containsKey(key)
                        || isAutomatic(key) && !Objects.equals(others.get(key), next.others.get(key)))
                .forEach(key -> restart.add(
                        others.containsKey(key) ? others.get(key) + " is gone" : next.others.get(key) + " is new"));
        List<String> changedTemplates =
                differing(templates, next.templates, id -> !templateText(id).equals(next.templateText(id)));
        List<String> newRoutes = new ArrayList<>();
        List<String> changedRoutes = new ArrayList<>();
        List<String> goneRoutes = new ArrayList<>();
        for (String key : union(routes, next.routes)) {
            if (!routes.containsKey(key)) {
                newRoutes.add(key);
            } else if (!next.routes.containsKey(key)) {
                goneRoutes.add(key);
            } else if (!routeText(key, fixed, this).equals(next.routeText(key, fixed, this))) {
                changedRoutes.add(key);
            }
        }
        return new Changes(
                List.copyOf(newRoutes),
                List.copyOf(changedRoutes),
                List.copyOf(goneRoutes),
                List.copyOf(added),
                List.copyOf(changed),
                List.copyOf(removed),
                List.copyOf(changedTemplates),
                List.copyOf(restart));
    }

    private static List<String> differing(Map<String, ?> before, Map<String, ?> after, Predicate<String> differs) {
        return union(before, after).stream()
                .filter(key -> !before.containsKey(key) || !after.containsKey(key) || differs.test(key))
                .toList();
    }

    private static Set<String> union(Map<String, ?> one, Map<String, ?> other) {
        Set<String> all = new LinkedHashSet<>(one.keySet());
        all.addAll(other.keySet());
        return all;
    }

    /** Whether a bean cannot be exchanged, as it has a life of its own or is found by its type. */
    private boolean isFixed(String name) {
        String type = index.typeOf(name, null);
        if (IN_PLACE.contains(type)) {
            return false;
        }
        if (isService(type)) {
            return true;
        }
        return routes.values().stream().noneMatch(item -> refers(item, name))
                && templates.values().stream().noneMatch(item -> refers(item, name))
                && beans.values().stream().noneMatch(item -> refers(item, name));
    }

    private static boolean refers(EditionItem item, String bean) {
        return item.names().contains(bean);
    }

    private static boolean isService(String type) {
        try {
            return Service.class.isAssignableFrom(Class.forName(type, false, Edition.class.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError e) {
            return false; // one that is made by a factory or a script
        }
    }

    private String templateText(String id) {
        EditionItem item = templates.get(id);
        return item == null ? "" : item.text();
    }

    /**
     * All that makes a bean differ, and the beans it refers to.
     *
     * @param seen those that need no further look
     * @param inForce has the beans that stay as they are
     */
    private String fingerprint(String name, Set<String> seen, Edition inForce) {
        EditionItem item = beans.get(name);
        if (item == null || seen.contains(name)) {
            return "";
        }
        Set<String> more = new HashSet<>(seen);
        more.add(name);
        StringBuilder text = new StringBuilder(item.text());
        item.names().stream().filter(beans::containsKey).sorted().forEach(other -> text.append('\u0004')
                .append(fingerprint(other, more, inForce)));
        return text.toString();
    }

    private String routeText(String key, Set<String> fixed, Edition inForce) {
        EditionItem item = routes.get(key);
        StringBuilder text = new StringBuilder(item.text());
        Set<String> names = new LinkedHashSet<>(item.names());
        if (item.unit().type().equals("templatedRoute")) {
            String template = Yaml.text(item.unit().body(), "routeTemplateRef");
            EditionItem made = templates.get(template);
            if (made != null) {
                text.append('\u0005').append(made.text());
                names.addAll(made.names());
            }
        }
        names.stream().filter(beans::containsKey).sorted().forEach(name -> text.append('\u0004')
                .append(name)
                .append(
                        fixed.contains(name)
                                ? inForce.fingerprint(name, Set.of(), inForce)
                                : fingerprint(name, Set.of(), inForce)));
        return text.toString();
    }

    /** The same edition, with what takes a restart as it is in the edition in force. */
    public Edition keeping(Edition inForce) {
        Edition kept = new Edition(index, properties);
        for (String name : union(inForce.beans, beans)) {
            EditionItem before = inForce.beans.get(name);
            EditionItem after = beans.get(name);
            if (before != null && (after == null || !before.text().equals(after.text())) && inForce.isFixed(name)) {
                kept.beans.put(name, before);
            }
        }
        kept.others.clear();
        kept.others.putAll(inForce.others);
        return kept;
    }

    /** The same edition, from which whatever it is compared with differs: what Camel has loaded may have been something else. */
    public Edition unsure() {
        Edition unsure = new Edition(index, properties);
        for (Map<String, EditionItem> items : List.of(unsure.routes, unsure.templates, unsure.beans)) {
            items.replaceAll((key, item) -> items == unsure.beans && isFixed(key)
                    ? item // it would be told for ever, and cannot be exchanged anyway
                    : item.unlike());
        }
        return unsure;
    }

    /** The keys of its routes: their ids, or for those without one a key of this edition's. */
    public Set<String> routes() {
        return Set.copyOf(routes.keySet());
    }

    /** The ids of its templates. */
    public Set<String> templates() {
        return Set.copyOf(templates.keySet());
    }

    Unit unitOf(String route) {
        return routes.get(route).unit();
    }

    Unit unitOfTemplate(String id) {
        return templates.get(id).unit();
    }

    Unit unitOfBean(String name) {
        return beans.get(name).unit();
    }

    Node bean(String name) {
        return beans.get(name).node();
    }

    /** The class of a bean, as it is declared. */
    public String typeOf(String bean) {
        return index.typeOf(bean, null);
    }

    /** A setting of a bean as written, placeholders replaced; an empty text when it has none. */
    public String setting(String bean, String name) {
        Node node = beans.get(bean).node();
        return Yaml.get(node, "properties")
                .map(all -> Yaml.text(all, name))
                .flatMap(text -> index.resolve(text, null))
                .orElse("");
    }

    List<Unit> units() {
        return index.units;
    }

    /** The names of all properties that its files refer to. */
    public Set<String> placeholders() {
        Set<String> names = new HashSet<>();
        index.units.forEach(unit -> Yaml.scalars(unit.item(), (key, scalar) -> PLACEHOLDER
                .matcher(String.valueOf(scalar.getValue()))
                .results()
                .forEach(found -> names.add(found.group(1))))); // those in defaults of others too
        return names;
    }
}
