package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.regex.Pattern;

/**
 * The fields of one JSON object of a request, asked for by what they must be. Where a field is not what it must be, the
 * asking throws the {@link io.github.camelllm.problem.Problem} that says so. JSON {@code null} counts as absent.
 *
 * @param object the object
 * @param where its place in the request
 */
record Fields(ObjectNode object, Where where) {

    private static final JsonNode ABSENT = MissingNode.getInstance();

    /** The fields of a value that must be an object. */
    static Fields of(JsonNode value, Where where, String expected) {
        if (value instanceof ObjectNode object) {
            return new Fields(object, where);
        }
        throw where.refuseKind(value, expected);
    }

    Where at(String name) {
        return where.field(name);
    }

    /** The field's value; null when it is absent or JSON null. */
    JsonNode get(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** The field as it stands, for messages: missing, null, or what it is. */
    JsonNode raw(String name) {
        JsonNode value = object.get(name);
        return value == null ? ABSENT : value;
    }

    /** A field that must be a string that is not empty. */
    String string(String name, String expected) {
        JsonNode value = get(name);
        if (value == null || !value.isTextual() || value.textValue().isEmpty()) {
            throw value != null && value.isTextual()
                    ? at(name).refuse("an empty string", expected)
                    : at(name).refuse(raw(name), expected);
        }
        return value.textValue();
    }

    /** A field that, if present, must be a string. */
    void optionalString(String name) {
        JsonNode value = get(name);
        if (value != null && !value.isTextual()) {
            throw at(name).refuse(value, "a string");
        }
    }

    /** A field of prompt or completion that must be a string; it may be empty. */
    void text(String name) {
        JsonNode value = raw(name);
        if (!value.isTextual()) {
            throw at(name).refuseKind(value, "a string");
        }
    }

    /** A field that must be one of some words. */
    String oneOf(String name, Collection<String> words) {
        JsonNode value = raw(name);
        if (!value.isTextual() || !words.contains(value.textValue())) {
            throw at(name).refuse(value, "one of " + String.join(", ", words));
        }
        return value.textValue();
    }

    /** A field that must be a string of a pattern. */
    void matching(String name, Pattern pattern, String expected) {
        JsonNode value = raw(name);
        if (!value.isTextual() || !pattern.matcher(value.textValue()).matches()) {
            throw at(name).refuse(value, expected);
        }
    }

    /** A field that, if present, must be true or false. */
    void bool(String name) {
        JsonNode value = get(name);
        if (value != null && !value.isBoolean()) {
            throw at(name).refuse(value, "true or false");
        }
    }

    /** A field that, if present, must be a number in a range. */
    void number(String name, long min, long max) {
        JsonNode value = get(name);
        if (value != null) {
            Numbers.checkNumber(value, at(name), min, max);
        }
    }

    /** A field that, if present, must be a whole number in a range. */
    void integer(String name, long min, long max) {
        JsonNode value = get(name);
        if (value != null) {
            Numbers.checkInteger(value, at(name), min, max);
        }
    }

    /** A field that must be an object. */
    Fields object(String name, String expected) {
        return of(raw(name), at(name), expected);
    }

    /** A field that, if present, must be an object; null when it is absent. */
    Fields optionalObject(String name, String expected) {
        return get(name) == null ? null : object(name, expected);
    }

    /** A field that, if present, must be an array; null when it is absent. */
    ArrayNode optionalArray(String name, String expected) {
        JsonNode value = get(name);
        if (value == null || value instanceof ArrayNode) {
            return (ArrayNode) value;
        }
        throw at(name).refuse(value, expected);
    }
}
