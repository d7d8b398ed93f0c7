package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.camelllm.call.Json;

/** Makes up a value that fits a JSON Schema of the plain kind that tools and structured output use. */
final class SchemaSample {

    private SchemaSample() {}

    /** A value that fits; the same for the same schema. */
    static JsonNode of(JsonNode schema) {
        return of(schema, schema);
    }

    private static JsonNode of(JsonNode root, JsonNode schema) {
        String ref = schema.path("$ref").asText();
        if (ref.startsWith("#")) {
            return of(root, root.at(ref.substring(1)));
        }
        if (schema.path("enum").has(0)) {
            return schema.path("enum").get(0);
        }
        if (schema.path("anyOf").has(0)) {
            return of(root, schema.path("anyOf").get(0));
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(0).asText() : type.asText()) {
            case "string" -> TextNode.valueOf("sample");
            case "integer", "number" -> IntNode.valueOf(7);
            case "boolean" -> BooleanNode.TRUE;
            case "array" -> {
                ArrayNode array = Json.MAPPER.createArrayNode();
                yield array.add(of(root, schema.path("items")));
            }
            case "object", "" -> {
                ObjectNode object = Json.object();
                schema.path("properties")
                        .fields()
                        .forEachRemaining(p -> object.set(p.getKey(), of(root, p.getValue())));
                yield object;
            }
            default -> NullNode.getInstance();
        };
    }
}
