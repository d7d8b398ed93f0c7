package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Looks at every address that a {@code templatedRoute} gives its template: a parameter whose text begins the URI of an endpoint
 * ({@code uri: "{{baseUrl}}{{path}}"}), whatever its name.
 */
final class BaseUrlCheck {

    private static final Pattern FIRST = Pattern.compile("\\{\\{([\\w.-]+)}}(/.*|\\{\\{.*)");

    private BaseUrlCheck() {}

    static List<Diagnostic> check(RouteIndex index) {
        List<Diagnostic> problems = new ArrayList<>();
        for (RouteIndex.Route route : index.routes) {
            if (route.caller() != null) {
                Set<String> uris = new LinkedHashSet<>();
                Yaml.scalars(route.body(), (key, scalar) -> {
                    if (key.equals("uri") || key.equals("to") || key.equals("toD")) {
                        uris.add(scalar.getValue());
                    }
                });
                uris.forEach(uri -> check(index, route, uri).ifPresent(problems::add));
            }
        }
        return problems;
    }

    private static Optional<Diagnostic> check(RouteIndex index, RouteIndex.Route route, String uri) {
        Matcher matcher = FIRST.matcher(uri);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String parameter = Template.canonical(matcher.group(1));
        Node given = Yaml.get(route.caller().body(), "parameters").map(Yaml::elements).orElse(List.of()).stream()
                .filter(node -> Yaml.text(node, "name") != null
                        && Template.canonical(Yaml.text(node, "name")).equals(parameter))
                .findFirst()
                .orElse(null);
        Optional<String> value = given == null ? Optional.empty() : index.resolve(Yaml.text(given, "value"), route);
        String path = index.resolve(matcher.group(2), route).orElse("/");
        return value.flatMap(
                        url -> url.endsWith("/") && BaseUrl.wrong(url, path).isEmpty()
                                ? Optional.of("ends in a slash, and what is added to it begins with one")
                                : BaseUrl.wrong(url, path))
                .map(wrong -> route.caller()
                        .problem(
                                given,
                                Yaml.text(given, "name") + " '" + shown(value.get()) + "' " + wrong,
                                "Give it as https://host/path, without a slash at its end; " + path
                                        + " is added to it"));
    }

    /** A password that somebody has put there stays there. */
    private static String shown(String url) {
        return url.replaceFirst("//[^/@]*@", "//...@");
    }
}
