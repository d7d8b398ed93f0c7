package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The instructions of one request, so that an answer which repeats them is known: every three words in a row. Immutable. */
final class SystemPrompt {

    /** Words that make a shingle. */
    static final int SHINGLE = 3;

    private final Set<Long> shingles;

    private SystemPrompt(Set<Long> shingles) {
        this.shingles = shingles;
    }

    /**
     * The instructions of a request: its messages of the roles system and developer.
     *
     * @param fewest the words that they must have in all, at least; shorter ones are not worth guarding
     * @return null where there are none
     */
    static SystemPrompt of(JsonNode request, int fewest) {
        Set<Long> shingles = null;
        int words = 0;
        for (JsonNode message : request.path("messages")) {
            String role = message.path("role").asText("");
            if (!role.equals("system") && !role.equals("developer")) {
                continue;
            }
            shingles = shingles == null ? new HashSet<>() : shingles;
            JsonNode content = message.path("content");
            if (content.isTextual()) {
                words += add(shingles, content.textValue());
            }
            for (JsonNode part : content) {
                words += add(shingles, part.path("text").asText(""));
            }
        }
        return shingles == null || words < Math.max(fewest, SHINGLE) ? null : new SystemPrompt(shingles);
    }

    private static int add(Set<Long> shingles, String text) {
        List<String> words = Words.of(text);
        long second = 0;
        long first = 0;
        for (int i = 0; i < words.size(); i++) {
            long word = hash(words.get(i));
            if (i >= SHINGLE - 1) {
                shingles.add(shingle(first, second, word));
            }
            first = second;
            second = word;
        }
        return words.size();
    }

    /** A word as 64 bits. */
    static long hash(String word) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < word.length(); i++) {
            hash = (hash ^ word.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** Three words in a row. */
    static long shingle(long first, long second, long third) {
        return (first * 31 + second) * 0x9e3779b97f4a7c15L + third;
    }

    /** Whether three words in a row stand in it. */
    boolean has(long shingle) {
        return shingles.contains(shingle);
    }

    /** How many different shingles it has. */
    int size() {
        return shingles.size();
    }
}
