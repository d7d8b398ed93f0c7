package io.github.camelllm.access;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a request may look like, as far as operators decide it.
 *
 * @param maxCharacters characters (code points) of all texts that the model reads: messages, tools, schemas, input
 * @param maxOutputTokens the most that {@code max_tokens} and {@code max_completion_tokens} may ask for
 * @param maxChoices the most that {@code n} may ask for; OpenAI's own limit is 128
 * @param maxInputs texts or token lists in one embeddings call; OpenAI's own limit is 2048
 * @param contentTypes the types of content parts that messages may have
 */
public record ValidateSettings(
        int maxCharacters, int maxOutputTokens, int maxChoices, int maxInputs, Set<String> contentTypes) {

    /** What holds where nothing is set. */
    public static final ValidateSettings DEFAULTS =
            new ValidateSettings(1_000_000, 1_000_000, 128, 2048, types("text,image_url,input_audio,file,refusal"));

    public ValidateSettings {
        positive("maxCharacters", maxCharacters);
        positive("maxOutputTokens", maxOutputTokens);
        positive("maxChoices", maxChoices);
        positive("maxInputs", maxInputs);
        contentTypes = Collections.unmodifiableSet(new LinkedHashSet<>(contentTypes));
        if (!contentTypes.contains("text")) {
            throw new IllegalArgumentException(
                    "validate: contentTypes is " + contentTypes + "; expected at least text, as in text,image_url");
        }
    }

    /** Reads a list of content types, {@code text,image_url}; blanks count for nothing. */
    static Set<String> types(String commaSeparated) {
        Set<String> types = new LinkedHashSet<>();
        for (String type : commaSeparated.split(",")) {
            if (!type.isBlank()) {
                types.add(type.strip());
            }
        }
        return types;
    }

    private static void positive(String property, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "validate: " + property + " is " + value + "; expected 1 to " + Integer.MAX_VALUE);
        }
    }
}
