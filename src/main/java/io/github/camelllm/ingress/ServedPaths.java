package io.github.camelllm.ingress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.HttpEndpointModel;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;

/**
 * The paths and methods that the HTTP server of a context serves now, read from its routes each time it is asked: those that a
 * user adds or removes count at once. Not for the hot path.
 */
final class ServedPaths {

    private static final List<String> ORDER = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Pattern PARAMETER = Pattern.compile("\\{[^/}]+\\}|\\*");

    private final CamelContext context;

    ServedPaths(CamelContext context) {
        this.context = context;
    }

    /**
     * One path.
     *
     * @param path as the route writes it: {@code /v1/models/{id}}
     * @param below whether all paths below are served as well
     * @param methods in the usual order, HEAD and OPTIONS included
     * @param consumes the media types that a route declares to take, separated by commas; null when none declares any
     * @param description what a route says of itself; empty when none does
     */
    record Served(String path, boolean below, List<String> methods, String consumes, String description) {

        private boolean matches(String asked) {
            if (path.equals(asked) || asked.equals(path + "/")) {
                return true;
            }
            return (below || PARAMETER.matcher(path).find())
                    && pattern(path, below).matcher(asked).matches();
        }

        /** As messages name it: {@code GET|HEAD|OPTIONS /v1/models} would be long, so the methods that a caller chooses from. */
        @Override
        public String toString() {
            return String.join("|", chosen()) + " " + path;
        }

        /** The methods without those that HTTP adds by itself. */
        List<String> chosen() {
            List<String> chosen = new ArrayList<>(methods);
            chosen.removeAll(chosen.contains("GET") ? List.of("HEAD", "OPTIONS") : List.of("OPTIONS"));
            return chosen.isEmpty() ? methods : chosen;
        }
    }

    /** All that is served, sorted by path. */
    List<Served> all() {
        Map<String, Served> all = new TreeMap<>();
        for (Route route : context.getRoutes()) {
            if (route.getConsumer() != null && route.getConsumer().getEndpoint() instanceof PlatformHttpEndpoint http) {
                add(all, http.getHttpMethodRestrict(), http, route.getDescription());
            }
        }
        PlatformHttpComponent component =
                context.getComponent(PlatformHttpConstants.PLATFORM_HTTP_COMPONENT_NAME, PlatformHttpComponent.class);
        for (HttpEndpointModel model : component.getHttpEndpoints()) { // of others than routes
            Consumer consumer = model.getConsumer();
            if (!all.containsKey(model.getUri()) && consumer != null) {
                if (consumer.getEndpoint() instanceof PlatformHttpEndpoint http) {
                    add(all, model.getVerbs(), http, null);
                }
            }
        }
        return List.copyOf(all.values());
    }

    /** What is served at a path, several entries where several patterns match; empty where nothing is. */
    List<Served> at(String path) {
        return all().stream().filter(served -> served.matches(path)).toList();
    }

    /** The methods of a path, those of all its routes together; empty where nothing is served. */
    static List<String> methods(List<Served> at) {
        Set<String> methods = new HashSet<>();
        at.forEach(served -> methods.addAll(served.methods()));
        return sorted(methods);
    }

    private static void add(Map<String, Served> all, String verbs, PlatformHttpEndpoint http, String description) {
        Set<String> methods = new LinkedHashSet<>();
        if (verbs == null || verbs.isBlank()) {
            methods.addAll(ORDER);
        } else {
            for (String verb : verbs.toUpperCase(Locale.ROOT).split(",")) {
                methods.add(verb.strip());
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        String said = description == null ? "" : description.strip();
        Served entry = new Served(http.getPath(), http.isMatchOnUriPrefix(), sorted(methods), http.getConsumes(), said);
        all.merge(entry.path(), entry, ServedPaths::both);
    }

    private static Served both(Served one, Served other) {
        Set<String> methods = new HashSet<>(one.methods());
        methods.addAll(other.methods());
        return new Served(
                one.path(),
                one.below() || other.below(),
                sorted(methods),
                one.consumes() == null || other.consumes() == null ? null : one.consumes() + "," + other.consumes(),
                one.description().isEmpty() ? other.description() : one.description());
    }

    private static List<String> sorted(Set<String> methods) {
        return methods.stream()
                .sorted(Comparator.comparingInt(
                                (String method) -> ORDER.contains(method) ? ORDER.indexOf(method) : ORDER.size())
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static Pattern pattern(String path, boolean below) {
        StringBuilder regex = new StringBuilder();
        for (String segment : path.split("(?=/)")) {
            if (segment.equals("/*")) {
                regex.append("(/.*)?");
            } else {
                String[] literals = PARAMETER.split(segment, -1);
                for (int i = 0; i < literals.length; i++) {
                    regex.append(i == 0 ? "" : "[^/]+").append(Pattern.quote(literals[i]));
                }
            }
        }
        return Pattern.compile(regex + (below ? ".*" : "/?"));
    }
}
