package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.config.Shown;
import io.github.camelllm.problem.Problem;

/**
 * The place of a value in a request: a chain of steps back to the root, which becomes text only when the value is
 * refused, so that naming places costs a good request next to nothing.
 *
 * @param parent the place of the object or array that it is in; null at the root
 * @param field its name in an object; null in an array
 * @param index its index in an array
 */
record Where(Where parent, String field, int index) {

    private static final int MAX_LENGTH = 256;

    /** The request itself. */
    static final Where ROOT = new Where(null, null, 0);

    Where field(String name) {
        return new Where(this, name, 0);
    }

    Where item(int i) {
        return new Where(this, null, i);
    }

    /** Refuses the value that stands here, showing it: for fields that hold no prompt. */
    Problem refuse(JsonNode value, String expected) {
        return refuse(Shown.value(value), expected);
    }

    /** Refuses what stands here by its kind alone: for fields that hold texts. */
    Problem refuseKind(JsonNode value, String expected) {
        return refuse(Shown.kind(value), expected);
    }

    /** Refuses what stands here: {@code <place> is <is>; expected <expected>.} */
    Problem refuse(String is, String expected) {
        String path = toString();
        return Problem.invalid(path, path + " is " + is + "; expected " + expected + ".");
    }

    /** As a client would write it: {@code messages[3].content[0].type}; the end of it where it is very long. */
    @Override
    public String toString() {
        StringBuilder path = append(new StringBuilder());
        int over = path.length() - MAX_LENGTH;
        return over > 0 ? path.replace(0, over, "...").toString() : path.toString();
    }

    private StringBuilder append(StringBuilder path) {
        if (parent == null) {
            return path;
        }
        parent.append(path);
        if (field == null) {
            return path.append('[').append(index).append(']');
        }
        return (path.isEmpty() ? path : path.append('.')).append(Shown.bare(field));
    }
}
