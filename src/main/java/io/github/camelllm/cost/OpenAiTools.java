package io.github.camelllm.cost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** What the definitions of tools cost at OpenAI, by the rule that it publishes for its encodings. */
final class OpenAiTools {

    private static final int FUNCTION = 7;
    private static final int OLDER_FUNCTION = 10;
    private static final int FUNCTION_END = 12;
    private static final int PROPERTIES = 3;
    private static final int PROPERTY = 3;
    private static final int ENUM = -3;
    private static final int ENUM_ITEM = 3;

    private OpenAiTools() {}

    /** Parts of tokens of one tool; {@code older} is whether its model's encoding is the one before the last. */
    static long parts(JsonNode tool, TextCount texts, boolean older) {
        JsonNode function = tool.path("function");
        String description = unended(function.path("description").asText(""));
        return ((older ? OLDER_FUNCTION : FUNCTION) + FUNCTION_END) * (long) QuickCount.PARTS
                + texts.of(function.path("name").asText("") + ":" + description)
                + properties(function.path("parameters"), texts);
    }

    private static long properties(JsonNode schema, TextCount texts) {
        JsonNode properties = schema.path("properties");
        long sum = properties.isEmpty() ? 0 : PROPERTIES * (long) QuickCount.PARTS;
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            JsonNode value = property.getValue();
            sum += PROPERTY * (long) QuickCount.PARTS;
            JsonNode choices = value.path("enum");
            if (choices.isArray()) {
                sum += ENUM * (long) QuickCount.PARTS;
                for (JsonNode choice : choices) {
                    sum += ENUM_ITEM * (long) QuickCount.PARTS + texts.of(choice.asText());
                }
            }
            String description = unended(value.path("description").asText(""));
            sum += texts.of(property.getKey() + ":" + value.path("type").asText("") + ":" + description);
            sum += properties(value, texts) + properties(value.path("items"), texts);
        }
        return sum;
    }

    private static String unended(String description) {
        return description.endsWith(".") ? description.substring(0, description.length() - 1) : description;
    }
}
