package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** Looks for words in questions. */
final class Words {

    private Words() {}

    /** Whether the last message of the user has one of the words or phrases in it. */
    static boolean asksOfNow(JsonNode messages, List<String> words) {
        if (words.isEmpty()) {
            return false;
        }
        for (int i = messages.size() - 1; i >= 0; i--) {
            JsonNode message = messages.get(i);
            if ("user".equals(message.path("role").textValue())) {
                return has(message.path("content"), words);
            }
        }
        return false;
    }

    private static boolean has(JsonNode content, List<String> words) {
        if (content.isTextual()) {
            return has(content.textValue().toLowerCase(Locale.ROOT), words);
        }
        for (JsonNode part : content) {
            if (part.path("text").isTextual()
                    && has(part.path("text").textValue().toLowerCase(Locale.ROOT), words)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(String text, List<String> words) {
        for (String word : words) {
            for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
                if (isEdge(text, at - 1) && isEdge(text, at + word.length())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isEdge(String text, int at) {
        return at < 0 || at >= text.length() || !Character.isLetterOrDigit(text.charAt(at));
    }
}
