package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Language;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Parses every Simple expression and looks up every class that routes name: Camel stops at the first that fails. */
final class TermCheck {

    /** What takes a condition and not a value. */
    private static final Set<String> CONDITIONS =
            Set.of("when", "filter", "validate", "completionPredicate", "handled", "continued", "retryWhile", "onWhen");

    /** Keys whose value is the name of a class, and EIPs whose {@code type} is. */
    private static final Set<String> CLASSES = Set.of("beanType", "resultType", "exception", "exceptionType");

    private static final Set<String> TYPED = Set.of("convertBodyTo", "convertHeaderTo", "convertVariableTo");

    private final RouteIndex index;
    private final CamelContext context;
    private final Language simple;
    private final List<Diagnostic> problems = new ArrayList<>();

    TermCheck(RouteIndex index, CamelContext context) {
        this.index = index;
        this.context = context;
        this.simple = context.resolveLanguage("simple");
    }

    /** Parses what stands in one item, as each of its routes would. */
    List<Diagnostic> check(Unit unit) {
        List<RouteIndex.Route> scopes = new ArrayList<>();
        index.routes.stream().filter(route -> route.unit() == unit).forEach(scopes::add);
        if (scopes.isEmpty()) {
            scopes.add(null);
        }
        for (RouteIndex.Route scope : scopes) {
            walk(unit, "", unit.body(), scope);
        }
        return problems;
    }

    private void walk(Unit unit, String key, Node node, RouteIndex.Route scope) {
        for (NodeTuple entry : Yaml.entries(node)) {
            String name = String.valueOf(Yaml.text(entry.getKeyNode()));
            Node value = entry.getValueNode();
            boolean log = name.equals("log") || name.equals("message") && key.equals("log");
            if (name.equals("simple") || log) {
                Node text =
                        name.equals("simple") ? Yaml.get(value, "expression").orElse(value) : value;
                if (text instanceof ScalarNode scalar) {
                    parse(unit, scalar, CONDITIONS.contains(key), scope);
                }
            }
            if (CLASSES.contains(name) || name.equals("type") && TYPED.contains(key) || TYPED.contains(name)) {
                classes(unit, value, scope);
            }
            walk(unit, name.equals("expression") ? key : name, value, scope);
        }
        Yaml.elements(node).forEach(element -> walk(unit, key, element, scope));
    }

    private void classes(Unit unit, Node names, RouteIndex.Route scope) {
        if (names instanceof ScalarNode scalar) {
            String name = index.resolve(scalar.getValue(), scope).orElse(null);
            if (name != null && context.getClassResolver().resolveClass(name) == null) {
                add(unit, scalar, Explanation.noClass(name));
            }
        }
        Yaml.elements(names).forEach(name -> classes(unit, name, scope));
    }

    private void parse(Unit unit, ScalarNode scalar, boolean condition, RouteIndex.Route scope) {
        String text = index.resolve(scalar.getValue(), scope).orElse(null);
        if (text == null || text.startsWith("resource:")) {
            return;
        }
        try {
            if (condition) {
                simple.createPredicate(text);
            } else {
                simple.createExpression(text);
            }
        } catch (RuntimeException e) {
            add(unit, scalar, Explanation.of(e, context));
        }
    }

    private void add(Unit unit, Node node, Explanation explanation) {
        Diagnostic problem = unit.problem(node, explanation.problem(), explanation.remedy());
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }
}
