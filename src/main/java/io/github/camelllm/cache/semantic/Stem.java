package io.github.camelllm.cache.semantic;

import java.util.Set;

/**
 * Takes off the endings that change no answer: the plural, and in English the -ing. Endings of tense stay, since was is not
 * will be; so a stem is less than a dictionary's, and a word too much told apart costs a hit, not a wrong answer.
 */
final class Stem {

    /** They end like adverbs, and either are none or mean something else than what they end. */
    private static final Set<String> NO_ADVERBS = Set.of(
            "hardly",
            "nearly",
            "lately",
            "shortly",
            "barely",
            "rarely",
            "early",
            "family",
            "reply",
            "supply",
            "apply",
            "monthly",
            "weekly",
            "yearly",
            "hourly",
            "nightly",
            "friendly",
            "likely",
            "unlikely",
            "assembly",
            "anomaly",
            "multiply");

    private Stem() {}

    /** The stem of a word in lower case. */
    static String of(String word, String language) {
        return switch (language) {
            case "en" -> english(word);
            case "de" -> german(word);
            case "es", "fr" ->
                word.length() > 4 && word.endsWith("es")
                        ? bare(word.substring(0, word.length() - 1))
                        : word.length() > 3 && (word.endsWith("s") || word.endsWith("x"))
                                ? bare(word.substring(0, word.length() - 1))
                                : bare(word);
            default -> word;
        };
    }

    private static String english(String word) {
        int length = word.length();
        if (length > 4 && word.endsWith("ies")) {
            return word.substring(0, length - 3) + "y";
        }
        if (length > 5 && word.endsWith("ing") && hasVowel(word, length - 3)) {
            String root = word.substring(0, length - 3);
            int last = root.length() - 1;
            boolean doubled =
                    last > 1 && root.charAt(last) == root.charAt(last - 1) && "lsz".indexOf(root.charAt(last)) < 0;
            return bare(doubled ? root.substring(0, last) : root);
        }
        if (length > 4
                && (word.endsWith("ses")
                        || word.endsWith("xes")
                        || word.endsWith("ches")
                        || word.endsWith("shes")
                        || word.endsWith("zes"))) {
            return bare(word.substring(0, length - 2));
        }
        if (length > 3 && word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us") && !word.endsWith("is")) {
            return bare(word.substring(0, length - 1));
        }
        return bare(word);
    }

    /**
     * What an English stem has in common with those derived from it: install and installation, quick and quickly. Another word
     * where nothing is to be taken off.
     */
    static String root(String stem) {
        int length = stem.length();
        if (length > 5 && stem.endsWith("ly") && !NO_ADVERBS.contains(stem)) {
            return stem.substring(0, length - 2);
        }
        if (length > 6 && stem.endsWith("ment")) {
            return stem.substring(0, length - 4);
        }
        String bare = length > 6 && stem.endsWith("ion") ? stem.substring(0, length - 3) : stem;
        return bare.length() > 6 && bare.endsWith("at") ? bare.substring(0, bare.length() - 2) : bare;
    }

    /** What an English form in -ed is of, by its stem; null for another word. */
    static String ofParticiple(String word) {
        int length = word.length();
        if (length < 5 || !word.endsWith("ed") || word.endsWith("eed") || !hasVowel(word, length - 2)) {
            return null;
        }
        String bare = word.substring(0, length - 2);
        int last = bare.length() - 1;
        if (bare.endsWith("i")) {
            return bare.substring(0, last) + "y";
        }
        boolean doubled =
                last > 1 && bare.charAt(last) == bare.charAt(last - 1) && "lsz".indexOf(bare.charAt(last)) < 0;
        return doubled ? bare.substring(0, last) : bare.length() < 4 ? bare + "e" : bare;
    }

    /** Plural and case of nouns and adjectives; verbs keep theirs but for the last -n. */
    private static String german(String word) {
        for (String ending : new String[] {"en", "es", "er", "em", "e", "n", "s"}) {
            if (word.length() - ending.length() >= 4 && word.endsWith(ending)) {
                return word.substring(0, word.length() - ending.length());
            }
        }
        return word;
    }

    private static String bare(String word) {
        return word.length() > 4 && word.endsWith("e") ? word.substring(0, word.length() - 1) : word;
    }

    private static boolean hasVowel(String word, int end) {
        for (int i = 0; i < end; i++) {
            if ("aeiouy".indexOf(word.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }
}
