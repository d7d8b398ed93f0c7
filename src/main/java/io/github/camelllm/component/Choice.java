package io.github.camelllm.component;

import java.util.List;

/** The words that a parameter may be. */
enum Choice {
    OPERATION("chat", "embeddings"),
    RESULT("text", "json", "stream"),
    CACHE("no-cache", "no-store");

    private final List<String> words;

    Choice(String... words) {
        this.words = List.of(words);
    }

    /** @throws IllegalArgumentException naming the value and what is allowed; null is allowed */
    void check(String name, String value) {
        if (value != null && !words.contains(value)) {
            throw new IllegalArgumentException(
                    name + " is '" + value + "'; " + String.join(", ", words.subList(0, words.size() - 1)) + " and "
                            + words.get(words.size() - 1) + " are allowed");
        }
    }
}
