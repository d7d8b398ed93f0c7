package io.github.camelllm.main.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * An {@code llm:} endpoint as a route file writes it.
 *
 * @param operation what stands behind the colon
 * @param parameters those of the URI and those below {@code parameters}; without those that are known at run time alone
 * @param open the names of these
 */
record LlmUri(String operation, Map<String, String> parameters, java.util.Set<String> open) {

    /** The endpoint that a node stands for; empty when it is none of {@code llm}. */
    static Optional<LlmUri> of(RouteIndex index, Node endpoint, RouteIndex.Route route) {
        boolean bare = Yaml.text(endpoint) != null;
        String written = bare ? Yaml.text(endpoint) : Yaml.text(endpoint, "uri");
        if (written == null || !written.startsWith("llm:") && !written.equals("llm")) {
            return Optional.empty();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        java.util.Set<String> open = new java.util.LinkedHashSet<>();
        int query = written.indexOf('?');
        if (query >= 0) {
            for (String pair : written.substring(query + 1).split("&")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    put(index, route, pair.substring(0, equals), pair.substring(equals + 1), parameters, open);
                }
            }
        }
        if (!bare) {
            for (NodeTuple entry :
                    Yaml.get(endpoint, "parameters").map(Yaml::entries).orElse(java.util.List.of())) {
                String name = Yaml.text(entry.getKeyNode());
                String value = Yaml.text(entry.getValueNode());
                if (name != null && value != null) {
                    put(index, route, name, value, parameters, open);
                }
            }
        }
        String path = query < 0 ? written : written.substring(0, query);
        String operation = path.equals("llm")
                ? parameters.getOrDefault("operation", "")
                : path.substring("llm:".length()).replaceFirst("^//", "");
        return Optional.of(new LlmUri(operation, parameters, open));
    }

    private static void put(
            RouteIndex index,
            RouteIndex.Route route,
            String name,
            String written,
            Map<String, String> parameters,
            java.util.Set<String> open) {
        Optional<String> value = index.resolve(written, route);
        if (value.isEmpty() || value.get().contains("${") || value.get().startsWith("{{?")) {
            open.add(name);
        } else {
            parameters.put(name, value.get().replaceFirst("^RAW[({](.*)[)}]$", "$1"));
        }
    }

    /** The name of the {@code direct:} endpoint that answers; empty when it is known at run time alone. */
    Optional<String> chain() {
        if (open.contains("chain") || !operation.equals("chat") && !operation.equals("embeddings")) {
            return Optional.empty();
        }
        String named = parameters.get("chain");
        return Optional.of(named == null ? "llm-" + operation : named.replaceFirst("^direct:(//)?", ""));
    }
}
