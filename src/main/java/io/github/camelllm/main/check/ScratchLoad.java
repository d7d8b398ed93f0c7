package io.github.camelllm.main.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Loads route files into a {@link ScratchContext}, item by item, and asks Camel what it has against each: a class that is
 * not there, a property or option that nothing has, an expression that cannot be parsed.
 */
final class ScratchLoad implements AutoCloseable {

    /**
     * A failure of Camel's.
     *
     * @param unit the item it is about
     * @param problem what is said of it
     * @param located whether its line is known; else it points at the item
     */
    record Finding(Unit unit, Diagnostic problem, boolean located) {}

    private final ScratchContext context = new ScratchContext();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<RouteDefinition, Unit> origins = new IdentityHashMap<>();
    private final RouteIndex index;
    private final UnitLoader loader;

    /**
     * @param index the files
     * @param properties what placeholders stand for
     * @param bind binds what the gateway itself brings
     */
    ScratchLoad(RouteIndex index, Map<String, String> properties, Consumer<ScratchContext> bind) {
        this.index = index;
        Properties initial = new Properties();
        initial.putAll(properties);
        context.getPropertiesComponent().setInitialProperties(initial);
        bind.accept(context);
        context.build();
        this.loader = new UnitLoader(context);
    }

    /**
     * Loads what has no problem so far, in Camel's order.
     *
     * @param units the items that may be loaded
     */
    List<Finding> check(Collection<Unit> units) {
        for (Node bean : index.beanNodes) {
            Unit unit = index.beanUnits.get(bean);
            if (units.contains(unit)) {
                attempt(unit, bean, () -> loader.bean(unit, bean).configure());
            }
        }
        for (Unit unit : units) {
            switch (unit.type()) {
                case "routeConfiguration" ->
                    attempt(unit, unit.item(), () -> {
                        RouteBuilder builder = loader.of(unit, List.of(unit.item()));
                        context.addRoutesConfigurations((org.apache.camel.RouteConfigurationsBuilder) builder);
                    });
                case "templatedRoute", "beans" -> {
                    // templated routes come last, beans came first
                }
                default ->
                    attempt(unit, unit.item(), () -> {
                        context.addRoutes(loader.withFileWide(unit, units));
                        adopt(unit);
                    });
            }
        }
        forgetInitMethods();
        for (Unit unit : units) {
            Template template = index.templates.get(Yaml.text(unit.body(), "routeTemplateRef"));
            if (unit.type().equals("templatedRoute") && template != null && units.contains(template.unit())) {
                attempt(unit, unit.item(), () -> {
                    RouteBuilder builder = loader.of(unit, List.of(unit.item()));
                    context.addRoutes(builder);
                    context.addTemplatedRoutes(builder);
                    adopt(unit);
                });
            }
        }
        context.buildRoutes((definition, failure) -> {
            Unit origin = origins.get(definition);
            if (origin != null) {
                explain(origin, origin.item(), failure);
            }
        });
        return findings;
    }

    /** The context, for what else is to be asked of it. */
    ScratchContext context() {
        return context;
    }

    @Override
    public void close() throws IOException {
        context.close();
    }

    @FunctionalInterface
    private interface Load {
        void run() throws Exception;
    }

    private void attempt(Unit unit, Node node, Load load) {
        try {
            load.run();
        } catch (Exception | LinkageError e) {
            explain(unit, node, e);
        }
    }

    private void adopt(Unit unit) {
        for (RouteDefinition definition : context.getRouteDefinitions()) {
            origins.putIfAbsent(definition, unit);
        }
    }

    /** Points at the line: the one that Camel names, else where the text stands that it complains about. */
    private void explain(Unit unit, Node node, Throwable failure) {
        Explanation explanation = Explanation.of(failure, context);
        if (explanation.missingBean() && explanation.needles().stream().anyMatch(index.beans::containsKey)) {
            return; // it is declared, and what is wrong with it is told where
        }
        Template template = index.templates.get(Yaml.text(unit.body(), "routeTemplateRef"));
        Unit home = unit;
        int line = explanation.line();
        if (line == 0) {
            line = Needle.find(node, explanation.needles());
        }
        if (line == 0 && template != null && unit.type().equals("templatedRoute")) {
            int inTemplate = Needle.find(template.unit().item(), explanation.needles());
            home = inTemplate > 0 ? template.unit() : unit;
            line = inTemplate;
        }
        Diagnostic problem =
                home.file().problem(line > 0 ? line : Yaml.line(node), explanation.problem(), explanation.remedy());
        findings.add(new Finding(home, problem, line > 0));
    }

    private void forgetInitMethods() {
        for (RouteTemplateDefinition template :
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteTemplateDefinitions()) {
            if (template.getTemplateBeans() != null) {
                template.getTemplateBeans().forEach(bean -> {
                    bean.setInitMethod(null);
                    bean.setDestroyMethod(null);
                });
            }
        }
    }

    /** Finds where in an item a text stands. */
    private static final class Needle {
        static int find(Node node, List<String> needles) {
            for (String needle : needles) {
                Set<Integer> whole = new TreeSet<>();
                Set<Integer> part = new TreeSet<>();
                search(node, needle, whole, part);
                if (!whole.isEmpty()) {
                    return whole.iterator().next();
                }
                if (!part.isEmpty()) {
                    return part.iterator().next();
                }
            }
            return 0;
        }

        private static void search(Node node, String needle, Set<Integer> whole, Set<Integer> part) {
            if (node instanceof ScalarNode scalar) {
                if (scalar.getValue().equals(needle)) {
                    whole.add(Yaml.line(scalar));
                } else if (scalar.getValue().contains(needle)) {
                    part.add(Yaml.line(scalar));
                }
            }
            for (NodeTuple entry : Yaml.entries(node)) {
                search(entry.getKeyNode(), needle, whole, part);
                search(entry.getValueNode(), needle, whole, part);
            }
            Yaml.elements(node).forEach(element -> search(element, needle, whole, part));
        }
    }
}
