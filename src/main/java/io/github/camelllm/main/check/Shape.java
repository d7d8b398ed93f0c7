package io.github.camelllm.main.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Camel's YAML schema says of one place of a route file, in the terms that a writer of routes thinks in.
 *
 * <p>The schema says "one of these languages" as an {@code anyOf} of a {@code oneOf} of objects that each require one key,
 * and "a text or settings" as a {@code oneOf} of two types. Read literally, one slip makes it complain about every branch
 * not taken. So its branches are folded into one shape here, and a place is held against that.
 */
final class Shape {

    /** Keys of which a place takes one. */
    static final class Choice {
        final Map<String, JsonNode> keys = new LinkedHashMap<>();
        boolean optional;
    }

    final Map<String, JsonNode> properties = new LinkedHashMap<>();
    final List<Choice> choices = new ArrayList<>();
    final Set<String> required = new LinkedHashSet<>();
    final List<String> allowedValues = new ArrayList<>();
    String scalar;
    boolean map;
    boolean closed;
    boolean single;
    JsonNode items;

    private final JsonNode document;

    private Shape(JsonNode document) {
        this.document = document;
    }

    /**
     * The shape of a schema.
     *
     * @param document the whole schema, which references point into
     * @param schema the part of it that is meant
     */
    static Shape of(JsonNode document, JsonNode schema) {
        Shape shape = new Shape(document);
        shape.add(schema);
        return shape;
    }

    /** Whether it takes anything. */
    boolean open() {
        return scalar == null && !map && items == null;
    }

    /** The names of all keys it takes. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(properties.keySet());
        choices.forEach(choice -> names.addAll(choice.keys.keySet()));
        return names;
    }

    /** The schema of what a key holds; null when it takes no such key. */
    JsonNode value(String key) {
        JsonNode property = properties.get(key);
        if (property != null && !property.isEmpty()) {
            return property;
        }
        for (Choice choice : choices) {
            if (choice.keys.containsKey(key)) {
                return choice.keys.get(key);
            }
        }
        return property;
    }

    private void add(JsonNode schema) {
        if (schema.has("$ref")) {
            add(document.at(schema.get("$ref").asText().substring(1)));
        }
        switch (schema.path("type").asText()) {
            case "object" -> map = true;
            case "array" -> items = schema.path("items");
            case "string", "number", "boolean" -> scalar = schema.get("type").asText();
            default -> {
                // a schema of branches or references alone
            }
        }
        map |= schema.has("properties");
        schema.path("enum").forEach(value -> allowedValues.add(value.asText()));
        schema.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue()));
        schema.path("required").forEach(name -> required.add(name.asText()));
        closed |= schema.has("additionalProperties")
                && !schema.get("additionalProperties").asBoolean(true);
        single |= schema.path("maxProperties").asInt() == 1;
        schema.path("oneOf").forEach(this::add);
        for (JsonNode anyOf : schema.path("anyOf")) {
            Choice choice = new Choice();
            anyOf.path("oneOf").forEach(branch -> branch(choice, branch));
            choices.add(choice);
        }
    }

    private void branch(Choice choice, JsonNode branch) {
        if (branch.has("not")) {
            choice.optional = true;
        } else if (branch.has("$ref")) {
            Shape referred = of(document, branch);
            referred.choices.forEach(other -> choice.keys.putAll(other.keys));
        } else {
            branch.path("properties").properties().forEach(entry -> choice.keys.put(entry.getKey(), entry.getValue()));
        }
    }
}
