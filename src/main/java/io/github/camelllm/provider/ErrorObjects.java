package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds the error object in what a provider sends, in the forms that servers and proxies give it: OpenAI's, Anthropic's,
 * Google's (in an array too), FastAPI's {@code detail}, RFC 9457's problem, a text alone.
 */
final class ErrorObjects {

    private static final int MAX_DEPTH = 6;
    private static final int MAX_COMPLAINTS = 3;
    private static final int MAX_PLAIN = 2000;
    private static final int MAX_PLAIN_LINES = 3;
    private static final List<String> MESSAGES =
            List.of("message", "detail", "msg", "Message", "error_msg", "error_message", "error_description", "title");

    private ErrorObjects() {}

    /** The error object of a body, its {@code message} a text; missing when there is none. */
    static JsonNode of(byte[] body) {
        try {
            return of(Json.read(body));
        } catch (IOException e) {
            return plain(new String(body, StandardCharsets.UTF_8).strip());
        }
    }

    /** The same of JSON that has been read. */
    static JsonNode of(JsonNode json) {
        JsonNode found = find(json, 0);
        return found == null ? MissingNode.getInstance() : found;
    }

    /** A sentence or two are a reason; a page of HTML, half a JSON object or the trace of a stack is none. */
    private static JsonNode plain(String text) {
        boolean page = text.isEmpty() || "<{[".indexOf(text.charAt(0)) >= 0 || text.length() > MAX_PLAIN;
        return page || text.lines().count() > MAX_PLAIN_LINES
                ? MissingNode.getInstance()
                : Json.object().put("message", text);
    }

    private static JsonNode find(JsonNode json, int depth) {
        if (depth > MAX_DEPTH) {
            return null;
        }
        if (json.isArray()) {
            return json.isEmpty() ? null : find(json.get(0), depth + 1);
        }
        if (json.isTextual()) {
            return Json.object().put("message", json.textValue());
        }
        if (!json.isObject()) {
            return null;
        }
        JsonNode error = json.path("error");
        if (error.isTextual()) {
            return named((ObjectNode) json, error.textValue());
        }
        if (error.isContainerNode() && !error.isEmpty()) {
            return find(error, depth + 1);
        }
        return error.isObject() ? error : worded((ObjectNode) json, depth);
    }

    /** Ollama's and others' {@code "error": "text"}: a name where there is a message beside it, else the message. */
    private static JsonNode named(ObjectNode json, String error) {
        for (String field : MESSAGES) {
            if (json.path(field).isTextual()) {
                return json.deepCopy()
                        .put("message", json.get(field).textValue())
                        .put("code", error);
            }
        }
        return Json.object().put("message", error);
    }

    /** An object that says something, by whatever name. */
    private static JsonNode worded(ObjectNode json, int depth) {
        if (json.path("message").isTextual()) {
            return json;
        }
        for (String field : MESSAGES) {
            JsonNode said = json.path(field);
            if (said.isTextual()) {
                return json.deepCopy().put("message", said.textValue());
            }
            if (said.isArray() && !said.isEmpty()) {
                return complaints(said);
            }
            if (said.isObject()) {
                JsonNode inner = find(said, depth + 1);
                return inner != null ? inner : isError(json) ? json : null;
            }
        }
        if (json.path("errors").isArray() && !json.path("errors").isEmpty()) {
            return find(json.get("errors").get(0), depth + 1);
        }
        return depth > 0 || isError(json) ? json : null;
    }

    /** An error object without a message is one all the same. */
    private static boolean isError(JsonNode json) {
        return json.path("object").asText("").equals("error")
                || json.path("type").asText("").equals("error");
    }

    /** FastAPI's list of what is wrong, each with its place. */
    private static JsonNode complaints(JsonNode list) {
        StringBuilder message = new StringBuilder();
        ObjectNode error = Json.object();
        int told = 0;
        for (JsonNode complaint : list) {
            String said = complaint.isTextual()
                    ? complaint.textValue()
                    : complaint.path("msg").asText(complaint.path("message").asText(""));
            if (said.isEmpty() || told == MAX_COMPLAINTS) {
                continue;
            }
            String place = place(complaint.path("loc"));
            message.append(told == 0 ? "" : "; ")
                    .append(place.isEmpty() ? "" : place + ": ")
                    .append(said);
            if (told++ == 0 && !place.isEmpty()) {
                error.put("param", place);
            }
        }
        return error.put("message", message.toString());
    }

    private static String place(JsonNode steps) {
        StringBuilder place = new StringBuilder();
        for (JsonNode step : steps) {
            if (step.isNumber()) {
                place.append('[').append(step.asText()).append(']');
            } else if (!place.isEmpty() || !step.asText().equals("body")) {
                place.append(place.isEmpty() ? "" : ".").append(step.asText());
            }
        }
        return place.toString();
    }
}
