package io.github.camelllm.privacy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Where in a JSON text a place is that is read from its beginning: within a string or not, within an escape or not. */
final class JsonPosition {

    private boolean inString;
    /** How many characters of an escape are to come; 1 at first, though it may turn out to be a long one. */
    private int escape;

    private boolean first;

    JsonPosition() {}

    private JsonPosition(JsonPosition other) {
        this.inString = other.inString;
        this.escape = other.escape;
        this.first = other.first;
    }

    JsonPosition copy() {
        return new JsonPosition(this);
    }

    /** Goes on over a part of the text. */
    JsonPosition pass(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            pass(text.charAt(i));
        }
        return this;
    }

    private void pass(char c) {
        if (escape > 0) {
            escape = first && c == 'u' ? 4 : escape - 1;
            first = false;
        } else if (inString && c == '\\') {
            escape = 1;
            first = true;
        } else if (c == '"') {
            inString = !inString;
        }
    }

    boolean isInString() {
        return inString;
    }

    /** From a place in a string on: the first at which no escape is under way. */
    int begin(CharSequence text, int from, int to) {
        JsonPosition position = copy();
        int at = from;
        while (at < to && position.escape > 0) {
            position.pass(text.charAt(at++));
        }
        return at;
    }

    /** From a place in a string on: the last before the end of the string and of the part at which no escape is under way. */
    static int end(CharSequence text, int from, int to) {
        JsonPosition position = new JsonPosition();
        position.inString = true;
        int end = from;
        for (int i = from; i < to && position.inString; i++) {
            position.pass(text.charAt(i));
            if (position.escape == 0 && position.inString) {
                end = i + 1;
            }
        }
        return end;
    }

    /** What a part of a string says. */
    static String unescape(String part) {
        if (part.indexOf('\\') < 0) {
            return part;
        }
        try {
            JsonNode read = Json.read(('"' + part + '"').getBytes(StandardCharsets.UTF_8));
            return read.isTextual() ? read.textValue() : part;
        } catch (IOException e) {
            return part;
        }
    }

    /** A text as a part of a string. */
    static String escape(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
