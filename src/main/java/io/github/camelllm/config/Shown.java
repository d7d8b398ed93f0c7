package io.github.camelllm.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Request;
import java.util.regex.Pattern;

/** Values from outside, made fit to stand in a message: short, printable, on one line, and never a key. */
public final class Shown {

    private static final int MAX_CODE_POINTS = 40;
    private static final Pattern KEY = Pattern.compile("(?<![A-Za-z0-9])sk-");

    private Shown() {}

    /** A text in quotes: at most 40 characters of it, those that cannot be printed as {@code ?}. */
    public static String text(String text) {
        return KEY.matcher(text).find() ? "'sk-...'" : "'" + bare(text) + "'";
    }

    /** The same without quotes. */
    public static String bare(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), MAX_CODE_POINTS) + 3);
        int count = 0;
        int i = 0;
        for (; i < text.length() && count < MAX_CODE_POINTS; count++) {
            int c = text.codePointAt(i);
            shown.appendCodePoint(printable(c) ? c : '?');
            i += Character.charCount(c);
        }
        return i < text.length() ? shown.append("...").toString() : shown.toString();
    }

    /** What a JSON value is: the value itself where it is a scalar, else its kind. */
    public static String value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> text(node.textValue());
            case NUMBER, BOOLEAN, NULL -> bare(node.asText());
            default -> kind(node);
        };
    }

    /** What kind of JSON value it is, and nothing of the value: for fields that hold prompts. */
    public static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL -> "null";
            case MISSING -> "missing";
            case ARRAY -> node.isEmpty() ? "an empty array" : "an array";
            case OBJECT -> "an object";
            default -> "a " + Request.kindOf(node);
        };
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
