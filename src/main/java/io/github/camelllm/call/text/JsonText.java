package io.github.camelllm.call.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BinaryOperator;

/**
 * Texts that are JSON: changed value by value, so that they stay JSON. What is not changed stays as it was written, blanks and
 * all.
 */
public final class JsonText {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private JsonText() {}

    /** Whether a text begins and ends like a JSON object or array. */
    public static boolean looksLike(String text) {
        int from = 0;
        int to = text.length() - 1;
        while (from < to && text.charAt(from) <= ' ') {
            from++;
        }
        while (to > from && text.charAt(to) <= ' ') {
            to--;
        }
        return from < to
                && (text.charAt(from) == '{' && text.charAt(to) == '}'
                        || text.charAt(from) == '[' && text.charAt(to) == ']');
    }

    /**
     * Changes the strings, member names and numbers of a JSON text one by one; a number that is changed becomes a string. A
     * text that is no well-formed JSON object or array is changed as a whole.
     *
     * @param change takes the name of the member that a value stands under (null for none) and the value; returns the very
     *     same instance to leave it
     * @return the very same text when nothing is changed
     */
    public static String rewrite(String text, BinaryOperator<String> change) {
        if (!looksLike(text) || !isWhole(text)) {
            return change.apply(null, text);
        }
        StringBuilder changed = null;
        int copied = 0;
        try (JsonParser parser = FACTORY.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                boolean number = token.isNumeric();
                if (!number && token != JsonToken.VALUE_STRING && token != JsonToken.FIELD_NAME) {
                    continue;
                }
                int start = (int) parser.currentTokenLocation().getCharOffset();
                String value = parser.getText();
                String other = change.apply(token == JsonToken.FIELD_NAME ? null : label(parser), value);
                if (other == value) { // the contract is the very same instance
                    continue;
                }
                changed = changed == null ? new StringBuilder(text.length() + 64) : changed;
                changed.append(text, copied, start).append('"');
                changed.append(JsonStringEncoder.getInstance().quoteAsString(other))
                        .append('"');
                copied = end(text, start, number);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text that has just been read", e);
        }
        return changed == null
                ? text
                : changed.append(text, copied, text.length()).toString();
    }

    /** Whether a text is one well-formed object or array: known before anything is changed. */
    private static boolean isWhole(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static String label(JsonParser parser) {
        for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
            if (at.getCurrentName() != null) {
                return at.getCurrentName();
            }
        }
        return null;
    }

    /** Where the value that begins at a place ends. */
    private static int end(String text, int start, boolean number) {
        int at = start + 1;
        if (number) {
            while ("0123456789+-.eE".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return at;
        }
        while (text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return at + 1;
    }
}
