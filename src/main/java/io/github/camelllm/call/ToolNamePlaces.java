package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;

/** Finds the names of tools in requests and answers in OpenAI's words. */
final class ToolNamePlaces {

    private ToolNamePlaces() {}

    /**
     * Shows each name in a request, and puts in its place what comes back. Tools that run at a provider have names of their
     * own, which are shown as well.
     */
    static void visit(ObjectNode request, UnaryOperator<String> names) {
        for (JsonNode tool : request.path("tools")) {
            definition(tool, names);
            name(tool, "name", names);
        }
        for (JsonNode function : request.path("functions")) {
            name(function, "name", names);
        }
        JsonNode choice = request.path("tool_choice");
        definition(choice, names);
        for (JsonNode tool : choice.path("allowed_tools").path("tools")) {
            definition(tool, names);
        }
        name(request.path("function_call"), "name", names);
        for (JsonNode message : request.path("messages")) {
            message(message, names);
        }
    }

    private static void message(JsonNode message, UnaryOperator<String> names) {
        visitCalls(message, names);
        String role = message.path("role").asText("");
        if (role.equals("tool") || role.equals("function")) {
            name(message, "name", names);
            for (JsonNode part : message.path("content")) {
                JsonNode block = part.path("block");
                if (block.path("type").asText("").equals("tool_reference")) {
                    name(block, "tool_name", names);
                }
            }
        }
    }

    /** The same of the calls in a message or delta. */
    static void visitCalls(JsonNode message, UnaryOperator<String> names) {
        for (JsonNode call : message.path("tool_calls")) {
            definition(call, names);
        }
        name(message.path("function_call"), "name", names);
    }

    private static void definition(JsonNode tool, UnaryOperator<String> names) {
        name(tool.path("function"), "name", names);
        name(tool.path("custom"), "name", names);
    }

    private static void name(JsonNode holder, String field, UnaryOperator<String> names) {
        String name = holder.path(field).textValue();
        if (name != null && !name.isEmpty()) {
            String other = names.apply(name);
            if (!other.equals(name)) {
                ((ObjectNode) holder).put(field, other);
            }
        }
    }
}
