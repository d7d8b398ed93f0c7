package io.github.camelllm.main.check;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A route, template or bean of an {@link Edition}.
 *
 * @param unit the item of the file that it is, or stands in
 * @param node the node that it is
 * @param text what makes it differ from others: its YAML, the properties that it refers to and what holds for its file
 * @param names what it names, among which are the beans that it refers to
 */
record EditionItem(Unit unit, Node node, String text, Set<String> names) {

    private static final Pattern REFERENCE = Pattern.compile("(?:bean|ref):(?://)?([\\w.-]+)");

    /**
     * Reads an item.
     *
     * @param properties what a placeholder stands for; null when nothing
     * @param bean its name if it is a bean, for which nothing holds but its own lines; else null
     */
    static EditionItem read(RouteIndex index, UnaryOperator<String> properties, Unit unit, Node node, String bean) {
        StringBuilder text = new StringBuilder();
        Set<String> names = new LinkedHashSet<>();
        read(index, properties, node, text, names);
        if (bean == null) {
            for (Unit other : index.units) {
                if (other.file() == unit.file() && UnitLoader.FILE_WIDE.contains(other.type())) {
                    read(index, properties, other.item(), text, names);
                }
            }
        }
        names.remove(bean);
        return new EditionItem(unit, node, text.toString(), names);
    }

    private static void read(
            RouteIndex index, UnaryOperator<String> properties, Node node, StringBuilder text, Set<String> names) {
        canonical(node, text);
        Yaml.scalars(node, (key, scalar) -> {
            String written = scalar.getValue();
            for (Placeholders.Placeholder placeholder : Placeholders.of(written)) {
                String value = properties.apply(placeholder.name());
                if (value != null) {
                    text.append('\u0001').append(placeholder.name()).append('=').append(value);
                }
            }
            String resolved = index.resolve(written, null).orElse(written);
            names.add(resolved);
            if (resolved.startsWith("#")) {
                names.add(resolved.substring(1));
            }
            Matcher matcher = REFERENCE.matcher(resolved);
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
        });
    }

    /** Adds the text of a node without comments, blanks and ways of writing. */
    static StringBuilder canonical(Node node, StringBuilder text) {
        String scalar = Yaml.text(node);
        if (scalar != null) {
            text.append('\u0002').append(scalar).append('\u0003');
        }
        Yaml.entries(node).forEach(entry -> {
            canonical(entry.getKeyNode(), text).append(':');
            canonical(entry.getValueNode(), text);
        });
        if (!Yaml.elements(node).isEmpty()) {
            text.append('[');
            Yaml.elements(node).forEach(element -> canonical(element, text).append(','));
            text.append(']');
        }
        return text;
    }

    /** The same item, which differs from all others. */
    EditionItem unlike() {
        return new EditionItem(unit, node, "\u0006" + text, names);
    }
}
