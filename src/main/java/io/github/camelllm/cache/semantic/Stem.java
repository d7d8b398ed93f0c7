package io.github.camelllm.cache.semantic;

/**
 * Takes off the endings that change no answer: the plural, and in English the -ing. Endings of tense stay, since was is not
 * will be; so a stem is less than a dictionary's, and a word too much told apart costs a hit, not a wrong answer.
 */
final class Stem {

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
