package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Request;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;

/**
 * An object of a request and its place there, to ask for fields by what they must be. What is refused is told by kind,
 * never by value. JSON {@code null} counts as absent.
 *
 * @param object the object
 * @param path its place, as the client would write it; empty at the root
 */
record Place(ObjectNode object, String path) {

    private static final int MOST_SHOWN = 64;

    static Place of(JsonNode value, String path, String expected) {
        if (value instanceof ObjectNode object) {
            return new Place(object, path);
        }
        throw wrong(path, value, expected);
    }

    /** The field's value; null when it is absent or JSON null. */
    JsonNode get(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return get(name) != null;
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    Place child(String name, String expected) {
        return of(object.path(name), at(name), expected);
    }

    String string(String name, String expected) {
        JsonNode value = object.path(name);
        if (!value.isTextual()) {
            throw wrong(at(name), value, expected);
        }
        return value.textValue();
    }

    /** A field that, if present, must be an array; null when it is absent. */
    JsonNode optionalArray(String name, String expected) {
        JsonNode value = get(name);
        if (value != null && !value.isArray()) {
            throw wrong(at(name), value, expected);
        }
        return value;
    }

    /** Refuses a word that is none of those known. */
    Problem unknown(String name, String expected) {
        String word = object.path(name).asText("");
        boolean plain = word.length() <= MOST_SHOWN && word.matches("[\\w.-]+");
        return refuse(at(name), plain ? "\"" + word + "\"" : "something else", expected);
    }

    static Problem wrong(String path, JsonNode value, String expected) {
        String is = value.isMissingNode() ? "missing" : value.isNull() ? "null" : article(Request.kindOf(value));
        return refuse(path, is, expected);
    }

    private static String article(String kind) {
        return (kind.equals("array") || kind.equals("object") ? "an " : "a ") + kind;
    }

    /** Without a param: that would be taken for a place in OpenAI's words. */
    static Problem refuse(String path, String is, String expected) {
        return Problem.of(ErrorCode.INVALID_REQUEST, path + " is " + is + "; expected " + expected + ".");
    }
}
