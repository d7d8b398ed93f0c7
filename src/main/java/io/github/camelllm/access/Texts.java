package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.camelllm.config.Shown;
import java.util.Map;
import java.util.Set;

/**
 * Takes out of the texts that a model reads what no text has: control characters (C0 but for tab, line feed and
 * carriage return; DEL; C1), which hide instructions from people and upset tokenizers, and halves of surrogate pairs,
 * which cannot be sent, each replaced by U+FFFD. Counts what is left, in code points.
 *
 * <p>Reads each character once; changes the tree only where there is something to take out.
 */
final class Texts {

    private static final char REPLACEMENT = '\ufffd';
    private static final Set<String> BINARY = Set.of(
            "url", "data", "file_data", "signature", "thought_signature", "encrypted_content", "encrypted_index");
    private static final Set<String> NOT_PROSE = Set.of("role", "type", "detail", "format");

    private long characters;

    /** Code points in all texts so far; those of roles, types, formats and binary data do not count. */
    long characters() {
        return characters;
    }

    /**
     * Cleans messages. Images, audio and files are not looked into.
     *
     * @throws io.github.camelllm.problem.Problem when a field's name needs cleaning: to rename it would change its
     *     meaning
     */
    void cleanMessages(JsonNode node, Where where) {
        walk(node, where, false);
    }

    /** Cleans definitions of tools and answers, in which every text and every field's name reaches the model. */
    void cleanSchema(JsonNode node, Where where) {
        walk(node, where, true);
    }

    /** Refuses more than so many characters. */
    void checkAtMost(long max, Where where) {
        if (characters > max) {
            throw where.refuse("too long: " + characters + " characters of text in all", "at most " + max);
        }
    }

    private void walk(JsonNode node, Where where, boolean schema) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                String name = entry.getKey();
                checkName(name, where, schema);
                JsonNode value = entry.getValue();
                if (value.isContainerNode()) {
                    walk(value, where.field(name), schema);
                } else if (value.isTextual() && (schema || !BINARY.contains(name))) {
                    long before = characters;
                    String text = value.textValue();
                    String cleaned = clean(text);
                    if (cleaned != text) {
                        object.put(name, cleaned); // of a name that is there: no change of structure
                    }
                    if (!schema && NOT_PROSE.contains(name)) {
                        characters = before;
                    }
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode value = array.get(i);
                if (value.isContainerNode()) {
                    walk(value, where.item(i), schema);
                } else if (value.isTextual()) {
                    cleanItem(array, i);
                }
            }
        }
    }

    /** Cleans the text at an index of an array, and returns it. */
    String cleanItem(ArrayNode array, int index) {
        String text = array.get(index).textValue();
        String cleaned = clean(text);
        if (cleaned != text) {
            array.set(index, TextNode.valueOf(cleaned));
        }
        return cleaned;
    }

    private void checkName(String name, Where where, boolean schema) {
        long before = characters;
        if (clean(name) != name) {
            throw where.refuse(
                    "an object with a control character or half a surrogate pair in the field name " + Shown.text(name),
                    "names without");
        }
        if (!schema) {
            characters = before;
        }
    }

    /** The text without what does not belong in it, counted; the same instance when it is clean. */
    String clean(String text) {
        int length = text.length();
        int pairs = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                continue;
            }
            if (isControl(c)) {
                return rewrite(text);
            }
            if (Character.isSurrogate(c)) {
                if (!isPair(text, i)) {
                    return rewrite(text);
                }
                pairs++;
                i++;
            }
        }
        characters += length - pairs;
        return text;
    }

    private String rewrite(String text) {
        StringBuilder cleaned = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                if (!isControl(c)) {
                    cleaned.append(c);
                }
            } else if (isPair(text, i)) {
                cleaned.append(c).append(text.charAt(++i));
            } else {
                cleaned.append(REPLACEMENT);
            }
        }
        characters += cleaned.codePointCount(0, cleaned.length());
        return cleaned.toString();
    }

    private static boolean isControl(char c) {
        return c < ' ' ? c != '\t' && c != '\n' && c != '\r' : c >= 0x7f && c <= 0x9f;
    }

    private static boolean isPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }
}
