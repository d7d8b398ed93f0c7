package io.github.camelllm.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Tells a model what placeholders are. Always in the same words, and behind the client's own instructions, so that what
 * providers cache of a prompt stays the same.
 */
final class Note {

    static final String TEXT =
            "Some values in this conversation are replaced by placeholders: a label with a number or code in angle brackets,"
                    + " such as <LABEL_1>. Wherever you need such a value, write its placeholder exactly as it stands, brackets"
                    + " included. Do not change, explain or invent placeholders.";

    private Note() {}

    /** Adds the note to a chat's messages. */
    static void add(ObjectNode request) {
        if (!(request.path("messages") instanceof ArrayNode messages)) {
            return;
        }
        int at = 0;
        String role = "system";
        while (isInstruction(messages.path(at))) {
            role = messages.get(at).path("role").textValue();
            at++;
        }
        messages.insertObject(at).put("role", role).put("content", TEXT);
    }

    private static boolean isInstruction(JsonNode message) {
        String role = message.path("role").asText("");
        return role.equals("system") || role.equals("developer");
    }
}
