package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/**
 * What the tools of a chat, and the choice between them, must be: those of OpenAI's types, and the functions that came
 * before tools. A tool of another type is the affair of the provider that has it.
 */
final class ToolRules {

    /** What OpenAI lets schemas be called. */
    static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    /** The same in words. */
    static final String NAME_RULE = "1 to 64 letters, digits, _ and -";

    /** What a tool may be called: a provider that takes less is told another name. */
    private static final Pattern TOOL_NAME = Pattern.compile("(?=.*\\S)[^\\p{Cc}]{1,256}");

    private static final String TOOL_NAME_RULE = "1 to 256 characters, none of them a control character";
    private static final String WITH_NAME = "an object with name";

    private ToolRules() {}

    static void check(Fields request) {
        JsonNode tools = request.optionalArray("tools", "an array of tools");
        for (int i = 0; tools != null && i < tools.size(); i++) {
            tool(Fields.of(tools.get(i), request.at("tools").item(i), "an object with type and function"));
        }
        JsonNode functions = request.optionalArray("functions", "an array of functions");
        for (int i = 0; functions != null && i < functions.size(); i++) {
            function(Fields.of(functions.get(i), request.at("functions").item(i), WITH_NAME));
        }
        choice(request);
        functionCall(request);
    }

    private static void tool(Fields tool) {
        switch (tool.string("type", "the type of the tool, such as function")) {
            case "function" -> function(tool.object("function", "an object with name and parameters"));
            case "custom" -> {
                Fields custom = tool.object("custom", WITH_NAME);
                custom.matching("name", TOOL_NAME, TOOL_NAME_RULE);
                custom.optionalString("description");
            }
            default -> {
                // the provider's own kind of tool
            }
        }
    }

    private static void function(Fields function) {
        function.matching("name", TOOL_NAME, TOOL_NAME_RULE);
        function.optionalString("description");
        function.optionalObject("parameters", "a JSON schema, as an object");
        function.bool("strict");
    }

    private static void choice(Fields request) {
        JsonNode choice = request.get("tool_choice");
        if (choice == null || choice.isTextual()) {
            return;
        }
        Fields object =
                Fields.of(choice, request.at("tool_choice"), "none, auto, required, or an object that names a tool");
        String type = object.string("type", "the type of the tool, such as function");
        if (type.equals("function") || type.equals("custom")) {
            object.object(type, WITH_NAME).string("name", "the name of a tool, as a string");
        }
    }

    private static void functionCall(Fields request) {
        JsonNode call = request.get("function_call");
        if (call != null && !call.isTextual()) {
            Fields.of(call, request.at("function_call"), "none, auto, or an object with name")
                    .string("name", "the name of a function, as a string");
        }
    }
}
