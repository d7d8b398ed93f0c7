package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;

/** The text of a chat completion. */
public final class AnswerText {

    private AnswerText() {}

    /**
     * What the first choice says: its content, or its refusal; of an answer that says nothing but calls tools, these calls as
     * JSON. Never null.
     */
    public static String of(JsonNode completion) {
        JsonNode message = completion.path("choices").path(0).path("message");
        if (message.path("content").isTextual()) {
            return message.path("content").textValue();
        }
        if (message.path("content").isArray()) {
            StringBuilder text = new StringBuilder();
            message.path("content")
                    .forEach(part -> text.append(part.path("text").asText("")));
            return text.toString();
        }
        if (message.path("refusal").isTextual()) {
            return message.path("refusal").textValue();
        }
        return message.path("tool_calls").isEmpty()
                ? ""
                : message.path("tool_calls").toString();
    }
}
