package io.github.camelllm.cache.semantic;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words of all languages that the guards know. Immutable, thread-safe. */
public final class Lexicon {

    private final Map<String, Words> languages = new LinkedHashMap<>();

    /**
     * The words that are in the jar, and those that somebody has added.
     *
     * @param synonyms for each language groups of words that say the same
     * @param antonyms for each language groups of words that say the opposite of one another
     */
    Lexicon(Map<String, List<List<String>>> synonyms, Map<String, List<List<String>>> antonyms) {
        for (String language : Words.LANGUAGES) {
            languages.put(
                    language,
                    Words.of(
                            language,
                            synonyms.getOrDefault(language, List.of()),
                            antonyms.getOrDefault(language, List.of())));
        }
    }

    /** The words that are in the jar. */
    public static Lexicon builtIn() {
        return new Lexicon(Map.of(), Map.of());
    }

    /** The words of a language; null when it is none of them. */
    Words words(String language) {
        return languages.get(language);
    }

    /** Reads a question. */
    Traits traits(String question) {
        List<Token> tokens = Tokens.of(question);
        String script = script(question);
        Words words = language(tokens);
        if (words != null) {
            return TraitsReader.read(tokens, words, script);
        }
        List<String> raw = tokens.stream().map(Token::raw).toList();
        return new Traits(
                "",
                script,
                "",
                false,
                List.of(),
                List.of(),
                Set.of(),
                List.of(),
                Set.of(),
                List.of(),
                new HashSet<>(raw),
                new HashSet<>(raw),
                List.of(new Chunk("", raw)),
                raw);
    }

    /** The language with the most words that hold a sentence together; null when two have as many, or none has any. */
    private Words language(List<Token> tokens) {
        Words best = null;
        int most = 0;
        boolean tie = false;
        for (Words words : languages.values()) {
            int score = 0;
            for (Token token : tokens) {
                if (token.kind() == Token.Kind.WORD) {
                    boolean knows = words.classOf(token.low()) != null;
                    score += knows ? 4 : words.synonym(Stem.of(token.low(), words.language())) != null ? 1 : 0;
                }
            }
            if (score > most) {
                best = words;
                most = score;
                tie = false;
            } else if (score == most && score > 0) {
                tie = true;
            }
        }
        return tie ? null : best;
    }

    private static String script(String text) {
        Map<Character.UnicodeScript, Integer> counts = new HashMap<>();
        text.codePoints()
                .filter(Character::isLetter)
                .forEach(letter -> counts.merge(Character.UnicodeScript.of(letter), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.<Character.UnicodeScript, Integer>comparingByValue()
                        .thenComparing(Map.Entry::getKey))
                .map(entry -> entry.getKey().name())
                .orElse("");
    }
}
