package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;

/** What OpenAI's {@code json_schema} says beside its schema, for dialects where only the schema itself can say it. */
final class SchemaLabels {

    private SchemaLabels() {}

    /**
     * Makes the name the schema's title and the description its own, where it has none; warns of what finds no place.
     *
     * @param given {@code response_format.json_schema}
     * @param schema is changed
     */
    static void onto(Call call, JsonNode given, ObjectNode schema) {
        label(call, given, "name", schema, "title");
        label(call, given, "description", schema, "description");
    }

    private static void label(Call call, JsonNode given, String field, ObjectNode schema, String as) {
        JsonNode value = given.path(field);
        if (value.isTextual() && !schema.has(as)) {
            schema.set(as, value);
        } else if (value.isTextual() && !schema.get(as).equals(value)) {
            call.warn("response_format.json_schema." + field + " left out for " + call.getModel());
        }
    }
}
