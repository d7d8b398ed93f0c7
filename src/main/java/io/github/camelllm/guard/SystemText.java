package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;

/** Adds to the instructions of the operator. */
final class SystemText {

    private SystemText() {}

    /** Whether a request has instructions of the operator. */
    static boolean isIn(ObjectNode request) {
        return first(request) != null;
    }

    /** Adds a paragraph at the end of the first system message; where there is none it becomes one. */
    static void add(ObjectNode request, String text) {
        ObjectNode system = first(request);
        if (system == null) {
            ObjectNode message = Json.object().put("role", "system").put("content", text);
            ((ArrayNode) request.get("messages")).insert(0, message);
        } else if (system.path("content") instanceof ArrayNode parts) {
            parts.addObject().put("type", "text").put("text", text);
        } else {
            String before = system.path("content").asText("");
            system.put("content", before.isEmpty() ? text : before + "\n\n" + text);
        }
    }

    private static ObjectNode first(ObjectNode request) {
        for (JsonNode message : request.path("messages")) {
            String role = message.path("role").asText("");
            if ((role.equals("system") || role.equals("developer")) && message instanceof ObjectNode object) {
                return object;
            }
        }
        return null;
    }
}
