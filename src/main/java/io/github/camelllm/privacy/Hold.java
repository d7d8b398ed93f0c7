package io.github.camelllm.privacy;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How far an answer is held back before it is looked at.
 *
 * @param lines whether by whole lines, rather than by words
 * @param everything whether plain words may be found too: there are word lists or patterns of the user's own
 * @param beginnings what more words may make an entry of a word list of: all words of an entry but the last few, folded and
 *     with a blank between; each character of a script without blanks is a word
 */
record Hold(boolean lines, boolean everything, Set<String> beginnings) {

    Hold {
        beginnings = Set.copyOf(beginnings);
    }

    /** By words, of the built-in types alone. */
    static final Hold WORDS = new Hold(false, false, Set.of());

    /** The beginnings of the entries of word lists. */
    static Set<String> beginnings(List<String> entries) {
        Set<String> beginnings = new java.util.HashSet<>();
        for (String entry : entries) {
            StringBuilder words = new StringBuilder();
            List<String> split = Words.split(entry);
            for (String word : split.subList(0, Math.max(0, split.size() - 1))) {
                words.append(words.isEmpty() ? "" : " ").append(fold(word));
                beginnings.add(words.toString());
            }
        }
        return beginnings;
    }

    /** A word without its accents, punctuation around it and capitals. */
    static String fold(String word) {
        String plain = word.chars().allMatch(c -> c < 0x80)
                ? word
                : java.text.Normalizer.normalize(word, java.text.Normalizer.Form.NFKD)
                        .replaceAll("\\p{M}+", "");
        return plain.toLowerCase(Locale.ROOT).replaceAll("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$", "");
    }
}
