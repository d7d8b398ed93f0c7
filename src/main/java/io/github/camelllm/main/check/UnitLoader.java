package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Has Camel load single items of route files, as they were read. */
final class UnitLoader {

    /** Items that hold for the routes of their file. */
    static final Set<String> FILE_WIDE = Set.of(
            "errorHandler", "onException", "onCompletion", "intercept", "interceptFrom", "interceptSendToEndpoint");

    private final CamelContext context;

    UnitLoader(CamelContext context) {
        this.context = context;
    }

    /** Some items of the file of one. */
    RouteBuilder of(Unit unit, List<Node> items) {
        Resource resource =
                ResourceHelper.resolveResource(context, "file:" + unit.file().path());
        RouteBuilder builder = new ItemLoader().load(resource, items);
        builder.setCamelContext(context);
        builder.setResource(resource);
        return builder;
    }

    /** One bean of an item. */
    RouteBuilder bean(Unit unit, Node bean) {
        NodeTuple beans = unit.item().getValue().get(0);
        Node one =
                new SequenceNode(Tag.SEQ, true, List.of(bean), FlowStyle.BLOCK, bean.getStartMark(), bean.getEndMark());
        return of(unit, List.of(map(List.of(new NodeTuple(beans.getKeyNode(), one)), bean)));
    }

    /** An item with those that hold for the routes of its file. */
    RouteBuilder withFileWide(Unit unit, Collection<Unit> units) {
        return of(unit, withFileWide(unit, unit.item(), units));
    }

    /** The same of a route that is given an id, as Camel has given it one. */
    RouteBuilder withFileWide(Unit unit, String id, Collection<Unit> units) {
        Node named = unit.body() instanceof MappingNode body && unit.type().equals("route")
                ? map(List.of(new NodeTuple(text("route", body), with("id", id, body))), body)
                : map(List.of(new NodeTuple(text("route", unit.item()), with("id", id, unit.item()))), unit.item());
        return of(unit, withFileWide(unit, named, units));
    }

    private static List<Node> withFileWide(Unit unit, Node item, Collection<Unit> units) {
        List<Node> items = new ArrayList<>();
        if (!FILE_WIDE.contains(unit.type())) {
            for (Unit other : units) {
                if (other.file() == unit.file() && FILE_WIDE.contains(other.type())) {
                    items.add(other.item());
                }
            }
        }
        items.add(item);
        return items;
    }

    private static Node with(String key, String value, MappingNode body) {
        List<NodeTuple> entries = new ArrayList<>();
        entries.add(new NodeTuple(text(key, body), text(value, body)));
        entries.addAll(body.getValue());
        return map(entries, body);
    }

    private static Node text(String text, Node near) {
        return new ScalarNode(Tag.STR, true, text, ScalarStyle.PLAIN, near.getStartMark(), near.getEndMark());
    }

    private static Node map(List<NodeTuple> entries, Node near) {
        return new MappingNode(Tag.MAP, true, entries, FlowStyle.BLOCK, near.getStartMark(), near.getEndMark());
    }

    /** Camel's YAML loader, given items of a file in place of the file. */
    private final class ItemLoader extends YamlRoutesBuilderLoader {
        ItemLoader() {
            setCamelContext(context);
        }

        RouteBuilder load(Resource resource, List<Node> items) {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(resource.getLocation()).build();
            Node first = items.get(0);
            Node root =
                    new SequenceNode(Tag.SEQ, true, items, FlowStyle.BLOCK, first.getStartMark(), first.getEndMark());
            return builder(newYamlDeserializationContext(settings, resource), root);
        }
    }
}
