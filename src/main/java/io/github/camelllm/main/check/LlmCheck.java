package io.github.camelllm.main.check;

import io.github.camelllm.access.Key;
import io.github.camelllm.access.Keys;
import io.github.camelllm.config.Nearest;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Looks up the models and keys that {@code llm:} endpoints name. Their chains are looked up with all {@code direct:} endpoints. */
final class LlmCheck {

    private static final String MODEL_ROUTE = "llm-model-";

    private final RouteIndex index;
    private final String keysFile;
    private final Set<String> models = new TreeSet<>();
    private final Set<Diagnostic> problems = new LinkedHashSet<>();
    private Set<String> keys;

    private LlmCheck(RouteIndex index, String keysFile) {
        this.index = index;
        this.keysFile = keysFile;
        for (RouteIndex.Route route : index.routes) {
            Yaml.get(route.body(), "from")
                    .flatMap(from -> index.direct(from, route))
                    .filter(name -> name.startsWith(MODEL_ROUTE))
                    .ifPresent(name -> models.add(name.substring(MODEL_ROUTE.length())));
        }
        if (!models.isEmpty()) {
            aliases();
        }
    }

    /**
     * Every model and key that there is not.
     *
     * @param keysFile the setting that names the keys file; null where it is not known, and keys are not looked up
     */
    static List<Diagnostic> check(RouteIndex index, String keysFile) {
        LlmCheck check = new LlmCheck(index, keysFile);
        for (Unit unit : index.units) {
            List<RouteIndex.Route> made =
                    index.routes.stream().filter(route -> route.unit() == unit).toList();
            made.forEach(route -> check.walk(unit, unit.body(), route));
            if (made.isEmpty() && !unit.type().equals("routeTemplate")) {
                check.walk(unit, unit.body(), null);
            }
        }
        return List.copyOf(check.problems);
    }

    private void aliases() {
        for (Node bean : index.beanNodes) {
            if (io.github.camelllm.call.Models.class
                    .getName()
                    .equals(index.resolve(Yaml.text(bean, "type"), null).orElse(""))) {
                String listed = Yaml.get(bean, "properties")
                        .map(properties -> Yaml.text(properties, "aliases"))
                        .orElse("");
                for (String alias : index.resolve(listed, null).orElse("").split(",")) {
                    models.add(alias.strip());
                }
            }
        }
        models.remove("");
    }

    private void walk(Unit unit, Node node, RouteIndex.Route route) {
        Optional<LlmUri> llm = LlmUri.of(index, node, route);
        llm.ifPresent(uri -> look(unit, node, uri));
        for (NodeTuple entry : Yaml.entries(node)) {
            String name = String.valueOf(Yaml.text(entry.getKeyNode()));
            boolean prose =
                    name.equals("description") || name.equals("note") || name.equals("message") || name.equals("id");
            if (!prose && !(llm.isPresent() && name.equals("uri"))) {
                walk(unit, entry.getValueNode(), route);
            }
        }
        Yaml.elements(node).forEach(element -> walk(unit, element, route));
    }

    private void look(Unit unit, Node node, LlmUri uri) {
        String model = uri.parameters().get("model");
        if (model != null && !models.isEmpty() && !isKnown(model)) {
            problems.add(unit.problem(
                    node,
                    "llm:" + uri.operation() + " asks for the model '" + model
                            + "', and no route or alias has that name",
                    Nearest.remedy(model, models, "Its name is one of " + String.join(", ", models))));
        }
        String keyId = uri.parameters().get("keyId");
        if (keyId != null && keysFile != null && !keysFile.isBlank() && !keys().contains(keyId)) {
            problems.add(unit.problem(
                    node,
                    "llm:" + uri.operation() + " acts for the key '" + keyId + "', and no key has that id",
                    Nearest.remedy(
                            keyId, keys(), "Name a key of " + Path.of(keysFile).getFileName())));
        }
    }

    /** As clients may name one: with a provider before it, and a version behind it. */
    private boolean isKnown(String model) {
        String bare = model.substring(model.lastIndexOf('/') + 1);
        return models.contains(model) || models.stream().anyMatch(bare::startsWith);
    }

    private Set<String> keys() {
        if (keys == null) {
            keys = new TreeSet<>();
            for (Key key : Keys.read(Path.of(keysFile)).keys().all()) {
                keys.add(key.id());
            }
        }
        return keys;
    }
}
