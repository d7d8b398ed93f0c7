package io.github.camelllm.cache;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One form for the ways to write the same short question. Errs to leaving things apart: a text with more than words in it
 * (quotes, a colon, brackets, lines, symbols) has a form that is its own, as what stands there is to be worked on rather than
 * understood.
 */
final class Normaliser {

    private static final int LONGEST = 300;

    /** Letters and digits of any language, single blanks, and what stands in and around words of plain sentences. */
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{M}\\p{N} .,;!?…¿¡。？！，、'’%€$£&-]+");

    private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\t]+");
    private static final String ENDS = ".,;!…。！，、";
    private static final String BEGINNINGS = "¿¡";
    private static final String QUESTIONS = "?？";

    private Normaliser() {}

    /**
     * The common form of a question; null where it has none.
     *
     * @param fillers words and phrases, each in that form itself, that mean nothing at the beginning and the end
     */
    static String normalise(String text, List<String> fillers) {
        if (text.length() > LONGEST || text.indexOf('\n') >= 0) {
            return null;
        }
        String plain = BLANKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC))
                .replaceAll(" ")
                .strip();
        if (plain.isEmpty() || !PLAIN.matcher(plain).matches()) {
            return null;
        }
        boolean shouted = plain.equals(plain.toUpperCase(Locale.ROOT));
        List<String> words = new ArrayList<>();
        for (String raw : plain.split(" ")) {
            word(raw, shouted, words);
        }
        withoutFillers(words, fillers);
        return words.isEmpty() ? null : String.join(" ", words);
    }

    /** A question mark is a word: with and without it, a sentence may be another. */
    private static void word(String raw, boolean shouted, List<String> words) {
        int from = 0;
        int to = raw.length();
        boolean asks = false;
        while (from < to && BEGINNINGS.indexOf(raw.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && (ENDS.indexOf(raw.charAt(to - 1)) >= 0 || QUESTIONS.indexOf(raw.charAt(to - 1)) >= 0)) {
            to--;
            asks |= QUESTIONS.indexOf(raw.charAt(to)) >= 0;
        }
        String word = raw.substring(from, to).replace('’', '\'');
        if (!word.isEmpty()) {
            words.add(isAbbreviation(word) && !shouted ? word : word.toLowerCase(Locale.ROOT));
        }
        if (asks && (words.isEmpty() || !words.get(words.size() - 1).equals("?"))) {
            words.add("?");
        }
    }

    /** US is not us, and WHO is not who. */
    private static boolean isAbbreviation(String word) {
        return word.length() > 1
                && word.equals(word.toUpperCase(Locale.ROOT))
                && !word.equals(word.toLowerCase(Locale.ROOT));
    }

    private static void withoutFillers(List<String> words, List<String> fillers) {
        boolean found = true;
        while (found) {
            found = false;
            for (String filler : fillers) {
                List<String> phrase = Arrays.asList(filler.split(" "));
                int end = words.size()
                        - (!words.isEmpty() && words.get(words.size() - 1).equals("?") ? 1 : 0);
                int length = phrase.size();
                if (end <= length) {
                    continue; // nothing would be left
                }
                if (words.subList(0, length).equals(phrase)) {
                    words.subList(0, length).clear();
                    found = true;
                } else if (words.subList(end - length, end).equals(phrase)) {
                    words.subList(end - length, end).clear();
                    found = true;
                }
            }
        }
    }
}
