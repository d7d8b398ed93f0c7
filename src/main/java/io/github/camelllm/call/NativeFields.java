package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * Fields of Anthropic's blocks that nobody here knows, kept under one name beside what the block became in OpenAI's words, and
 * put back when it becomes a block again. An object that is known in part, such as {@code source}, is kept by its unknown part.
 */
public final class NativeFields {

    private NativeFields() {}

    /** The fields of an object that are none of those; empty when there are none. */
    public static ObjectNode beyond(Set<String> known, JsonNode object) {
        ObjectNode others = Json.object();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey())) {
                others.set(field.getKey(), field.getValue());
            }
        }
        return others;
    }

    /** Keeps fields with a node, if there are any; those of an earlier time stay. */
    public static void keep(String name, ObjectNode fields, ObjectNode node) {
        if (!fields.isEmpty()) {
            node.withObjectProperty(name).setAll(fields);
        }
    }

    /** Puts fields back, where no field of that name says something else already. */
    public static void putBack(JsonNode fields, ObjectNode block) {
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            JsonNode there = block.get(field.getKey());
            if (there == null) {
                block.set(field.getKey(), field.getValue());
            } else if (there instanceof ObjectNode object && field.getValue().isObject()) {
                putBack(field.getValue(), object);
            }
        }
    }
}
