package io.github.camelllm.main.check;

import io.github.camelllm.provider.ModelStep;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Which routes lead to which: by {@code direct:}, {@code seda:} and {@code llm:} endpoints, in whatever EIP they stand. */
final class Roads {

    private static final Pattern ENDPOINT =
            Pattern.compile("\\b(?:direct|seda):(?://)?((?:\\$\\{[^}]*}|[^?,;\\s\"'&)$])+)");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{[^}]*}");
    private static final Pattern INTERNAL = Pattern.compile("direct|seda");

    /** Schemes of consumers that take nothing in from other machines. */
    private static final Set<String> LOCAL =
            Set.of("direct", "seda", "timer", "scheduler", "quartz", "cron", "file", "stream", "controlbus");

    /** Schemes of those that nobody calls: they begin work of the gateway's own. */
    private static final Set<String> CLOCKS = Set.of("timer", "scheduler", "quartz", "cron");

    /** EIPs that may find out at run time where to send. */
    private static final Set<String> DYNAMIC =
            Set.of("toD", "wireTap", "recipientList", "routingSlip", "dynamicRouter", "enrich", "pollEnrich");

    /** EIPs that send nothing, whatever their texts say. */
    private static final Set<String> SILENT = Set.of(
            "log",
            "setBody",
            "setHeader",
            "setHeaders",
            "setProperty",
            "setVariable",
            "transform",
            "script",
            "throwException");

    private static final Set<String> PROSE = Set.of("description", "note", "message", "id");
    private static final String MODEL = "llm-model-";

    private final RouteIndex index;

    Roads(RouteIndex index) {
        this.index = index;
    }

    /** The URI that a route consumes from, without its options; empty where that is not known. */
    String from(RouteIndex.Route route) {
        Node from = Yaml.get(route.body(), "from").orElse(null);
        if (from == null) {
            return "";
        }
        Optional<String> name = index.direct(from, route);
        String written = Yaml.text(from) != null ? Yaml.text(from) : Yaml.text(from, "uri");
        return name.map(n -> "direct:" + n)
                .orElseGet(() -> index.resolve(written, route).orElse("").replaceFirst("\\?.*", ""));
    }

    private String scheme(RouteIndex.Route route) {
        return from(route).replaceFirst(":.*", "");
    }

    /** Whether a route never runs. */
    boolean isOff(RouteIndex.Route route) {
        String precondition = Yaml.text(route.body(), "precondition");
        return index.resolve(precondition, route).map("false"::equals).orElse(false);
    }

    /** Whether other machines may send to a route: by anything that is not known to stay within this one. */
    boolean isOnNetwork(RouteIndex.Route route) {
        return !LOCAL.contains(scheme(route)) && !isOff(route);
    }

    /** Whether a route takes calls in: from elsewhere, or as a {@code direct:} endpoint that no other route sends to. */
    boolean takesCalls(RouteIndex.Route route, Set<RouteIndex.Route> sentTo) {
        String scheme = scheme(route);
        boolean begins = INTERNAL.matcher(scheme).matches() ? !sentTo.contains(route) : !CLOCKS.contains(scheme);
        return begins && !isModel(route) && !isOff(route);
    }

    /** Whether a route is a model: by its name, or as {@link ModelStep} enters it in the list of models. */
    boolean isModel(RouteIndex.Route route) {
        return from(route).startsWith("direct:" + MODEL) || isListed(route);
    }

    /** Whether {@link ModelStep} enters a route in the list of models. */
    boolean isListed(RouteIndex.Route route) {
        boolean[] found = new boolean[1];
        Onion.walk(index, route, List.of(), new Onion.Visitor() {
            @Override
            public void layer(Onion.Layer layer, List<Onion.Layer> around) {
                found[0] |= layer.is(ModelStep.class);
            }

            @Override
            public void step(String name, Node value, Node line, List<Onion.Layer> around) {
                // only the policies tell
            }
        });
        return found[0];
    }

    /**
     * The routes that a step may send to: those it names, and all where it finds out at run time.
     *
     * @param name the EIP
     * @param value what it holds
     */
    Set<RouteIndex.Route> mayBe(String name, Node value, RouteIndex.Route route) {
        return of(name, value, route, true);
    }

    /** The routes that a step names. */
    Set<RouteIndex.Route> named(String name, Node value, RouteIndex.Route route) {
        return of(name, value, route, false);
    }

    private Set<RouteIndex.Route> of(String name, Node value, RouteIndex.Route route, boolean guess) {
        if (SILENT.contains(name)) {
            return Set.of();
        }
        List<String> texts = new ArrayList<>();
        boolean[] fixed = new boolean[1];
        texts(name, value, route, texts, fixed);
        Set<RouteIndex.Route> found = new LinkedHashSet<>();
        boolean named = false;
        for (String text : texts) {
            Matcher matcher = ENDPOINT.matcher(text);
            while (matcher.find()) {
                named = true;
                named(matcher.group(1), found);
            }
        }
        boolean open = texts.stream().anyMatch(text -> text.startsWith("${")) || texts.isEmpty() || !fixed[0];
        if (guess && !named && DYNAMIC.contains(name) && open && texts.stream().noneMatch(Roads::isElsewhere)) {
            index.routes.stream()
                    .filter(to -> INTERNAL.matcher(scheme(to)).matches())
                    .forEach(found::add); // who knows which
        }
        return found;
    }

    /** Whether a text is an endpoint outside this gateway. */
    private static boolean isElsewhere(String text) {
        return text.matches("[a-zA-Z][\\w+.-]*:.*") && !ENDPOINT.matcher(text).find();
    }

    private void named(String written, Set<RouteIndex.Route> found) {
        StringBuilder regex = new StringBuilder();
        int end = 0;
        Matcher matcher = EXPRESSION.matcher(written);
        while (matcher.find()) {
            regex.append(Pattern.quote(written.substring(end, matcher.start()))).append(".*");
            end = matcher.end();
        }
        Pattern name = Pattern.compile(
                "(direct|seda):(//)?" + regex.append(Pattern.quote(written.substring(end))), Pattern.DOTALL);
        index.routes.stream().filter(to -> name.matcher(from(to)).matches()).forEach(found::add);
    }

    private void texts(String key, Node node, RouteIndex.Route route, List<String> texts, boolean[] fixed) {
        if (PROSE.contains(key)) {
            return;
        }
        Optional<LlmUri> llm = LlmUri.of(index, node, route);
        if (llm.isPresent()) {
            fixed[0] = true;
            texts.add("direct:" + llm.get().chain().orElse("${unknown}"));
            return;
        }
        String scalar = Yaml.text(node);
        if (scalar != null) {
            fixed[0] |= key.equals("constant") || key.equals("uri") || DYNAMIC.contains(key);
            texts.add(index.resolve(scalar, route).orElse("${unknown}"));
        }
        String uri = index.resolve(Yaml.text(node, "uri"), route).orElse("");
        if (INTERNAL.matcher(uri).matches()) {
            Node parameters = Yaml.get(node, "parameters").orElse(node);
            index.resolve(Yaml.text(parameters, "name"), route).ifPresent(name -> texts.add(uri + ":" + name));
        }
        for (NodeTuple entry : Yaml.entries(node)) {
            String name = String.valueOf(Yaml.text(entry.getKeyNode()));
            if (!name.equals("steps")) {
                texts(name, entry.getValueNode(), route, texts, fixed);
            }
        }
        for (Node element : Yaml.elements(node)) {
            texts(key, element, route, texts, fixed);
        }
    }
}
