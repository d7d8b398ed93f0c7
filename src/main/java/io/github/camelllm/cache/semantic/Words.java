package io.github.camelllm.cache.semantic;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * What the guards know of one language: which words have a task in a sentence, which say the same, and which the opposite.
 * Immutable.
 */
final class Words {

    /** The languages that the guards know. */
    static final List<String> LANGUAGES = List.of("en", "de", "es", "fr");

    private final String language;
    private final Map<String, String> classes = new HashMap<>();
    private final Map<String, String> synonyms = new HashMap<>();
    private final Map<String, Set<String>> antonyms = new HashMap<>();
    private final NumberWords numbers;
    private int longest = 1;

    private Words(String language) {
        this.language = language;
        this.numbers = NumberWords.of(language);
    }

    /**
     * The words of a language as the jar has them, and what somebody has added.
     *
     * @param more synonyms and antonyms beyond the jar's, each a group of words or phrases
     */
    static Words of(String language, List<List<String>> moreSynonyms, List<List<String>> moreAntonyms) {
        Words words = new Words(language);
        Properties file = new Properties();
        try (InputStream in = Words.class.getResourceAsStream(language + ".properties")) {
            file.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : file.stringPropertyNames()) {
            if (!name.equals("synonyms") && !name.equals("antonyms")) {
                split(file.getProperty(name), ",").forEach(phrase -> words.put(words.classes, phrase, name));
            }
        }
        groups(file.getProperty("synonyms")).forEach(words::same);
        moreSynonyms.forEach(words::same);
        groups(file.getProperty("antonyms")).forEach(words::opposite);
        moreAntonyms.forEach(words::opposite);
        return words;
    }

    private static List<List<String>> groups(String text) {
        return split(text, ",").stream().map(group -> split(group, "/")).toList();
    }

    private static List<String> split(String text, String by) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(by)) {
            if (!part.isBlank()) {
                parts.add(part.strip().toLowerCase(Locale.ROOT));
            }
        }
        return parts;
    }

    private void put(Map<String, String> map, String phrase, String value) {
        String key = String.join(" ", Tokens.plain(phrase));
        map.putIfAbsent(key, value);
        longest = Math.max(longest, key.split(" ").length);
    }

    private void same(List<String> group) {
        String first = stems(group.get(0));
        String kept = synonyms.getOrDefault(first, first);
        for (String member : group) {
            String key = stems(member);
            synonyms.putIfAbsent(key, kept);
            if (language.equals("en") && !key.contains(" ")) {
                synonyms.putIfAbsent(Stem.root(key), kept);
            }
            longest = Math.max(longest, key.split(" ").length);
        }
    }

    private void opposite(List<String> pair) {
        for (String one : pair) {
            for (String other : pair) {
                String left = canonical(one);
                String right = canonical(other);
                if (!left.equals(right)) {
                    antonyms.computeIfAbsent(left, any -> new HashSet<>()).add(right);
                }
            }
        }
    }

    private String canonical(String phrase) {
        String key = stems(phrase);
        return synonyms.getOrDefault(key, key);
    }

    private String stems(String phrase) {
        List<String> stems = new ArrayList<>();
        Tokens.plain(phrase).forEach(word -> stems.add(Stem.of(word, language)));
        return String.join(" ", stems);
    }

    String language() {
        return language;
    }

    /** The task of a word or phrase, in lower case; null when it is one that says something. */
    String classOf(String phrase) {
        return classes.get(phrase);
    }

    /** The word that stands for all that say the same; null when none is known to. */
    String synonym(String stems) {
        return synonyms.get(stems);
    }

    /**
     * What a word says, by its stem: the word that stands for all that say the same, else what it is derived from. A form in
     * -ed keeps a mark: who deletes is not who is deleted, nor who deleted.
     */
    String meaning(String stem) {
        String same = synonyms.get(stem);
        if (same != null || !language.equals("en")) {
            return same == null ? stem : same;
        }
        String base = Stem.ofParticiple(stem);
        if (base != null) {
            return meaning(base) + "~ed";
        }
        String root = Stem.root(stem);
        return synonyms.getOrDefault(root, root);
    }

    /** The opposites of a word as {@link #synonym} or its stem gives it. */
    Set<String> opposites(String canonical) {
        return antonyms.getOrDefault(canonical, Set.of());
    }

    NumberWords numbers() {
        return numbers;
    }

    /** The most words in a phrase. */
    int longest() {
        return longest;
    }
}
