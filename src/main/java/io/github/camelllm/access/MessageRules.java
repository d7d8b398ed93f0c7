package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/**
 * What the messages of a chat must be. Which role may hold which type of part differs between providers and is left to
 * them; that a part has what its type promises is checked here.
 */
final class MessageRules {

    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant", "tool", "function");
    private static final String MESSAGES = "a non-empty array of messages";
    private static final String CONTENT = "a string or a non-empty array of content parts";
    private static final String CALLED = "the name of a function, as a string";

    /** Fields that an assistant's message may have in place of content. */
    private static final List<String> INSTEAD = List.of("tool_calls", "function_call", "refusal", "audio");

    private final Set<String> contentTypes;

    MessageRules(Set<String> contentTypes) {
        this.contentTypes = contentTypes;
    }

    void check(Fields request) {
        JsonNode messages = request.raw("messages");
        Where where = request.at("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw where.refuseKind(messages, MESSAGES);
        }
        for (int i = 0; i < messages.size(); i++) {
            message(Fields.of(messages.get(i), where.item(i), "an object with role and content"));
        }
    }

    private void message(Fields message) {
        String role = message.oneOf("role", ROLES);
        message.optionalString("name");
        boolean contentMayLack = false;
        switch (role) {
            case "assistant" -> contentMayLack = assistant(message);
            case "tool" -> message.string("tool_call_id", "the id of the tool call that it answers, as a string");
            case "function" -> {
                message.string("name", CALLED);
                contentMayLack = true; // OpenAI's content of a function message is "string or null"
            }
            default -> {
                // system, developer and user have nothing but their content
            }
        }
        content(message, role, contentMayLack);
    }

    /** Returns whether there is something that stands for the content. */
    private static boolean assistant(Fields message) {
        boolean calls = toolCalls(message);
        Fields call = message.optionalObject("function_call", "an object with name and arguments");
        if (call != null) {
            call.string("name", CALLED);
            call.text("arguments");
        }
        if (message.get("refusal") != null) {
            message.text("refusal");
        }
        Fields audio = message.optionalObject("audio", "an object with the id of an earlier answer's audio");
        if (audio != null) {
            audio.string("id", "the id of an earlier answer's audio, as a string");
        }
        return calls || call != null || message.get("refusal") != null || audio != null;
    }

    /** An empty array counts as none: vLLM answers with one, and clients send answers back. */
    private static boolean toolCalls(Fields message) {
        JsonNode calls = message.optionalArray("tool_calls", "an array of tool calls");
        if (calls == null) {
            return false;
        }
        for (int i = 0; i < calls.size(); i++) {
            toolCall(Fields.of(calls.get(i), message.at("tool_calls").item(i), "an object with id, type and function"));
        }
        return !calls.isEmpty();
    }

    private static void toolCall(Fields call) {
        call.string("id", "the id of the tool call, as a string");
        String type = call.get("type") == null ? "function" : call.oneOf("type", List.of("function", "custom"));
        if (type.equals("custom")) {
            Fields custom = call.object("custom", "an object with name and input");
            custom.string("name", "the name of a tool, as a string");
            custom.text("input");
        } else {
            Fields function = call.object("function", "an object with name and arguments");
            function.string("name", CALLED);
            function.text("arguments");
        }
    }

    private void content(Fields message, String role, boolean mayLack) {
        JsonNode content = message.get("content");
        if (content == null && mayLack || content != null && content.isTextual()) {
            return;
        }
        Where where = message.at("content");
        if (content == null || !content.isArray() || content.isEmpty()) {
            throw where.refuseKind(
                    message.raw("content"),
                    CONTENT + (role.equals("assistant") ? ", or tool_calls, function_call, refusal or audio" : ""));
        }
        for (int i = 0; i < content.size(); i++) {
            part(Fields.of(content.get(i), where.item(i), "an object with a type"));
        }
    }

    private void part(Fields part) {
        switch (part.oneOf("type", contentTypes)) {
            case "text" -> part.text("text");
            case "refusal" -> part.text("refusal");
            case "image_url" -> {
                Fields image = part.object("image_url", "an object with url");
                image.string("url", "a URL or a data: URI, as a string");
                image.optionalString("detail");
            }
            case "input_audio" -> {
                Fields audio = part.object("input_audio", "an object with data and format");
                audio.string("data", "audio in base64, as a string");
                audio.string("format", "the format of the audio, such as wav or mp3");
            }
            case "file" -> file(part.object("file", "an object with file_data or file_id"));
            default -> {
                // a type that operators have added to the list: the provider knows its shape
            }
        }
    }

    private static void file(Fields file) {
        file.optionalString("filename");
        if (file.get("file_id") == null) {
            file.string("file_data", "a file in base64, as a string, or else file_id");
        } else {
            file.string("file_id", "the id of an uploaded file, as a string");
        }
    }

    /** Whether any of the messages, found to be as they must be, has a character of content or something else in it. */
    static boolean sayAnything(JsonNode messages) {
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            if (content.isTextual() && isSomething(content)) {
                return true;
            }
            for (JsonNode part : content) {
                String type = part.path("type").textValue();
                boolean text = type.equals("text") || type.equals("refusal");
                if (!text || isSomething(part.path(type))) {
                    return true;
                }
            }
            for (String instead : INSTEAD) {
                if (isSomething(message.path(instead))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSomething(JsonNode value) {
        return value.isTextual() ? !value.textValue().isEmpty() : !value.isEmpty();
    }
}
