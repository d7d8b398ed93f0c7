package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What an embeddings request must be, by OpenAI's API reference ("Create embeddings"). */
final class EmbeddingsRules {

    private static final String INPUT = "input";
    private static final String EXPECTED = "a string, or a non-empty array of strings, of tokens or of token arrays";
    private static final String TEXT = "a string of at least 1 character";
    private static final String TOKENS = "a non-empty array of tokens";
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final ValidateSettings settings;

    EmbeddingsRules(ValidateSettings settings) {
        this.settings = settings;
    }

    /** Checks everything but the model, and cleans the texts; throws at the first field that is wrong. */
    void check(Fields request) {
        input(request);
        request.integer("dimensions", 1, Integer.MAX_VALUE);
        if (request.get("encoding_format") != null) {
            request.oneOf("encoding_format", List.of("float", "base64"));
        }
        request.optionalString("user");
        request.bool("stream");
        if (request.raw("stream").booleanValue()) {
            throw request.at("stream").refuse("true", "no stream: embeddings come whole");
        }
    }

    private void input(Fields request) {
        JsonNode input = request.raw(INPUT);
        Where where = request.at(INPUT);
        Texts texts = new Texts();
        long tokens = 0;
        if (input.isTextual()) {
            text(request.object(), texts, where);
        } else if (!(input instanceof ArrayNode array) || array.isEmpty()) {
            throw where.refuseKind(input, EXPECTED);
        } else if (array.get(0).isNumber()) {
            tokens = tokens(array, where);
        } else {
            tokens = items(array, texts, where);
        }
        long characters = texts.characters() + CHARACTERS_PER_TOKEN * tokens;
        if (characters > settings.maxCharacters()) {
            throw where.refuse(
                    "too long: " + characters + " characters in all (a token counts as " + CHARACTERS_PER_TOKEN + ")",
                    "at most " + settings.maxCharacters());
        }
    }

    private static void text(ObjectNode request, Texts texts, Where where) {
        String text = request.get(INPUT).textValue();
        String cleaned = texts.clean(text);
        if (cleaned != text) {
            request.put(INPUT, cleaned);
        }
        checkNotEmpty(cleaned, where);
    }

    /** Checks an array of strings, or of token arrays, and returns how many tokens it has. */
    private long items(ArrayNode array, Texts texts, Where where) {
        if (array.size() > settings.maxInputs()) {
            throw where.refuse("an array of " + array.size(), "at most " + settings.maxInputs() + " items");
        }
        boolean ofTexts = array.get(0).isTextual();
        long tokens = 0;
        for (int i = 0; i < array.size(); i++) {
            JsonNode item = array.get(i);
            if (ofTexts && item.isTextual()) {
                checkNotEmpty(texts.cleanItem(array, i), where.item(i));
            } else if (!ofTexts && item instanceof ArrayNode list && !list.isEmpty()) {
                tokens += tokens(list, where.item(i));
            } else {
                throw where.item(i).refuseKind(item, i == 0 ? TEXT + ", or " + TOKENS : ofTexts ? TEXT : TOKENS);
            }
        }
        return tokens;
    }

    private static long tokens(ArrayNode tokens, Where where) {
        for (int i = 0; i < tokens.size(); i++) {
            JsonNode token = tokens.get(i);
            if (!token.isInt() || token.intValue() < 0) {
                throw where.item(i).refuseKind(token, "a token: an integer of at least 0");
            }
        }
        return tokens.size();
    }

    private static void checkNotEmpty(String text, Where where) {
        if (text.isEmpty()) {
            throw where.refuse("an empty string", TEXT);
        }
    }
}
