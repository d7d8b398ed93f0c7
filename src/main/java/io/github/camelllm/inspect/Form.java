package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The JSON that a request asks for.
 *
 * @param schema what it must be like; null for any object
 */
record Form(JsonNode schema) {

    /** What a request asks for ({@code response_format}, or Anthropic's words for it); null when it asks for no JSON. */
    static Form of(JsonNode request) {
        JsonNode format = request.path("response_format");
        switch (format.path("type").asText("")) {
            case "json_object" -> {
                return new Form(null);
            }
            case "json_schema" -> {
                return new Form(objectOrNull(format.path("json_schema").path("schema")));
            }
            default -> {
                JsonNode own = request.path("output_config").path("format");
                JsonNode older = request.path("output_format");
                JsonNode theirs = own.isObject() ? own : older;
                return theirs.path("type").asText("").equals("json_schema")
                        ? new Form(objectOrNull(theirs.path("schema")))
                        : null;
            }
        }
    }

    private static JsonNode objectOrNull(JsonNode schema) {
        return schema.isObject() ? schema : null;
    }
}
